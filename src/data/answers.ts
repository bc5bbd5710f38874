/** What a challenger's answers say of it: how far they moved from those on its test part, and whether they are all alike. */
import type { ValueCounts } from './bins.ts';
import { columnDrift, PSI_FLOOR } from './drift.ts';
import type { Scores } from './scores.ts';
import { predictionCounts } from './value-counts.ts';

export interface Shift {
  readonly rows: number;
  readonly psi: number;
  /** Of the chi-square test: the chance of so much by chance alone. */
  readonly p: number;
  /** Standard error of the PSI. */
  readonly error: number;
}

/** From the value counts of a version's answers on its test part to what it answered since. */
export function shiftOf(test: ValueCounts, answers: Scores): Shift {
  const { rows, psi, chiSquare, bins } = columnDrift(test, predictionCounts(answers));
  return { rows: rows.current, psi, p: chiSquare.p, error: psiError(bins, rows.current) };
}

/** By the delta method: the PSI's slope at each share of the sample. The test part counts as known. */
function psiError(bins: readonly { baseline: number; current: number }[], rows: number): number {
  let [mean, square] = [0, 0];
  for (const { baseline, current } of bins) {
    const [p, q] = [Math.max(baseline, PSI_FLOOR), Math.max(current, PSI_FLOOR)];
    const slope = Math.log(q / p) + 1 - p / q;
    mean += current * slope;
    square += current * slope * slope;
  }
  return Math.sqrt(Math.max(0, square - mean * mean) / rows);
}

/** So unlikely must equal answers be, by how frequent that answer was on the test part. */
const CHANCE = 1e-3;

/**
 * The one answer that every row got, as it is read, when that cannot be chance: the answers on the test part differed, and
 * so many different inputs (`inputs`) were asked. undefined when the answers are as they should be.
 */
export function sameAnswer(test: ValueCounts, answers: Scores, inputs: number): string | undefined {
  const now = predictionCounts(answers);
  const [was, is] = [valuesOf(test), valuesOf(now)];
  if (is.length !== 1 || was.length < 2) return undefined;
  const rows = Array.from(test.counts).reduce((sum, count) => sum + count, 0);
  const at = was.indexOf(is[0] as string);
  const share = at < 0 ? 0 : (test.counts[at] as number) / rows;
  return share ** inputs < CHANCE ? is[0] : undefined;
}

const valuesOf = ({ kind, numbers, texts }: ValueCounts): readonly string[] =>
  kind === 'text' ? texts : Array.from(numbers, String);
