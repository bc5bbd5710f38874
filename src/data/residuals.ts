/** What a regression's errors look like: by size of the prediction, in a histogram, as points to be drawn. */
import { quantile } from './quantile.ts';
import type { RegressionRows } from './regression.ts';

export interface RegressionScores {
  readonly bias: { readonly predicted: number; readonly observed: number; readonly bias: number };
  readonly calibration: readonly [];
  readonly histogram: readonly [];
  readonly roc: readonly [];
  readonly regression: {
    /** Ten groups of about equally many rows, by rising prediction: does what is predicted come true on average? */
    readonly groups: readonly {
      readonly low: number;
      readonly high: number;
      readonly rows: number;
      readonly predicted: number;
      readonly observed: number;
    }[];
    /** Quantiles of predicted minus true. */
    readonly residuals: Readonly<Record<'p5' | 'p25' | 'p50' | 'p75' | 'p95', number>>;
    /** Rows at even steps, as [predicted, true]. */
    readonly points: readonly (readonly [number, number])[];
  };
}

const GROUPS = 10;
const POINTS = 500;

export function regressionScores({ rows, labels, predictions, residuals }: RegressionRows): RegressionScores {
  const order = Uint32Array.from({ length: rows }, (_, row) => row).sort(
    (a, b) => (predictions[a] as number) - (predictions[b] as number) || a - b,
  );
  const groups = Array.from({ length: Math.min(GROUPS, rows) }, (_, group) => {
    const own = order.slice(Math.floor((group * rows) / GROUPS), Math.floor(((group + 1) * rows) / GROUPS));
    return own.length === 0 ? [] : [summary(own, labels, predictions)];
  }).flat();
  const sorted = residuals.slice().sort();
  const step = Math.max(1, Math.ceil(rows / POINTS));
  const shown = Array.from({ length: Math.ceil(rows / step) }, (_, at) => at * step);
  const [predicted, observed] = [mean(predictions), mean(labels)];
  return {
    bias: { predicted, observed, bias: predicted - observed },
    calibration: [],
    histogram: [],
    roc: [],
    regression: {
      groups,
      residuals: {
        p5: quantile(sorted, 0.05),
        p25: quantile(sorted, 0.25),
        p50: quantile(sorted, 0.5),
        p75: quantile(sorted, 0.75),
        p95: quantile(sorted, 0.95),
      },
      points: shown.map((row) => [predictions[row] as number, labels[row] as number]),
    },
  };
}

function summary(own: Uint32Array, labels: Float64Array, predictions: Float64Array) {
  const of = (values: Float64Array) => mean(Float64Array.from(own, (row) => values[row] as number));
  return {
    low: predictions[own[0] as number] as number,
    high: predictions[own.at(-1) as number] as number,
    rows: own.length,
    predicted: of(predictions),
    observed: of(labels),
  };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
