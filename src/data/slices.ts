/** The same measures on parts of the rows: one slice a value of a column. */
import type { Metrics } from '../activities/types.ts';
import { bootstrap, estimates } from './bootstrap.ts';
import { type Measures, measure, rank } from './metrics.ts';

export type SliceValue = string | number | boolean | null;

export interface Slice {
  readonly column: string;
  /** null: the column is missing there. */
  readonly value: SliceValue;
  readonly rows: number;
  /** Share of positives. */
  readonly positives: number;
  readonly measures: Measures;
  /** With 95 % intervals; only for the largest slices of a column. */
  readonly metrics?: Metrics;
}

export interface SliceOptions {
  readonly threshold: number;
  readonly seed: number;
  readonly replicates?: number;
  /** How many of a column's largest slices get intervals. */
  readonly intervals?: number;
  readonly breathe?: () => Promise<void>;
}

/** Every value of a column, the largest slice first. `values`, `labels` and `probabilities` go row by row. */
export async function measureSlices(
  column: string,
  values: readonly SliceValue[],
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { threshold, seed, replicates = 200, intervals = 50, breathe }: SliceOptions,
): Promise<Slice[]> {
  const groups = [...rowsByValue(values)].sort(([a, x], [b, y]) => y.length - x.length || compare(a, b));
  const slices: Slice[] = [];
  for (const [value, rows] of groups) {
    const ranked = rank(
      rows.map((row) => labels[row] as number),
      rows.map((row) => probabilities[row] as number),
      threshold,
    );
    const measures = measure(ranked);
    const positives = ranked.labels.reduce((sum, label) => sum + label, 0) / rows.length;
    const slice = { column, value, rows: rows.length, positives, measures };
    if (slices.length >= intervals) {
      slices.push(slice);
      await breathe?.();
      continue;
    }
    const [resampled] = await bootstrap([ranked], { seed, replicates, breathe });
    slices.push(resampled ? { ...slice, metrics: estimates(measures, resampled) } : slice);
  }
  return slices;
}

/** A slice's value as people read it. */
export const sliceName = (value: SliceValue): string => (value === null ? '(missing)' : String(value));

function rowsByValue(values: readonly SliceValue[]): Map<SliceValue, number[]> {
  const groups = new Map<SliceValue, number[]>();
  values.forEach((value, row) => {
    const rows = groups.get(value);
    if (rows) rows.push(row);
    else groups.set(value, [row]);
  });
  return groups;
}

const compare = (a: SliceValue, b: SliceValue): number => (sliceName(a) < sliceName(b) ? -1 : 1);
