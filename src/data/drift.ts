/** How far one column has moved from its baseline: PSI, Jensen–Shannon, total variation, Kolmogorov–Smirnov, chi-square. Formulas: docs/metrics.md. */
import { type Binning, binningOf, type ValueCounts } from './bins.ts';
import { MeasureError } from './measures.ts';
import { chiSquareTail, kolmogorovTail } from './tails.ts';

export type DriftMethod = 'psi' | 'jensen-shannon' | 'ks';

export interface ColumnDrift {
  readonly column: string;
  readonly kind: ValueCounts['kind'];
  readonly rows: { readonly baseline: number; readonly current: number };
  /** Share of missing values. */
  readonly missing: { readonly baseline: number; readonly current: number };
  readonly psi: number;
  /** The distance (square root of the divergence, base 2), 0..1. */
  readonly jensenShannon: number;
  /** Half the sum of the differences of the bins' shares, 0..1. */
  readonly totalVariation: number;
  /** Numbers only: the largest distance of the two distribution functions, a missing value lying below every number. */
  readonly ks?: { readonly statistic: number; readonly p: number };
  /** Of the bins' counts: are both samples of one distribution? */
  readonly chiSquare: ChiSquare;
  /** The same test after sparse bins were put together: of few rows in many bins its p-value is right, too. */
  readonly pooled: ChiSquare;
  /** The largest bins' shares, for looking at. */
  readonly bins: readonly { readonly bin: string; readonly baseline: number; readonly current: number }[];
}

export interface ChiSquare {
  readonly statistic: number;
  readonly degrees: number;
  readonly p: number;
}

/** Bins of fewer expected rows, in either sample, are put together before the test (Cochran, 1954). */
const SPARSE = 5;

/** An empty bin counts as this share in the PSI, which would be infinite otherwise. */
export const PSI_FLOOR = 1e-4;

/** Compares a column with its baseline. Throws `MeasureError` when either has no rows or they are of two kinds. O(n) in distinct values. */
export function columnDrift(
  baseline: ValueCounts,
  current: ValueCounts,
  binning: Binning = binningOf(baseline),
): ColumnDrift {
  const { column, kind } = baseline;
  if (current.kind !== kind)
    throw new MeasureError(
      `${column}: the baseline holds ${kind} values, what came since holds ${current.kind} values`,
    );
  const [before, now] = [binning.place(baseline), binning.place(current)];
  const rows = { baseline: sum(before), current: sum(now) };
  if (!rows.baseline || !rows.current)
    throw new MeasureError(
      `${column}: there are no rows ${rows.baseline ? 'to compare with the baseline' : 'in the baseline'}`,
    );
  const p = before.map((count) => count / rows.baseline);
  const q = now.map((count) => count / rows.current);
  return {
    column,
    kind,
    rows,
    missing: { baseline: baseline.missing / rows.baseline, current: current.missing / rows.current },
    psi: populationStability(p, q),
    jensenShannon: jensenShannon(p, q),
    totalVariation: sum(p.map((share, bin) => Math.abs(share - (q[bin] as number)))) / 2,
    ...(kind === 'number' && { ks: kolmogorovSmirnov(baseline, current) }),
    chiSquare: chiSquare(before, now),
    pooled: chiSquare(...pooled(before, now)),
    bins: binning.names.map((bin, index) => ({ bin, baseline: p[index] as number, current: q[index] as number })),
  };
}

/** The effect size that a plan alarms by. Text has no order, so `ks` is its total variation distance there. */
export function effect(drift: ColumnDrift, method: DriftMethod): number {
  if (method === 'psi') return drift.psi;
  if (method === 'jensen-shannon') return drift.jensenShannon;
  return drift.ks?.statistic ?? drift.totalVariation;
}

/** The population stability index of two lists of shares: Σ (p − q) ln(p / q). */
export function populationStability(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let total = 0;
  for (let bin = 0; bin < p.length; bin++) {
    const [before, now] = [Math.max(p[bin] as number, PSI_FLOOR), Math.max(q[bin] as number, PSI_FLOOR)];
    total += (before - now) * Math.log(before / now);
  }
  return total;
}

/** The Jensen–Shannon distance of two lists of shares, base 2. */
export function jensenShannon(p: ArrayLike<number>, q: ArrayLike<number>): number {
  let divergence = 0;
  for (let bin = 0; bin < p.length; bin++) {
    const [before, now] = [p[bin] as number, q[bin] as number];
    const middle = (before + now) / 2;
    if (before > 0) divergence += (before * Math.log2(before / middle)) / 2;
    if (now > 0) divergence += (now * Math.log2(now / middle)) / 2;
  }
  return Math.sqrt(Math.min(1, Math.max(0, divergence)));
}

/** The two-sample statistic, with the asymptotic p-value. */
export function kolmogorovSmirnov(a: ValueCounts, b: ValueCounts): { statistic: number; p: number } {
  const [rowsA, rowsB] = [a.missing + sum(a.counts), b.missing + sum(b.counts)];
  let [belowA, belowB] = [a.missing, b.missing];
  let statistic = Math.abs(belowA / rowsA - belowB / rowsB);
  if (hasNaN(a.numbers) || hasNaN(b.numbers))
    throw new MeasureError(`${a.column}: NaN has no place among numbers; count it as missing`);
  for (let i = 0, j = 0; i < a.numbers.length || j < b.numbers.length; ) {
    const value = Math.min(a.numbers[i] ?? Number.POSITIVE_INFINITY, b.numbers[j] ?? Number.POSITIVE_INFINITY);
    // Both may lie at +∞ itself: the end of a list is told by its length, not by the value.
    if (i < a.numbers.length && a.numbers[i] === value) belowA += a.counts[i++] as number;
    if (j < b.numbers.length && b.numbers[j] === value) belowB += b.counts[j++] as number;
    statistic = Math.max(statistic, Math.abs(belowA / rowsA - belowB / rowsB));
  }
  return { statistic, p: kolmogorovTail(Math.sqrt((rowsA * rowsB) / (rowsA + rowsB)) * statistic) };
}

/** Pearson's test of a 2 × bins table, without correction; bins that are empty in both are left out. */
export function chiSquare(before: ArrayLike<number>, now: ArrayLike<number>): ChiSquare {
  const [rowsBefore, rowsNow] = [sum(before), sum(now)];
  let [statistic, bins] = [0, 0];
  for (let bin = 0; bin < before.length; bin++) {
    const both = (before[bin] as number) + (now[bin] as number);
    if (both === 0) continue;
    bins++;
    const expectedBefore = (both * rowsBefore) / (rowsBefore + rowsNow);
    const expectedNow = (both * rowsNow) / (rowsBefore + rowsNow);
    statistic += ((before[bin] as number) - expectedBefore) ** 2 / expectedBefore;
    statistic += ((now[bin] as number) - expectedNow) ** 2 / expectedNow;
  }
  const degrees = Math.max(0, bins - 1);
  return {
    statistic: degrees === 0 ? 0 : statistic,
    degrees,
    p: degrees === 0 ? 1 : chiSquareTail(statistic, degrees),
  };
}

function pooled(before: readonly number[], now: readonly number[]): [number[], number[]] {
  const [rowsBefore, rowsNow] = [sum(before), sum(now)];
  const share = Math.min(rowsBefore, rowsNow) / (rowsBefore + rowsNow);
  const [left, right]: [number[], number[]] = [[0], [0]];
  before.forEach((count, bin) => {
    const other = now[bin] as number;
    const into = (count + other) * share < SPARSE ? 0 : left.length;
    left[into] = (left[into] ?? 0) + count;
    right[into] = (right[into] ?? 0) + other;
  });
  return [left, right];
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}

function hasNaN(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) return true;
  return false;
}
