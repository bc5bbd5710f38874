/** Everything that is measured of a challenger, and of the champion beside it, on the same rows. What evaluation.json holds. */
import type { GateResult, Metrics, ObjectRef } from '../activities/types.ts';
import { METRICS, type Metric, type Plan } from '../plan/schema.ts';
import { bootstrap, estimate, estimates, improvements, REPLICATES, type Replicates } from './bootstrap.ts';
import { type CalibrationRow, calibrationTable, predictionBias } from './calibration.ts';
import { type Confusion, confusion, type RocPoint, rocCurve } from './curves.ts';
import { holdGate } from './gates.ts';
import { direction, type Measures, measure, type Ranked, rank, whyUndefined } from './metrics.ts';
import { measureSlices, type Slice, type SliceValue } from './slices.ts';

export interface ModelScores {
  /** As people call it: "xgboost (challenger)", "version 3 (champion)". */
  readonly name: string;
  readonly metrics: Metrics;
  /** Why a metric has no value. */
  readonly undefined: Readonly<Partial<Record<Metric, string>>>;
  /** Mean predicted probability, share of positives, and their difference. */
  readonly bias: { readonly predicted: number; readonly observed: number; readonly bias: number };
  readonly calibration: readonly CalibrationRow[];
  readonly confusion: Confusion;
  readonly roc: readonly RocPoint[];
  /** Rows in twenty equal parts of 0..1, each (low, high]. */
  readonly histogram: readonly number[];
}

export interface Judgement {
  readonly rows: number;
  readonly positives: number;
  readonly threshold: number;
  readonly bootstrap: { readonly replicates: number; readonly seed: number; readonly level: 0.95 };
  readonly challenger: ModelScores;
  readonly champion?: ModelScores;
  /** How much better the challenger is, in the metric's better direction, with a paired 95 % interval. */
  readonly improvements?: Metrics;
  /** The largest slices of each column; `measures` are null where undefined. */
  readonly slices: readonly Slice[];
  /** How many values each sliced column has. */
  readonly sliceCounts: Readonly<Record<string, number>>;
  readonly gates: readonly GateResult[];
  readonly passed: boolean;
}

export interface EvaluationDetails extends Judgement {
  readonly format: 1;
  readonly model: string;
  readonly cycle: number;
  readonly asOf: string;
  readonly objective: string;
  readonly planHash: string;
  readonly data: {
    readonly inputs: ObjectRef;
    readonly labels: ObjectRef;
    readonly challenger: readonly ObjectRef[];
    readonly champion?: readonly ObjectRef[];
  };
  /** What a newly deployed version is asked first, and what it must answer. */
  readonly smoke: { readonly instances: readonly unknown[]; readonly probabilities: readonly number[] };
}

export interface TestRows {
  readonly labels: ArrayLike<number>;
  /** The columns that slices are cut by, row by row. */
  readonly columns: Readonly<Record<string, readonly SliceValue[]>>;
}

export interface Candidate {
  readonly name: string;
  readonly probabilities: ArrayLike<number>;
}

/** A report shows so many slices of a column; gates see all. */
const SHOWN = 50;
const PARTS = 20;

/** Scores both on the same rows and holds the plan's gates. Throws `MeasureError` on rows that cannot be measured. */
export async function judgeModels(
  plan: Plan,
  rows: TestRows,
  challenger: Candidate,
  champion: Candidate | undefined,
  breathe: () => Promise<void>,
): Promise<Judgement> {
  const { gates, slices: reported, threshold } = plan.evaluate;
  const seed = plan.train.seed;
  const models = [challenger, ...(champion ? [champion] : [])];
  const ranked = models.map(({ probabilities }) => rank(rows.labels, probabilities, threshold));
  const replicates = await bootstrap(ranked, { seed, breathe });
  const scored = ranked.map((one, i) => ({ measures: measure(one), replicates: replicates[i] as Replicates }));
  const [mine, theirs] = scored;
  const [first, second] = models.map((model, i) =>
    modelScores(model.name, ranked[i] as Ranked, scored[i] as (typeof scored)[0]),
  );
  if (!mine || !first) throw new RangeError('there is no challenger');

  const slices = new Map<string, Slice[]>();
  for (const column of slicedColumns(plan))
    slices.set(
      column,
      await measureSlices(column, rows.columns[column] ?? [], rows.labels, challenger.probabilities, {
        threshold,
        seed,
        intervals: SHOWN,
        breathe,
      }),
    );
  const results = gates.map((gate) =>
    holdGate(gate, mine, theirs, ('slice' in gate && gate.slice && slices.get(gate.slice)) || []),
  );
  return {
    rows: rows.labels.length,
    positives: first.bias.observed,
    threshold,
    bootstrap: { replicates: REPLICATES, seed, level: 0.95 },
    challenger: first,
    ...(second && theirs && { champion: second, improvements: gains(mine, theirs) }),
    slices: slicedColumns(plan)
      .filter((column) => reported.includes(column))
      .flatMap((column) => slices.get(column)?.slice(0, SHOWN) ?? []),
    sliceCounts: Object.fromEntries([...slices].map(([column, all]) => [column, all.length])),
    gates: results,
    passed: results.every((result) => result.held),
  };
}

/** Every column that the plan cuts slices by, to report them or to hold a gate. */
export function slicedColumns({ evaluate }: Plan): string[] {
  const gated = evaluate.gates.flatMap((gate) => ('slice' in gate && gate.slice ? [gate.slice] : []));
  return [...new Set([...evaluate.slices, ...gated])];
}

/** One model's measures, intervals, curves and counts. */
export function modelScores(
  name: string,
  ranked: Ranked,
  scored: { measures: Measures; replicates: Replicates },
): ModelScores {
  const metrics = estimates(scored.measures, scored.replicates);
  const missing = METRICS.filter((metric) => !metrics[metric]);
  return {
    name,
    metrics,
    undefined: Object.fromEntries(missing.map((metric) => [metric, reason(metric, scored.measures)])),
    bias: predictionBias(ranked),
    calibration: calibrationTable(ranked),
    confusion: confusion(ranked),
    roc: rocCurve(ranked),
    histogram: histogram(ranked.probabilities),
  };
}

const reason = (metric: Metric, measures: Measures): string =>
  Number.isNaN(measures[metric]) ? whyUndefined(metric) : 'undefined in most resamples: the rows are too few';

export function histogram(probabilities: ArrayLike<number>): number[] {
  const parts = new Array<number>(PARTS).fill(0);
  for (let i = 0; i < probabilities.length; i++) {
    const part = Math.max(0, Math.ceil((probabilities[i] as number) * PARTS) - 1);
    parts[part] = (parts[part] as number) + 1;
  }
  return parts;
}

function gains(
  mine: { measures: Measures; replicates: Replicates },
  theirs: { measures: Measures; replicates: Replicates },
): Metrics {
  const found = METRICS.map((metric) => {
    const gain = direction(metric) * (mine.measures[metric] - theirs.measures[metric]);
    return [metric, estimate(gain, improvements(metric, mine.replicates, theirs.replicates))] as const;
  });
  return Object.fromEntries(found.filter(([, gain]) => gain !== undefined));
}
