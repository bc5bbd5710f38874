/** Quantiles of type 7 (Hyndman and Fan, 1996): linear between order statistics, numpy's default. */

/** The quantile of sorted values at `share` (0..1); NaN when there are none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below];
  if (low === undefined) return Number.NaN;
  return between(low, sorted[Math.min(below + 1, sorted.length - 1)] as number, position - below);
}

/** The same of values that occur several times: `values` sorted and distinct, `counts` beside them. */
export function countedQuantile(values: ArrayLike<number>, counts: ArrayLike<number>, share: number): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i] as number;
  if (total === 0) return Number.NaN;
  const position = share * (total - 1);
  const below = Math.floor(position);
  let [index, seen] = [0, counts[0] as number];
  while (seen <= below) seen += counts[++index] as number;
  const low = values[index] as number;
  const high = seen > below + 1 || index + 1 >= values.length ? low : (values[index + 1] as number);
  return between(low, high, position - below);
}

/** As numpy does: from the nearer end, so that the ends come out exactly. */
function between(low: number, high: number, share: number): number {
  const step = high - low;
  if (step === 0) return low;
  return share >= 0.5 ? high - step * (1 - share) : low + step * share;
}
