/** The report of a cycle's evaluation or of a monitoring pass, as it lies in the bucket. */
import { z } from 'zod';
import { UserError } from '../errors.ts';
import { keys } from '../names.ts';
import { type Archive, ledgerOf, reading } from './archive.ts';
import { cyclesOf } from './history.ts';
import { passIds } from './passes.ts';

export const reportShape = z.object({
  model: z.string(),
  kind: z.enum(['evaluation', 'monitoring']),
  cycle: z.number().optional(),
  pass: z.string().optional().describe('Of a monitoring report: the end of its window.'),
  uri: z.string(),
  html: z.string(),
});
export type Report = z.infer<typeof reportShape>;

export interface ReportAsked {
  readonly model: string;
  /** The last one that has a report when left out. */
  readonly cycle?: number;
  /** The last pass, instead of an evaluation. */
  readonly monitor?: boolean;
}

export async function report(archive: Archive, { model, cycle, monitor }: ReportAsked): Promise<Report> {
  const cycles = cyclesOf(await ledgerOf(archive, model));
  if (monitor) return monitoring(archive, model);
  const asked = cycles.filter((one) => cycle === undefined || one.cycle === cycle);
  for (const one of asked) {
    const uri = one.report ?? (one.outcome === 'running' ? await early(archive, model, one.cycle) : undefined);
    if (!uri) continue;
    const html = await reading(() => archive.store.getText(uri));
    return { model, kind: 'evaluation', cycle: one.cycle, uri, html };
  }
  if (cycle === undefined)
    throw new UserError(
      `no cycle of ${model} has evaluated anything yet`,
      `start one: "perennial run ${model} --wait"`,
      'missing',
    );
  const [found] = asked;
  if (!found) throw noCycle(model, cycle, cycles.length);
  throw new UserError(
    `cycle ${cycle} of ${model} has evaluated nothing: it is ${found.outcome}`,
    `"perennial history ${model}" tells which have`,
    'missing',
  );
}

/** A cycle that waits for approval has told the ledger nothing of its evaluation yet. */
async function early({ store }: Archive, model: string, cycle: number): Promise<string | undefined> {
  const uri = store.uri(keys.cycle(model, cycle, 'evaluate', 'evaluation.html'));
  return (await reading(() => store.head(uri))) && uri;
}

async function monitoring(archive: Archive, model: string): Promise<Report> {
  const { store } = archive;
  for (const pass of (await passIds(archive, model)).reverse()) {
    const uri = store.uri(keys.monitor(model, pass, 'monitoring.html'));
    // A pass that died in its midst has left a folder, and no report.
    if (!(await reading(() => store.head(uri)))) continue;
    return { model, kind: 'monitoring', pass, uri, html: await reading(() => store.getText(uri)) };
  }
  throw new UserError(`${model} was not monitored yet`, `look at it now: "perennial monitor ${model}"`, 'missing');
}

/** The figures that a report shows, as JSON: what lies beside it. */
export async function reportDetails(
  { store }: Archive,
  { uri }: Pick<Report, 'uri'>,
): Promise<Record<string, unknown>> {
  return JSON.parse(await reading(() => store.getText(uri.replace(/\.html$/, '.json')))) as Record<string, unknown>;
}

/** The mend for a number that is no cycle's. */
export const noCycle = (model: string, cycle: number, cycles: number): UserError =>
  new UserError(
    `${model} has no cycle ${cycle}`,
    cycles === 0 ? `start one: "perennial run ${model} --wait"` : `it has cycles 1 to ${cycles}`,
    'missing',
  );
