/** What served when, who decided, on which data; and whether the ledger that says so is whole. */
import { z } from 'zod';
import type { LedgerEntry } from '../activities/types.ts';
import { canonical, hashOf, NO_PREVIOUS, verifyLedger } from '../aws/ledger.ts';
import { UserError } from '../errors.ts';
import { keys } from '../names.ts';
import { type Archive, ledgerOf, reading } from './archive.ts';
import { type Checked, checkedShape, checkObjects } from './audit-objects.ts';
import { type Served, servedAt, servedShape } from './audit-served.ts';
import { evaluationOf } from './evaluations.ts';

const entryShape = z.object({
  seq: z.number(),
  previous: z.string(),
  hash: z.string().describe('The sha256 of the entry, which the next one names.'),
  at: z.string(),
  event: z.string(),
  by: z.string(),
  reason: z.string().optional(),
  facts: z.record(z.string(), z.unknown()),
});

export const auditShape = z.object({
  model: z.string(),
  chain: z.object({
    entries: z.number(),
    head: z.string(),
    broken: z.array(z.string()).describe('What is wrong with the chain; empty when it is whole.'),
  }),
  objects: checkedShape.optional().describe('With `verify`: what the ledger names, read and hashed again.'),
  entries: z.array(entryShape).optional().describe('In order; without `at`.'),
  next: z.number().optional().describe('Give it as `after` to see what came later.'),
  at: z.string().optional(),
  served: servedShape.optional().describe('With `at`; absent when nothing served then.'),
});
export type Audit = z.infer<typeof auditShape>;

export interface AuditAsked {
  readonly model: string;
  readonly at?: string;
  readonly verify?: boolean;
  /** Entries after this one. */
  readonly after?: number;
  readonly limit?: number;
  readonly progress?: (text: string) => void;
}

export async function audit(archive: Archive, asked: AuditAsked): Promise<Audit> {
  const { model, at, verify, after = 0, limit = Number.POSITIVE_INFINITY, progress } = asked;
  const ledger = await ledgerOf(archive, model);
  const broken = verifyLedger(ledger);
  const first = ledger[0];
  if (first && first.seq !== 1) broken.unshift(`entry ${first.seq}: it is the first one, and entry 1 is gone`);
  const objects = verify ? await verified(archive, model, ledger, progress) : undefined;
  const head = ledger.at(-1);
  const found = {
    model,
    chain: { entries: ledger.length, head: head ? hashOf(head) : NO_PREVIOUS, broken },
    ...(objects && { objects }),
  };
  if (at === undefined) {
    const later = ledger.filter(({ seq }) => seq > after);
    const entries = later.slice(0, limit).map((entry) => ({ ...entry, hash: hashOf(entry) }));
    return { ...found, entries, ...(later.length > limit && { next: entries.at(-1)?.seq }) };
  }
  if (first && at < first.at)
    throw new UserError(`the ledger of ${model} begins at ${first.at}`, 'give an instant after that');
  return { ...found, at, served: await told(archive, ledger, at) };
}

/** Whether anything is not as it was written. */
export const isBroken = ({ chain, objects }: Audit): boolean =>
  chain.broken.length > 0 || (objects?.broken.length ?? 0) > 0;

async function told(archive: Archive, ledger: readonly LedgerEntry[], at: string): Promise<Served | undefined> {
  const served = servedAt(ledger, at);
  if (!served) return undefined;
  const { asOf, data } = (await evaluationOf(archive, served.evaluation)) ?? {};
  return {
    ...served,
    ...(asOf && { asOf }),
    ...(data && { data: { sources: [...(data.sources ?? [])], ...parts(data) } }),
  };
}

const parts = ({
  train,
  validation,
  labels,
  transform,
}: NonNullable<Awaited<ReturnType<typeof evaluationOf>>>['data']) => ({
  ...(train && { train }),
  ...(validation && { validation }),
  ...(transform && { transform }),
  test: labels,
});

/** The entries as they lie in S3, byte by byte, and every object that they name. */
async function verified(
  archive: Archive,
  model: string,
  ledger: readonly LedgerEntry[],
  progress?: (text: string) => void,
): Promise<Checked> {
  const { store } = archive;
  const odd: string[] = [];
  for (const entry of ledger) {
    progress?.(`entry ${entry.seq} of ${ledger.length}`);
    const uri = store.uri(keys.ledger(model, entry.seq));
    if ((await reading(() => store.getText(uri))) !== canonical(entry))
      odd.push(`${uri}: its bytes are not those that Perennial writes`);
  }
  const checked = await checkObjects(archive, model, ledger, progress);
  return { ...checked, objects: checked.objects + ledger.length, broken: [...odd, ...checked.broken] };
}
