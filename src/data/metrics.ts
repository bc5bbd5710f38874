/** Measures of a binary classifier from labels and probabilities. Definitions and what each is when undefined: docs/metrics.md. */
import { METRICS_OF } from '../plan/metrics.ts';
import { CALIBRATION_BINS, calibrationBin } from './calibration.ts';
import { checkLengths, type Measurable, MeasureError } from './measures.ts';

export type BinaryMetric = (typeof METRICS_OF.binary)[number];

/** Scored rows, sorted once by falling probability, so that a weighted measurement is a single pass. */
export interface Ranked extends Measurable {
  readonly threshold: number;
  /** Position in the sorted order → row as it was given. */
  readonly order: Uint32Array;
  /** The rest by sorted position. */
  readonly labels: Uint8Array;
  readonly probabilities: Float64Array;
  readonly losses: Float64Array;
  readonly bins: Uint8Array;
  /** 1 on the last row of those that share a probability. */
  readonly ends: Uint8Array;
  /** How many rows lie at or above the threshold. */
  readonly predicted: number;
}

/** Log-loss never sees a probability nearer to 0 or 1 than this: the step of a double at 1, as in scikit-learn. */
const CLIP = Number.EPSILON;

/** Sorts rows for measuring. `labels` are 0 or 1, `probabilities` lie in 0..1. Throws `MeasureError` naming the first bad row. O(n log n). */
export function rank(labels: ArrayLike<number>, probabilities: ArrayLike<number>, threshold = 0.5): Ranked {
  const rows = labels.length;
  check(labels, probabilities);
  const given = Float64Array.from(probabilities);
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  order.sort((a, b) => (given[b] as number) - (given[a] as number) || a - b);
  const sorted = {
    rows,
    threshold,
    order,
    labels: new Uint8Array(rows),
    probabilities: new Float64Array(rows),
    losses: new Float64Array(rows),
    bins: new Uint8Array(rows),
    ends: new Uint8Array(rows),
  };
  let predicted = 0;
  for (let i = 0; i < rows; i++) {
    const row = order[i] as number;
    const probability = given[row] as number;
    const label = labels[row] as number;
    const clipped = Math.min(Math.max(probability, CLIP), 1 - CLIP);
    sorted.labels[i] = label;
    sorted.probabilities[i] = probability;
    sorted.losses[i] = -(label ? Math.log(clipped) : Math.log(1 - clipped));
    sorted.bins[i] = calibrationBin(probability);
    sorted.ends[i] = i + 1 === rows || given[order[i + 1] as number] !== probability ? 1 : 0;
    if (probability >= threshold) predicted = i + 1;
  }
  const ranked: Ranked = {
    ...sorted,
    predicted,
    names: METRICS_OF.binary,
    steps: rows,
    measure: (weights) => measure(ranked, weights),
  };
  return ranked;
}

/** All metrics in one pass. `weights` counts how often each given row is taken (by row, not by sorted position); once when left out. */
export function measure(ranked: Ranked, weights?: ArrayLike<number>): Readonly<Record<BinaryMetric, number>> {
  const { rows, order, labels, probabilities, losses, bins, ends, predicted } = ranked;
  const expected = new Float64Array(CALIBRATION_BINS);
  const observed = new Float64Array(CALIBRATION_BINS);
  let [positives, negatives, positivesBefore, negativesBefore] = [0, 0, 0, 0];
  let [area, precisions, loss, squares] = [0, 0, 0, 0];
  let [truePositives, falsePositives] = [0, 0];
  for (let i = 0; i < rows; i++) {
    const weight = weights ? (weights[order[i] as number] as number) : 1;
    if (weight) {
      const label = labels[i] as number;
      const probability = probabilities[i] as number;
      const bin = bins[i] as number;
      if (label) positives += weight;
      else negatives += weight;
      loss += weight * (losses[i] as number);
      squares += weight * (probability - label) ** 2;
      expected[bin] = (expected[bin] as number) + weight * probability;
      observed[bin] = (observed[bin] as number) + weight * label;
    }
    if (ends[i]) {
      area += ((negatives - negativesBefore) * (positives + positivesBefore)) / 2;
      if (positives > positivesBefore)
        precisions += (positives - positivesBefore) * (positives / (positives + negatives));
      positivesBefore = positives;
      negativesBefore = negatives;
    }
    if (i + 1 === predicted) {
      truePositives = positives;
      falsePositives = negatives;
    }
  }
  const total = positives + negatives;
  const falseNegatives = positives - truePositives;
  let gap = 0;
  for (let bin = 0; bin < CALIBRATION_BINS; bin++)
    gap += Math.abs((expected[bin] as number) - (observed[bin] as number));
  return {
    auc: area / (positives * negatives),
    pr_auc: precisions / positives,
    log_loss: loss / total,
    brier: squares / total,
    calibration_error: gap / total,
    accuracy: (total - falsePositives - falseNegatives) / total,
    precision: truePositives / (truePositives + falsePositives),
    recall: truePositives / positives,
    f1: (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives),
  };
}

function check(labels: ArrayLike<number>, probabilities: ArrayLike<number>): void {
  checkLengths(labels, probabilities.length, 'probabilities');
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    const probability = probabilities[row] as number;
    if (label !== 0 && label !== 1) throw new MeasureError(`row ${row}: the label is ${label}; it must be 0 or 1`);
    if (!(probability >= 0 && probability <= 1))
      throw new MeasureError(`row ${row}: the probability is ${probability}; it must lie in 0..1`);
  }
}
