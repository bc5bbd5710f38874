/** The same measures on parts of the rows: one slice a value of a column. */
import type { Metrics } from '../activities/types.ts';
import { bootstrap, estimates } from './bootstrap.ts';
import type { Measurable, Measures } from './measures.ts';

export type SliceValue = string | number | boolean | null;

export interface Slice {
  readonly column: string;
  /** null: the column is missing there. */
  readonly value: SliceValue;
  readonly rows: number;
  readonly measures: Measures;
  /** With 95 % intervals; only for the largest slices of a column. */
  readonly metrics?: Metrics;
}

export interface SliceOptions {
  readonly seed: number;
  readonly replicates?: number;
  /** How many of a column's largest slices get intervals. */
  readonly intervals?: number;
  readonly breathe?: () => Promise<void>;
}

/** Every value of a column, the largest slice first. `values` go row by row; `measurable` gives some rows, ready to be measured. */
export async function measureSlices(
  column: string,
  values: readonly SliceValue[],
  measurable: (rows: readonly number[]) => Measurable,
  { seed, replicates = 200, intervals = 50, breathe }: SliceOptions,
): Promise<Slice[]> {
  const groups = [...rowsByValue(values)].sort(([a, x], [b, y]) => y.length - x.length || compare(a, b));
  const slices: Slice[] = [];
  for (const [value, rows] of groups) {
    const part = measurable(rows);
    const measures = part.measure();
    const slice = { column, value, rows: rows.length, measures };
    if (slices.length >= intervals) {
      slices.push(slice);
      await breathe?.();
      continue;
    }
    const [resampled] = await bootstrap([part], { seed, replicates, breathe });
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
