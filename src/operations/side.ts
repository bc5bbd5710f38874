/** One of two that are compared: a version, or a cycle that made none, as ledger, plan and evaluation tell it. */
import { z } from 'zod';
import type { FrozenPlan, LedgerEntry } from '../activities/types.ts';
import type { EvaluationDetails } from '../data/evaluation.ts';
import { UserError } from '../errors.ts';
import type { CycleOutcome, Kept } from '../workflows/shapes.ts';
import { type Archive, reading } from './archive.ts';
import { type CycleEvent, cyclesOf } from './history.ts';
import { noCycle } from './report.ts';
import { estimate } from './shapes/parts.ts';

/** A version by its number, or a cycle by its own. */
export type Which = { readonly version: number } | { readonly cycle: number };

/** A version as v3 or 3, a cycle as c3 or cycle-3. */
export const WHICH = /^(v|c|cycle-?)?([1-9]\d{0,8})$/i;

/** undefined for a word that is neither. */
export function readWhich(word: string): Which | undefined {
  const [, kind, digits] = WHICH.exec(word) ?? [];
  if (digits === undefined) return undefined;
  return kind?.toLowerCase().startsWith('c') ? { cycle: Number(digits) } : { version: Number(digits) };
}

export const sideShape = z.object({
  version: z.number().optional(),
  cycle: z.number(),
  outcome: z.string(),
  at: z.string(),
  by: z.string(),
  asOf: z.string(),
  candidate: z.string().optional(),
  algorithm: z.string().optional(),
  hyperparameters: z.record(z.string(), z.unknown()).optional(),
  metrics: z.record(z.string(), estimate),
  gates: z.array(z.object({ gate: z.string(), held: z.boolean(), found: z.string() })),
  rows: z.object({ train: z.number(), validation: z.number(), test: z.number() }).partial(),
  features: z.array(z.string()),
  sources: z.array(
    z.object({
      source: z.string(),
      rows: z.number(),
      from: z.string().optional(),
      to: z.string().optional(),
      sha256: z.string(),
    }),
  ),
  artifactBytes: z.number().optional(),
  seconds: z.number().optional(),
  costUsd: z.number().optional(),
  planHash: z.string().optional(),
  report: z.string().optional(),
});
export type Side = z.infer<typeof sideShape>;

export interface Found {
  readonly side: Side;
  readonly plan?: FrozenPlan;
  readonly evaluation?: EvaluationDetails;
}

/** Throws `UserError` when there is no such version or cycle, or when it came to no evaluation. */
export async function sideOf(
  { store }: Archive,
  model: string,
  ledger: readonly LedgerEntry[],
  which: Which,
  planOf: (hash: string) => Promise<FrozenPlan | undefined>,
): Promise<Found> {
  const event = cycleOf(model, ledger, which);
  const { cycle, outcome, at, by, asOf, seconds, costUsd, planHash, report } = event;
  const told = ledger.find((one) => one.event === 'cycle ended' && one.facts.cycle === cycle);
  const evaluated = (told?.facts as Partial<CycleOutcome> | undefined)?.evaluation;
  if (!evaluated || !report)
    throw new UserError(
      `cycle ${cycle} of ${model} has evaluated nothing: it is ${outcome}`,
      `"perennial history ${model}" tells which have`,
      'missing',
    );
  const uri = report.replace(/\.html$/, '.json');
  const there = await reading(() => store.content(uri, true));
  const evaluation =
    there?.sha256 === evaluated.sha256 ? (JSON.parse(there.text ?? '') as EvaluationDetails) : undefined;
  const version = keptOf(ledger, cycle)?.version;
  const artifact = version && (await reading(() => store.head(version.artifact)));
  const plan = planHash ? await planOf(planHash) : undefined;
  const { candidate, algorithm = version?.algorithm, hyperparameters } = evaluation?.trained ?? {};
  const measured = Object.entries(evaluation?.challenger.metrics ?? event.metrics ?? {});
  const rows = evaluation?.rowsOf ?? (evaluation && { test: evaluation.rows });
  return {
    ...{ plan, evaluation },
    side: {
      ...(event.version !== undefined && { version: event.version }),
      ...{ cycle, outcome, at, by, asOf, candidate, algorithm, hyperparameters },
      metrics: Object.fromEntries(measured.flatMap(([name, found]) => (found ? [[name, found] as const] : []))),
      gates: [...(evaluation?.gates ?? [])],
      rows: { ...rows },
      features: [...(evaluation?.features ?? [])],
      sources: (evaluation?.data.sources ?? []).map(({ source, rows, from, to, data }) => ({
        source,
        rows,
        from,
        to,
        sha256: data.sha256,
      })),
      ...(artifact && { artifactBytes: artifact.bytes }),
      ...{ seconds, costUsd, planHash, report },
    },
  };
}

/** What the ledger keeps of the version that a cycle made, once it served. */
export const keptOf = (ledger: readonly LedgerEntry[], cycle: number): Kept | undefined =>
  ledger
    .map(({ event, facts }) => (event === 'serving' ? (facts.kept as Kept | undefined) : undefined))
    .findLast((kept) => kept?.version.cycle === cycle);

function cycleOf(model: string, ledger: readonly LedgerEntry[], which: Which): CycleEvent {
  const cycles = cyclesOf(ledger);
  if ('cycle' in which) {
    const found = cycles.find(({ cycle }) => cycle === which.cycle);
    if (!found) throw noCycle(model, which.cycle, cycles.length);
    return found;
  }
  const found = cycles.find(({ version }) => version === which.version);
  if (found) return found;
  const known = [...new Set(cycles.flatMap(({ version }) => version ?? []))].sort((a, b) => a - b);
  throw new UserError(
    `${model} has no version ${which.version}`,
    known.length > 0
      ? `it has ${known.map((one) => `v${one}`).join(', ')}; a cycle is written c1`
      : `none was registered yet: "perennial run ${model} --wait"`,
    'missing',
  );
}
