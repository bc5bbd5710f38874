/** How fast a version grows stale: its measures on the windows that came after it, by its age. Definitions: docs/backtest.md. Pure. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { AgeMean } from '../activities/backtest-types.ts';
import { estimate, improvements, type Replicates } from './bootstrap.ts';
import { direction, type MeasureName, type Measures, valueIn } from './measures.ts';

/** One version on one window. Versions on the same window were measured on the same resamples of the same rows. */
export interface Cell {
  /** The instant that the version was trained as of, and the end of the window: places among the instants. */
  readonly origin: number;
  readonly end: number;
  readonly rows: number;
  readonly measures: Measures;
  readonly replicates: Replicates;
}

/** Windows are drawn so often. */
const DRAWS = 2_000;

export const ageOf = ({ origin, end }: Pick<Cell, 'origin' | 'end'>): number => end - origin;

/** A value a window, and its replicates. */
interface Item {
  readonly value: number;
  readonly replicates: Float64Array;
}

/**
 * The mean over windows by age, and how much worse that is than freshly trained on the same windows. Intervals are 95 %
 * percentiles of a bootstrap in two steps: windows are drawn with replacement, and of each one of its resamples of rows.
 */
export function stalenessCurve(cells: readonly Cell[], metric: MeasureName, seed: number): AgeMean[] {
  const ages = [...new Set(cells.map(ageOf))].sort((a, b) => a - b);
  const fresh = new Map(cells.filter((cell) => ageOf(cell) === 1).map((cell) => [cell.end, cell]));
  return ages.map((age) => {
    const own = cells.filter((cell) => ageOf(cell) === age);
    const all = defined(own.map((cell) => itemOf(cell, metric)));
    const pairs = defined(own.flatMap((cell) => worseThan(fresh.get(cell.end), cell, metric)));
    return {
      age,
      windows: all.length,
      metric: meanOf(all, seed),
      ...(age > 1 && { worse: meanOf(pairs, seed) }),
      paired: age > 1 ? pairs.length : 0,
    };
  });
}

/** What the curve supports, in one sentence of the plan's objective. */
export function verdictOf(curve: readonly AgeMean[], metric: MeasureName): string {
  const older = curve.filter(({ worse }) => worse !== undefined);
  const last = older.at(-1);
  if (!last) return 'no version was scored on a second window, so that nothing can be said of its age';
  const stale = older.find(({ worse }) => worse && worse.low > 0);
  if (!stale?.worse) {
    const most = Math.max(...older.map(({ worse }) => worse?.high ?? 0));
    return `retraining more often than every ${steps(last.age)} gained nothing that these rows can show: ${metric} is at most ${shown(most)} worse by then (95 %)`;
  }
  const { age, worse } = stale;
  const loss = `in ${its(age)} step after training ${metric} is ${shown(worse.value)} worse than freshly trained (${shown(worse.low)} to ${shown(worse.high)})`;
  const further =
    last.age > age && last.worse
      ? `, in ${its(last.age)} ${shown(last.worse.value)} (${shown(last.worse.low)} to ${shown(last.worse.high)})`
      : '';
  const gain =
    age > 2
      ? `; retraining more often than every ${steps(age - 1)} gained nothing that these rows can show`
      : '; retraining at every step pays in quality';
  return `${loss}${further}${gain}`;
}

const steps = (n: number): string => (n === 1 ? 'step' : `${n} steps`);
const its = (n: number): string => `the ${n}${n === 2 ? 'nd' : n === 3 ? 'rd' : 'th'}`;
const shown = (value: number): string => value.toFixed(4).replace('-', '−');

const itemOf = ({ measures, replicates }: Cell, metric: MeasureName): Item => ({
  value: valueIn(measures, metric),
  replicates: replicates[metric] ?? new Float64Array(0),
});

function worseThan(fresh: Cell | undefined, old: Cell, metric: MeasureName): Item[] {
  if (!fresh || fresh === old) return [];
  const value = direction(metric) * (valueIn(fresh.measures, metric) - valueIn(old.measures, metric));
  return [{ value, replicates: improvements(metric, fresh.replicates, old.replicates) }];
}

const defined = (items: readonly Item[]): Item[] =>
  items.filter(({ value, replicates }) => Number.isFinite(value) && replicates.length > 0);

function meanOf(items: readonly Item[], seed: number): AgeMean['metric'] {
  if (items.length === 0) return undefined;
  const random = xoroshiro128plus(seed);
  const below = (n: number) => Math.floor(((random.next() >>> 0) / 2 ** 32) * n);
  const draws = Float64Array.from({ length: DRAWS }, () => {
    let sum = 0;
    for (let i = 0; i < items.length; i++) {
      const { replicates } = items[below(items.length)] as Item;
      sum += replicates[below(replicates.length)] as number;
    }
    return sum / items.length;
  });
  return estimate(items.reduce((sum, { value }) => sum + value, 0) / items.length, draws);
}
