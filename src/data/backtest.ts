/** All versions of a backtest, window by window, on the same rows. What backtest.json holds. */
import type { AgeMean, ScoredOrigin, Span } from '../activities/backtest-types.ts';
import type { Metrics, ModelFacts, Target } from '../activities/types.ts';
import type { Metric } from '../plan/metrics.ts';
import { bootstrap, estimates, type Replicates } from './bootstrap.ts';
import type { Measurable } from './measures.ts';
import { alignClasses, measurableRows, type Scores } from './scores.ts';
import { ageOf, type Cell } from './staleness.ts';

/** A version's answers to the rows that came after it. */
export interface ScoredVersion {
  readonly origin: number;
  readonly scores: Scores;
  readonly rows: readonly LaterRow[];
}

export interface LaterRow {
  readonly id: number;
  /** The end of its window: a place among the instants. */
  readonly end: number;
  /** A class by its text. */
  readonly label: number | string;
}

export interface CellFigures {
  readonly origin: number;
  readonly end: number;
  readonly age: number;
  readonly rows: number;
  readonly metrics: Metrics;
}

export interface BacktestDetails {
  readonly format: 1;
  readonly model: string;
  readonly backtest: string;
  readonly objective: string;
  readonly planHash: string;
  readonly calendar: string;
  readonly instants: readonly string[];
  readonly windows: readonly Span[];
  /** So many windows after its origin a version was scored at most. */
  readonly horizon: number;
  readonly metrics: readonly Metric[];
  readonly seed: number;
  readonly origins: readonly (ScoredOrigin & { readonly facts: ModelFacts })[];
  readonly failed: Readonly<Record<string, string>>;
  readonly cells: readonly CellFigures[];
  readonly curves: Readonly<Partial<Record<Metric, readonly AgeMean[]>>>;
  readonly verdict: string;
}

/** Measures every version that scored the window that ends at `end`, on the rows that all of them have. */
export async function measureWindow(
  versions: readonly ScoredVersion[],
  end: number,
  { seed, breathe }: { readonly seed: number; readonly breathe: () => Promise<void> },
): Promise<Cell[]> {
  const there = versions.filter(({ rows }) => rows.some((row) => row.end === end));
  const youngest = there.reduce<ScoredVersion | undefined>(
    (best, one) => (best && best.origin > one.origin ? best : one),
    undefined,
  );
  if (!youngest) return [];
  const { target } = youngest.scores;
  const places = there.map(({ rows }) => new Map(rows.map(({ id }, at) => [id, at])));
  const common = youngest.rows.filter(
    (row) => row.end === end && isKnown(row, target) && places.every((place) => place.has(row.id)),
  );
  if (common.length === 0) return [];
  const measurable = there.map(({ rows, scores }, n) =>
    measurableRows(
      rows.map((row) => labelOf(row, target)),
      alignClasses(scores, target),
      common.map(({ id }) => places[n]?.get(id) as number),
    ),
  );
  const replicates = await bootstrap(measurable, { seed: seed + end, breathe });
  return there.map(({ origin }, n) => ({
    origin,
    end,
    rows: common.length,
    measures: (measurable[n] as Measurable).measure(),
    replicates: replicates[n] as Replicates,
  }));
}

/** A class that the youngest version does not know has no number: its rows cannot be measured. */
const isKnown = (row: LaterRow, target: Target): boolean => !target.classes || labelOf(row, target) >= 0;
const labelOf = ({ label }: LaterRow, { classes }: Target): number =>
  classes ? classes.indexOf(String(label)) : Number(label);

export const figuresOf = (cell: Cell, metrics: readonly Metric[]): CellFigures => {
  const found = estimates(cell.measures, cell.replicates);
  return {
    origin: cell.origin,
    end: cell.end,
    age: ageOf(cell),
    rows: cell.rows,
    metrics: Object.fromEntries(metrics.flatMap((name) => (found[name] ? [[name, found[name]]] : []))),
  };
};
