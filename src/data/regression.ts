/** Measures of a regression from values and predictions. */
import { METRICS_OF } from '../plan/metrics.ts';
import { checkLengths, type Measurable, MeasureError, type Measures } from './measures.ts';
import { countedQuantile } from './quantile.ts';

export interface RegressionRows extends Measurable {
  readonly labels: Float64Array;
  readonly predictions: Float64Array;
  /** Predicted minus true. */
  readonly residuals: Float64Array;
}

/** Throws `MeasureError` naming the first bad row. */
export function regressionRows(labels: ArrayLike<number>, predictions: ArrayLike<number>): RegressionRows {
  checkLengths(labels, predictions.length, 'predictions');
  const rows = labels.length;
  const truth = Float64Array.from(labels);
  const predicted = Float64Array.from(predictions);
  const residuals = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    for (const [value, what] of [
      [truth[row], 'label'],
      [predicted[row], 'prediction'],
    ] as const)
      if (!Number.isFinite(value)) throw new MeasureError(`row ${row}: the ${what} is ${value}; it must be a number`);
    residuals[row] = (predicted[row] as number) - (truth[row] as number);
  }
  const errors = residuals.map(Math.abs);
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  order.sort((a, b) => (errors[a] as number) - (errors[b] as number) || a - b);
  const sorted = Float64Array.from(order, (row) => errors[row] as number);
  return {
    rows,
    names: METRICS_OF.regression,
    steps: 3 * rows,
    labels: truth,
    predictions: predicted,
    residuals,
    measure: (weights) => measure({ labels: truth, residuals, order, sorted }, weights),
  };
}

interface Sorted {
  readonly labels: Float64Array;
  readonly residuals: Float64Array;
  readonly order: Uint32Array;
  /** Absolute errors, rising. */
  readonly sorted: Float64Array;
}

function measure({ labels, residuals, order, sorted }: Sorted, weights?: ArrayLike<number>): Measures {
  const rows = labels.length;
  const counts = new Float64Array(rows);
  let [total, sum, squares, absolutes] = [0, 0, 0, 0];
  for (let i = 0; i < rows; i++) {
    const row = order[i] as number;
    const weight = weights ? (weights[row] as number) : 1;
    counts[i] = weight;
    total += weight;
    sum += weight * (labels[row] as number);
    squares += weight * (residuals[row] as number) ** 2;
    absolutes += weight * (sorted[i] as number);
  }
  // Around the mean, not by sums of squares, which would cancel.
  const mean = sum / total;
  let spread = 0;
  for (let row = 0; row < rows; row++)
    spread += (weights ? (weights[row] as number) : 1) * ((labels[row] as number) - mean) ** 2;
  return {
    rmse: Math.sqrt(squares / total),
    mae: absolutes / total,
    r2: spread > 0 ? 1 - squares / spread : Number.NaN,
    absolute_error_p50: countedQuantile(sorted, counts, 0.5),
    absolute_error_p90: countedQuantile(sorted, counts, 0.9),
  };
}
