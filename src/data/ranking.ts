/** The areas under the ROC and the precision-recall curve, of rows sorted once. */

export interface Ranking {
  /** Rows by falling probability. */
  readonly order: Uint32Array;
  /** 1 where the row is of the class, by sorted position. */
  readonly labels: Uint8Array;
  /** 1 on the last of those that share a probability. */
  readonly ends: Uint8Array;
}

/** O(n log n). */
export function ranking(labels: Uint8Array, probabilities: Float64Array): Ranking {
  const rows = labels.length;
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  order.sort((a, b) => (probabilities[b] as number) - (probabilities[a] as number) || a - b);
  const at = (i: number) => probabilities[order[i] as number];
  return {
    order,
    labels: Uint8Array.from(order, (row) => labels[row] as number),
    ends: Uint8Array.from(order, (_, i) => (i + 1 === rows || at(i + 1) !== at(i) ? 1 : 0)),
  };
}

/** NaN where a class is missing. */
export function rankingAreas(
  { order, labels, ends }: Ranking,
  weights?: ArrayLike<number>,
): { readonly auc: number; readonly pr_auc: number } {
  let [positives, negatives, positivesBefore, negativesBefore, area, precisions] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < order.length; i++) {
    const weight = weights ? (weights[order[i] as number] as number) : 1;
    if (labels[i]) positives += weight;
    else negatives += weight;
    if (!ends[i]) continue;
    area += ((negatives - negativesBefore) * (positives + positivesBefore)) / 2;
    if (positives > positivesBefore)
      precisions += (positives - positivesBefore) * (positives / (positives + negatives));
    positivesBefore = positives;
    negativesBefore = negatives;
  }
  return { auc: area / (positives * negatives), pr_auc: precisions / positives };
}
