/** What a threshold does: the ROC curve, the confusion matrix. */
import type { Ranked } from './metrics.ts';

export interface RocPoint {
  /** Shares of the negatives and of the positives at or above `threshold`. */
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
  readonly threshold: number;
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
  const positives = labels.reduce((sum, label) => sum + label, 0);
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
