/** What a threshold does: the ROC curve, precision over recall, the gain of those who are asked first, the confusion matrix. */
import type { Ranked } from './metrics.ts';

export interface RocPoint {
  /** Shares of the negatives and of the positives at or above `threshold`. */
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
  readonly threshold: number;
}

export interface PrecisionPoint {
  /** Share of the positives that is found. */
  readonly recall: number;
  /** Share of positives among the rows that are flagged. */
  readonly precision: number;
  readonly threshold: number;
}

/** What the rows of the highest probabilities hold. */
export interface GainPoint {
  /** Share of all rows, (0, 1]. */
  readonly share: number;
  /** Share of all positives that is among them. */
  readonly found: number;
  /** How many times as many positives as among as many rows taken by chance. */
  readonly lift: number;
}

export interface Confusion {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/** The ROC curve from (0, 0) to (1, 1), thinned to about `most` points evenly spread along it; empty when only one class is there. */
export function rocCurve({ rows, labels, probabilities, ends }: Ranked, most = 200): RocPoint[] {
  const positives = ones(labels);
  const negatives = rows - positives;
  if (!positives || !negatives) return [];
  const points: RocPoint[] = [{ falsePositiveRate: 0, truePositiveRate: 0, threshold: 1 }];
  let [truths, alarms, told] = [0, 0, 0];
  for (let i = 0; i < rows; i++) {
    if (labels[i]) truths++;
    else alarms++;
    if (!ends[i]) continue;
    // How far along the curve, 0 to 2: evenly in both directions, so that steep and flat parts keep their shape.
    const along = truths / positives + alarms / negatives;
    if (along - told < 2 / most && i + 1 < rows) continue;
    told = along;
    points.push({
      falsePositiveRate: alarms / negatives,
      truePositiveRate: truths / positives,
      threshold: probabilities[i] as number,
    });
  }
  return points;
}

/** Precision over recall, from the highest threshold to the lowest, a point each `1 / most` of recall; empty without positives. */
export function precisionRecall({ rows, labels, probabilities, ends }: Ranked, most = 200): PrecisionPoint[] {
  const positives = ones(labels);
  const points: PrecisionPoint[] = [];
  let [truths, told] = [0, Number.NEGATIVE_INFINITY];
  // Beyond full recall only precision falls.
  for (let i = 0; i < rows && told < 1 && positives > 0; i++) {
    truths += labels[i] as number;
    const recall = truths / positives;
    if (!ends[i] || (recall - told < 1 / most && recall < 1)) continue;
    told = recall;
    points.push({ recall, precision: truths / (i + 1), threshold: probabilities[i] as number });
  }
  return points;
}

/** Gain and lift in `parts` even shares of the rows; rows of one probability count alike, wherever a border cuts them. */
export function gainCurve({ rows, labels, ends }: Ranked, parts = 20): GainPoint[] {
  const positives = ones(labels);
  const points: GainPoint[] = [];
  let [truths, from, before] = [0, 0, 0];
  for (let i = 0; i < rows && positives > 0; i++) {
    truths += labels[i] as number;
    if (!ends[i]) continue;
    for (let next = points.length + 1; next <= parts && next * rows <= (i + 1) * parts; next++) {
      const [share, border] = [next / parts, (next * rows) / parts];
      const found = (before + ((truths - before) * (border - from)) / (i + 1 - from)) / positives;
      points.push({ share, found, lift: found / share });
    }
    [from, before] = [i + 1, truths];
  }
  return points;
}

export function confusion({ rows, labels, predicted, threshold }: Ranked): Confusion {
  let [truePositives, positives] = [0, 0];
  for (let i = 0; i < rows; i++) {
    positives += labels[i] as number;
    if (i < predicted) truePositives += labels[i] as number;
  }
  const falsePositives = predicted - truePositives;
  const falseNegatives = positives - truePositives;
  const trueNegatives = rows - predicted - falseNegatives;
  return { threshold, truePositives, falsePositives, trueNegatives, falseNegatives };
}

const ones = (labels: Uint8Array): number => labels.reduce((sum, label) => sum + label, 0);
