/** Bins of a column, laid by its baseline: what both samples are counted in before they are compared. */
import { OTHER } from './baseline.ts';
import { countedQuantile } from './quantile.ts';

/** How often each value of a column occurs. Number columns have `numbers` (sorted, distinct), text columns `texts`. */
export interface ValueCounts {
  readonly column: string;
  readonly kind: 'number' | 'text';
  readonly numbers: ArrayLike<number>;
  readonly texts: readonly string[];
  readonly counts: ArrayLike<number>;
  readonly missing: number;
}

export interface Binning {
  readonly names: readonly string[];
  /** Rows in each bin. */
  place(values: ValueCounts): number[];
}

/** So many distinct values get a bin each; a column with more is cut (numbers) or has its rarer values put together (text). */
export const MOST_VALUES = 20;
/** Equal parts that a number column with more values is cut into. */
export const PARTS = 10;

/** The bins of a baseline: per value, or per tenth of a number column; then all other values, then missing ones. */
export function binningOf(baseline: ValueCounts): Binning {
  if (baseline.kind === 'text') return byValue(mostFrequent(baseline), (values) => values.texts);
  if (baseline.numbers.length <= MOST_VALUES) return byValue(Array.from(baseline.numbers), (values) => values.numbers);
  return byEdges(edgesOf(baseline));
}

/** The nine inner deciles of a baseline (quantiles of type 7), each once. */
export function edgesOf({ numbers, counts }: ValueCounts): number[] {
  const edges = Array.from({ length: PARTS - 1 }, (_, part) => countedQuantile(numbers, counts, (part + 1) / PARTS));
  return edges.filter((edge, index) => !Number.isNaN(edge) && edges.indexOf(edge) === index);
}

/** The most frequent values of a text column; of equally frequent ones those that come first in the alphabet. */
function mostFrequent({ texts, counts }: ValueCounts): string[] {
  const order = [...texts.keys()].filter((index) => texts[index] !== OTHER);
  order.sort(
    (a, b) => (counts[b] as number) - (counts[a] as number) || ((texts[a] as string) < (texts[b] as string) ? -1 : 1),
  );
  return order.slice(0, MOST_VALUES).map((index) => texts[index] as string);
}

function byValue<T extends string | number>(
  values: readonly T[],
  read: (counts: ValueCounts) => ArrayLike<T>,
): Binning {
  const bins = new Map(values.map((value, bin) => [value, bin]));
  return {
    names: [...values.map(String), 'other', 'missing'],
    place(placed) {
      const rows = new Array<number>(values.length + 2).fill(0);
      const found = read(placed);
      for (let i = 0; i < found.length; i++)
        add(rows, bins.get(found[i] as T) ?? values.length, placed.counts[i] as number);
      add(rows, values.length + 1, placed.missing);
      return rows;
    },
  };
}

/** Bins (low, high] between the edges, open at both ends. */
function byEdges(edges: readonly number[]): Binning {
  const shown = edges.map((edge) => Number(edge.toPrecision(6)));
  return {
    names: [
      `≤ ${shown[0]}`,
      ...shown.slice(1).map((edge, i) => `${shown[i]} – ${edge}`),
      `> ${shown.at(-1)}`,
      'missing',
    ],
    place(placed) {
      const rows = new Array<number>(edges.length + 2).fill(0);
      let bin = 0;
      for (let i = 0; i < placed.numbers.length; i++) {
        while (bin < edges.length && (placed.numbers[i] as number) > (edges[bin] as number)) bin++;
        add(rows, bin, placed.counts[i] as number);
      }
      add(rows, edges.length + 1, placed.missing);
      return rows;
    },
  };
}

function add(rows: number[], bin: number, count: number): void {
  rows[bin] = (rows[bin] as number) + count;
}
