/** One prediction, step by step: what was sent, what features it became, what each did to the answer, what came true. */
import { z } from 'zod';
import type { Version } from '../activities/types.ts';
import { UserError } from '../errors.ts';
import { variantName } from '../names.ts';
import type { Kept } from '../workflows/shapes.ts';
import { type Archive, ledgerOf, planReader } from './archive.ts';
import { askedAgain } from './asked-again.ts';
import { type Captured, findCaptured, findOutcome } from './captured.ts';
import { type Step, stepShape, stepsOf } from './feature-steps.ts';
import { transformed } from './transformed.ts';

const contribution = z.object({ feature: z.string(), added: z.number() });

export const explainShape = z
  .object({
    model: z.string(),
    version: z.number(),
    cycle: z.number(),
    algorithm: z.string(),
    asked: z
      .object({ id: z.string(), at: z.string(), variant: z.string(), uri: z.string() })
      .optional()
      .describe('When and of which variant it was asked; absent for an instance that was given.'),
    instance: z.record(z.string(), z.unknown()).describe('As it was sent.'),
    steps: z.array(stepShape).describe('What features.sql made of it, and what preparation made of that.'),
    answered: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('The prediction, as it was answered then, or is now.'),
    again: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('What the same version answers now, where that is otherwise.'),
    scale: z.enum(['log-odds', 'value', 'score']).optional().describe('On which contributions add up.'),
    outputs: z
      .array(
        z.object({
          class: z.string().optional(),
          bias: z.number().describe('Where the model begins, before it knows anything.'),
          contributions: z.array(contribution).describe('By feature of features.sql, the strongest first.'),
          sum: z.number(),
        }),
      )
      .optional()
      .describe('Binary and regression: one; multiclass: one a class.'),
    threshold: z.number().optional().describe('Binary: from which probability on the label is true.'),
    outcome: z
      .object({ value: z.union([z.boolean(), z.number(), z.string()]), uri: z.string() })
      .optional()
      .describe('What came true.'),
    notes: z.array(z.string()).describe('What could not be told, and why.'),
  })
  .meta({ id: 'Explanation' });
export type Explain = z.infer<typeof explainShape>;

export interface ExplainAsked {
  readonly model: string;
  /** As the prediction had it: `<request>/<row>`. */
  readonly id?: string;
  /** About when it was asked: narrows the search. */
  readonly at?: string;
  /** Instead of an id: an instance as a request carries it. */
  readonly instance?: Readonly<Record<string, unknown>>;
}

export async function explain(archive: Archive, { model, id, at, instance: given }: ExplainAsked): Promise<Explain> {
  const ledger = await ledgerOf(archive, model);
  const versions = ledger.flatMap(({ event, facts }) =>
    event === 'serving' && facts.kept ? [(facts.kept as Kept).version] : [],
  );
  const serving = versions.at(-1);
  if (!serving) throw new UserError(`${model} was never deployed`, `deploy it first: "perennial run ${model} --wait"`);
  const captured = id === undefined ? undefined : await findCaptured(archive, { model, id, at, versions });
  const version = captured?.version ?? serving;
  const instance = captured?.instance ?? given ?? {};
  const frozen = await planReader(archive, model)(version.planHash);
  const made = await transformed(archive, model, version, instance);
  const notes: string[] = [];
  if (!frozen) notes.push(`the plan ${version.planHash.slice(0, 12)} is gone: how features are prepared is not told`);
  const steps = stepsOf(made, frozen?.plan);
  const now = await askedAgain(archive, model, version, instance, notes);
  const outcome = captured && (await findOutcome(archive, { model, captured, target: version.facts.target }));
  if (captured && !outcome) notes.push('what came true of it was not told yet, or more than the newest outcomes ago');
  return {
    ...{ model, version: version.version, cycle: version.cycle, algorithm: version.algorithm },
    ...(captured && {
      asked: { id: captured.id, at: captured.at, variant: variantName(version.version), uri: captured.uri },
    }),
    ...{ instance: { ...instance }, steps },
    ...answers(captured, now?.prediction),
    ...outputsOf(version, now?.contributions, steps),
    ...(version.facts.target.problem === 'binary' && { threshold: version.facts.threshold ?? 0.5 }),
    ...(outcome && { outcome }),
    notes,
  };
}

type Outputs = NonNullable<Awaited<ReturnType<typeof askedAgain>>>['contributions'];

function answers(captured: Captured | undefined, now: Readonly<Record<string, unknown>> | undefined) {
  const answered = captured?.prediction ?? now;
  const same = JSON.stringify(answered) === JSON.stringify(now);
  return { ...(answered && { answered: { ...answered } }), ...(now && !same && { again: { ...now } }) };
}

/** Columns that one feature became are one feature again. */
function outputsOf(
  { facts: { target } }: Version,
  told: Outputs,
  steps: readonly Step[],
): Pick<Explain, 'scale' | 'outputs'> {
  if (!told) return {};
  const owner = new Map(steps.flatMap(({ feature, columns }) => columns.map(({ name }) => [name, feature] as const)));
  const outputs = told.map(({ class: name, bias, features }) => {
    const added = new Map<string, number>();
    for (const [column, value] of Object.entries(features)) {
      const feature = owner.get(column) ?? column;
      added.set(feature, (added.get(feature) ?? 0) + value);
    }
    const contributions = [...added].map(([feature, value]) => ({ feature, added: value }));
    contributions.sort((a, b) => Math.abs(b.added) - Math.abs(a.added));
    const sum = contributions.reduce((total, one) => total + one.added, bias);
    return { ...(name !== undefined && { class: name }), bias, contributions, sum };
  });
  const scales = { binary: 'log-odds', regression: 'value', multiclass: 'score' } as const;
  return { scale: scales[target.problem], outputs };
}
