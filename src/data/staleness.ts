/** How fast a version grows stale: its measures on the windows that came after it, by its age. Definitions: docs/backtest.md. Pure. */
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

export const ageOf = ({ origin, end }: Pick<Cell, 'origin' | 'end'>): number => end - origin;

/** A value a window, and its replicates. */
interface Item {
  readonly value: number;
  readonly replicates: Float64Array;
}

/**
 * The mean over windows by age, and how much worse that is than freshly trained on the same windows. Intervals are 95 %:
 * Student's over the windows, which differ from each other by more than their rows tell; of a single window, that of its rows.
 */
export function stalenessCurve(cells: readonly Cell[], metric: MeasureName): AgeMean[] {
  const ages = [...new Set(cells.map(ageOf))].sort((a, b) => a - b);
  const fresh = new Map(cells.filter((cell) => ageOf(cell) === 1).map((cell) => [cell.end, cell]));
  return ages.map((age) => {
    const own = cells.filter((cell) => ageOf(cell) === age);
    const all = defined(own.map((cell) => itemOf(cell, metric)));
    const pairs = defined(own.flatMap((cell) => worseThan(fresh.get(cell.end), cell, metric)));
    return {
      age,
      windows: all.length,
      metric: meanOf(all),
      ...(age > 1 && { worse: meanOf(pairs) }),
      paired: age > 1 ? pairs.length : 0,
    };
  });
}

/** What the curve supports, in one sentence. */
export function verdictOf(curve: readonly AgeMean[], metric: MeasureName): string {
  // One window says nothing of others.
  const older = curve.filter(({ worse, paired }) => worse && paired > 1);
  const last = older.at(-1);
  if (!last) return 'no two windows were scored both freshly trained and later, so that nothing can be said of age';
  const stale = older.find(({ worse }) => worse && worse.low > 0);
  if (!stale?.worse) return `${gainedNothing(last.age)}: ${calm(older, metric)}`;
  const { age } = stale;
  const loss = `in step ${age} after training ${metric} is ${lossOf(stale)} worse than freshly trained`;
  const further = last.age > age && last.worse ? `, in step ${last.age} ${lossOf(last)}` : '';
  return `${loss}${further}; ${age > 2 ? gainedNothing(age - 1) : 'retraining at every step pays in quality'}`;
}

const gainedNothing = (n: number): string =>
  `retraining more often than every ${steps(n)} gained nothing that these rows can show`;

function calm(older: readonly AgeMean[], metric: MeasureName): string {
  const bound = ({ worse }: AgeMean) => worse?.high ?? Number.NEGATIVE_INFINITY;
  const worst = older.reduce((most, one) => (bound(one) > bound(most) ? one : most));
  if (bound(worst) <= 0) return `older versions were even better by ${metric}`;
  const { age, paired } = worst;
  return `at the most, in step ${age} ${metric} is ${shown(bound(worst))} worse than freshly trained (95 %, ${paired} windows)`;
}

/** "0.0120 (0.0080 to 0.0160, 6 windows)" */
const lossOf = ({ worse, paired }: AgeMean): string =>
  worse ? `${shown(worse.value)} (${shown(worse.low)} to ${shown(worse.high)}, ${paired} windows)` : '';

const steps = (n: number): string => (n === 1 ? 'step' : `${n} steps`);
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

function meanOf(items: readonly Item[]): AgeMean['metric'] {
  const [first] = items;
  if (!first) return undefined;
  const n = items.length;
  if (n === 1) return estimate(first.value, first.replicates);
  const mean = items.reduce((sum, { value }) => sum + value, 0) / n;
  const variance = items.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = (T_975[n - 2] ?? T_975.at(-1) ?? Number.NaN) * Math.sqrt(variance / n);
  return { value: mean, low: mean - half, high: mean + half };
}

/** Quantiles of Student's t at 0.975, for 1 to 30 degrees of freedom. */
const T_975 = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
  ...[2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];
