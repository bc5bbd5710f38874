/** Two versions, or cycles that made none, side by side: what they were made of, what they are worth, how they differ. */
import { z } from 'zod';
import { UserError } from '../errors.ts';
import { type Archive, ledgerOf, planReader } from './archive.ts';
import { baselineDrift } from './baseline-drift.ts';
import { diffOf, diffShape } from './diff.ts';
import { cyclesOf } from './history.ts';
import { estimate } from './shapes/parts.ts';
import { type Side, sideOf, sideShape, type Which } from './side.ts';

export { readWhich, type Which } from './side.ts';

export const compareShape = z
  .object({
    model: z.string(),
    sides: z.tuple([sideShape, sideShape]),
    metrics: z.array(
      z.object({
        metric: z.string(),
        values: z.tuple([estimate.optional(), estimate.optional()]),
        difference: z.number().optional().describe('Second minus first.'),
        apart: z.boolean().describe('Their intervals do not meet.'),
      }),
    ),
    sameRows: z.boolean().describe('Both were measured on the same test rows; otherwise the values are of two tests.'),
    paired: z
      .record(z.string(), estimate)
      .optional()
      .describe('How much better the second is on the same rows, where it was judged beside the first.'),
    gates: z.array(
      z.object({
        gate: z.string(),
        held: z.tuple([z.boolean().optional(), z.boolean().optional()]),
        found: z.tuple([z.string(), z.string()]),
      }),
    ),
    features: z.object({ both: z.array(z.string()), first: z.array(z.string()), second: z.array(z.string()) }),
    plan: diffShape.shape.changes,
    files: diffShape.shape.files,
    drift: z
      .array(z.object({ column: z.string(), psi: z.number(), missing: z.tuple([z.number(), z.number()]) }))
      .describe('How far the inputs of the training rows lie apart, furthest first.'),
  })
  .meta({ id: 'Comparison' });
export type Compare = z.infer<typeof compareShape>;

export interface CompareAsked {
  readonly model: string;
  /** The version before the newest, and the newest, when left out; one alone is held against what serves. */
  readonly which?: readonly Which[];
}

export async function compare(archive: Archive, { model, which = [] }: CompareAsked): Promise<Compare> {
  const ledger = await ledgerOf(archive, model);
  const [one, other] = chosen(model, which, ledger);
  const planOf = planReader(archive, model);
  const [a, b] = await Promise.all([one, other].map((each) => sideOf(archive, model, ledger, each, planOf)));
  if (!a || !b) throw new Error('two sides were asked for');
  const plans = a.plan && b.plan ? diffOf(a.plan, b.plan) : undefined;
  const [evaluationA, evaluationB] = [a.evaluation, b.evaluation];
  const sameRows = evaluationA !== undefined && evaluationA.data.labels.sha256 === evaluationB?.data.labels.sha256;
  const judged = evaluationB?.champion?.name === `version ${a.side.version} (champion)`;
  const improvements = judged
    ? Object.entries(evaluationB.improvements ?? {}).flatMap(([name, found]) => (found ? [[name, found] as const] : []))
    : [];
  return {
    ...{ model, sides: [a.side, b.side], metrics: metricsOf(a.side, b.side), sameRows },
    ...(improvements.length > 0 && { paired: Object.fromEntries(improvements) }),
    gates: gatesOf(a.side, b.side),
    features: featuresOf(a.side, b.side),
    ...{ plan: plans?.changes ?? [], files: plans?.files ?? [] },
    drift: await baselineDrift(archive, model, [a.side.cycle, b.side.cycle]),
  };
}

function chosen(model: string, which: readonly Which[], ledger: Parameters<typeof cyclesOf>[0]): [Which, Which] {
  const [first, second] = which;
  if (first && second) return [first, second];
  const serving = ledger.findLast(({ event }) => event === 'serving' || event === 'retired');
  const served = serving?.event === 'serving' ? Number(serving.facts.version) : undefined;
  if (first) {
    if (served === undefined) throw new UserError(`nothing of ${model} serves now`, 'name two versions');
    return [first, { version: served }];
  }
  const made = cyclesOf(ledger).flatMap(({ version }) => version || []);
  const [newest, before] = [...new Set(made)].sort((a, b) => b - a);
  if (newest !== undefined && before !== undefined) return [{ version: before }, { version: newest }];
  const has = newest === undefined ? 'no version yet' : 'one version only';
  throw new UserError(`${model} has ${has}`, 'name two cycles, as c1 c2, or run another: "perennial run"');
}

function metricsOf({ metrics: a }: Side, { metrics: b }: Side): Compare['metrics'] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.map((metric) => {
    const [x, y] = [a[metric], b[metric]];
    const apart = x !== undefined && y !== undefined && (x.high < y.low || y.high < x.low);
    return { metric, values: [x, y], ...(x && y && { difference: y.value - x.value }), apart };
  });
}

function gatesOf({ gates: a }: Side, { gates: b }: Side): Compare['gates'] {
  const names = [...new Set([...a, ...b].map(({ gate }) => gate))];
  return names.map((gate) => {
    const [x, y] = [a.find((one) => one.gate === gate), b.find((one) => one.gate === gate)];
    return { gate, held: [x?.held, y?.held], found: [x?.found ?? '', y?.found ?? ''] };
  });
}

function featuresOf({ features: a }: Side, { features: b }: Side): Compare['features'] {
  // An evaluation of before does not tell them.
  if (a.length === 0 || b.length === 0) return { both: [], first: [], second: [] };
  return {
    both: a.filter((name) => b.includes(name)),
    first: a.filter((name) => !b.includes(name)),
    second: b.filter((name) => !a.includes(name)),
  };
}
