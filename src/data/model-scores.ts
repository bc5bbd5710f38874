/** One model's measures, intervals, curves and counts: what a report draws. */
import type { Metrics } from '../activities/types.ts';
import { estimates, type Replicates } from './bootstrap.ts';
import { type CalibrationRow, calibrationTable, predictionBias } from './calibration.ts';
import {
  type Confusion,
  confusion,
  type GainPoint,
  gainCurve,
  type PrecisionPoint,
  precisionRecall,
  type RocPoint,
  rocCurve,
} from './curves.ts';
import { type Measurable, type MeasureName, type Measures, valueIn, whyUndefined } from './measures.ts';
import { rank } from './metrics.ts';
import type { MulticlassRows } from './multiclass.ts';
import type { RegressionRows } from './regression.ts';
import { type RegressionScores, regressionScores } from './residuals.ts';
import type { Scores } from './scores.ts';

export interface ModelScores {
  /** As people call it: "xgboost (challenger)", "version 3 (champion)". */
  readonly name: string;
  /** By metric; of one class as `f1[rain]`. */
  readonly metrics: Metrics;
  /** Why a measure has no value. */
  readonly undefined: Readonly<Record<MeasureName, string>>;
  /**
   * Mean prediction, mean of what came true, and their difference. Binary: of the probability; multiclass: of the top
   * class's probability, and the share of rows where it came true; regression: of the value.
   */
  readonly bias: { readonly predicted: number; readonly observed: number; readonly bias: number };
  /** Binary: from which probability on a row counts as positive. */
  readonly threshold?: number;
  /** Of probabilities (multiclass: of the top class's). */
  readonly calibration: readonly CalibrationRow[];
  /** Probabilities (multiclass: of the top class) in twenty equal parts of 0..1, each (low, high]. */
  readonly histogram: readonly number[];
  readonly confusion?: Confusion;
  readonly roc: readonly RocPoint[];
  /** Binary, from the highest threshold to the lowest. */
  readonly precisionRecall?: readonly PrecisionPoint[];
  /** Binary, in twentieths of the rows from the highest probability on. */
  readonly gain?: readonly GainPoint[];
  /** Multiclass: rows by true class and predicted class. */
  readonly matrix?: { readonly classes: readonly string[]; readonly counts: readonly (readonly number[])[] };
  readonly regression?: RegressionScores['regression'];
}

interface Measured {
  readonly name: string;
  readonly scores: Scores;
  readonly rows: Measurable;
  readonly measures: Measures;
  readonly replicates: Replicates;
}

const PARTS = 20;

export function modelScores({ name, scores, rows, measures, replicates }: Measured): ModelScores {
  const metrics = estimates(measures, replicates);
  const missing = rows.names.filter((measure) => !metrics[measure]);
  const shared = {
    name,
    metrics,
    undefined: Object.fromEntries(missing.map((measure) => [measure, reason(measure, measures)])),
  };
  switch (scores.target.problem) {
    case 'binary':
      return { ...shared, ...binaryScores(rows as ReturnType<typeof rank>) };
    case 'multiclass':
      return { ...shared, ...multiclassScores(rows as MulticlassRows) };
    case 'regression':
      return { ...shared, ...regressionScores(rows as RegressionRows) };
  }
}

const reason = (measure: MeasureName, measures: Measures): string =>
  Number.isNaN(valueIn(measures, measure))
    ? whyUndefined(measure)
    : 'undefined in most resamples: the rows are too few';

const binaryScores = (ranked: ReturnType<typeof rank>) => ({
  bias: predictionBias(ranked),
  threshold: ranked.threshold,
  calibration: calibrationTable(ranked),
  histogram: histogram(ranked.probabilities),
  confusion: confusion(ranked),
  roc: rocCurve(ranked),
  precisionRecall: precisionRecall(ranked),
  gain: gainCurve(ranked),
});

function multiclassScores({ rows, classes, labels, predicted, confidence }: MulticlassRows) {
  const hits = Uint8Array.from(labels, (label, row) => (label === predicted[row] ? 1 : 0));
  const top = rank(hits, confidence);
  const counts = classes.map(() => new Array<number>(classes.length).fill(0));
  for (let row = 0; row < rows; row++) {
    const [label, guess] = [labels[row] as number, predicted[row] as number];
    const line = counts[label] as number[];
    line[guess] = (line[guess] as number) + 1;
  }
  return {
    bias: predictionBias(top),
    calibration: calibrationTable(top),
    histogram: histogram(confidence),
    roc: [],
    matrix: { classes, counts },
  };
}

export function histogram(probabilities: ArrayLike<number>): number[] {
  const parts = new Array<number>(PARTS).fill(0);
  for (let i = 0; i < probabilities.length; i++) {
    const part = Math.max(0, Math.ceil((probabilities[i] as number) * PARTS) - 1);
    parts[part] = (parts[part] as number) + 1;
  }
  return parts;
}
