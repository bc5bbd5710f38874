/** Calibration: does what is predicted come true as often as it was said? Ten bins of equal width, each (low, high]. */
import type { Ranked } from './metrics.ts';

export const CALIBRATION_BINS = 10;

export interface CalibrationRow {
  /** The bin holds probabilities in (low, high]; 0 itself belongs to the first. */
  readonly low: number;
  readonly high: number;
  readonly rows: number;
  /** Mean predicted probability and share of positives; absent in an empty bin. */
  readonly predicted?: number;
  readonly observed?: number;
}

/** The bin of a probability, 0 to 9: edges are k/10, and one on an edge belongs to the bin below it. */
export function calibrationBin(probability: number): number {
  let bin = Math.max(0, Math.min(CALIBRATION_BINS - 1, Math.ceil(probability * CALIBRATION_BINS) - 1));
  // probability * 10 is rounded: compare with the edges themselves.
  if (bin > 0 && probability <= bin / CALIBRATION_BINS) bin--;
  if (bin < CALIBRATION_BINS - 1 && probability > (bin + 1) / CALIBRATION_BINS) bin++;
  return bin;
}

export function calibrationTable({ rows, probabilities, labels, bins }: Ranked): CalibrationRow[] {
  const sums = Array.from({ length: CALIBRATION_BINS }, () => ({ rows: 0, predicted: 0, observed: 0 }));
  for (let i = 0; i < rows; i++) {
    const sum = sums[bins[i] as number];
    if (!sum) continue;
    sum.rows++;
    sum.predicted += probabilities[i] as number;
    sum.observed += labels[i] as number;
  }
  return sums.map((sum, bin) => ({
    low: bin / CALIBRATION_BINS,
    high: (bin + 1) / CALIBRATION_BINS,
    rows: sum.rows,
    ...(sum.rows > 0 && { predicted: sum.predicted / sum.rows, observed: sum.observed / sum.rows }),
  }));
}

/** Mean predicted probability minus the share of positives: above 0 the model says too much. */
export function predictionBias({ rows, probabilities, labels }: Ranked): {
  predicted: number;
  observed: number;
  bias: number;
} {
  let [predicted, observed] = [0, 0];
  for (let i = 0; i < rows; i++) {
    predicted += probabilities[i] as number;
    observed += labels[i] as number;
  }
  return { predicted: predicted / rows, observed: observed / rows, bias: (predicted - observed) / rows };
}
