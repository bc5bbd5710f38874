/** A draft tried on the data by what a cycle would do with it: the split, the features, the label in each part, the leaks. */
import { ApplicationFailure } from '@temporalio/common';
import { type Duck, viewOf, withDuckDB } from '../data/duckdb.ts';
import { computeFeatures, inspectFeatures } from '../data/features.ts';
import { refuseFuture } from '../data/future-inputs.ts';
import { numberClasses, partLabels, refuseLabel } from '../data/label.ts';
import { ROW_ID } from '../data/land.ts';
import { type FeatureTold, isLeak, leakScores } from '../data/leaks.ts';
import { probeFeatures } from '../data/probe.ts';
import { SPLIT, splitRows } from '../data/split.ts';
import { identifier } from '../data/sql.ts';
import { measuredLabel } from '../data/target-sums.ts';
import { leaveOutUnlabelled } from '../data/unlabelled.ts';
import type { Plan } from '../plan/schema.ts';

export interface Tried {
  /** Features that alone tell the label. */
  readonly leaks: readonly FeatureTold[];
  readonly scores: readonly FeatureTold[];
  readonly testRows: number;
  readonly deviation?: number;
}

export interface Trial {
  readonly plan: Plan;
  readonly features: string;
  /** The rows with the plan's names, as a snapshot has them. */
  readonly snapshot: string;
  readonly asOf: string;
  readonly signal: AbortSignal;
}

/** Throws what a cycle would fail with: see `troubleOf`. */
export const tryPlan = (trial: Trial): Promise<Tried> =>
  withDuckDB((duck) => tried(duck, trial), { reads: [trial.snapshot], signal: trial.signal });

async function tried(duck: Duck, { plan, features, snapshot: path, asOf }: Trial): Promise<Tried> {
  const [name = ''] = Object.keys(plan.collect.sources);
  await duck.run(viewOf(name, path));
  const columns = (await duck.columns(`FROM ${identifier(name)}`)).filter((column) => column.name !== ROW_ID);
  const { split, leaks, inputs: said, unlabelled } = plan.prepare;
  const inputs = said.map((input) => input.replace(/\?$/, ''));
  await splitRows(duck, { main: name, columns, split, asOf, seed: plan.train.seed });
  const time = columns.find((column) => column.name === plan.collect.sources[name]?.time);
  const asked = columns.filter((column) => inputs.includes(column.name));
  if (time) await refuseFuture(duck, name, asked, { time, allow: leaks.allow });
  const raw = await inspectFeatures(duck, features, plan, [name]);
  await computeFeatures(duck, name, raw);
  if (unlabelled === 'leave-out') await leaveOutUnlabelled(duck, { name, path, columns }, raw.label);
  await refuseLabel(duck, raw.label);
  await probeFeatures(duck, { main: name, columns, inputs, raw });
  const target = await numberClasses(duck, raw.label);
  const { labels } = await partLabels(duck, raw.label, target);
  const measured = await measuredLabel(duck, raw.label, target);
  const found = await leakScores(duck, raw, { target, measured });
  const { rows } = await duck.one<{ rows: number }>(`SELECT count(*)::DOUBLE AS rows FROM ${SPLIT} WHERE part = 2`);
  const scores = found?.scores ?? [];
  const { test } = labels;
  return {
    scores,
    leaks: scores.filter((one) => isLeak(one, leaks.alone)),
    testRows: rows,
    deviation: 'deviation' in test ? test.deviation : undefined,
  };
}

/** What a failure says of the data, as against a bug. */
export const troubleOf = (error: unknown): string | undefined =>
  error instanceof ApplicationFailure && error.nonRetryable === true ? error.message : undefined;
