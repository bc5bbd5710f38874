/** Value counts (the baseline's form) out of DuckDB, ready to compare; and a column of predictions in that form. */
import type { ValueCounts } from './bins.ts';
import type { Duck } from './duckdb.ts';
import { double, list } from './sql.ts';

interface CountRow {
  readonly column: string;
  readonly kind: 'number' | 'text';
  readonly number: number | null;
  readonly text: string | null;
  readonly count: number;
}

/** Reads a query of `column`, `kind`, `number`, `text`, `count` into one `ValueCounts` a column. NaN is missing. */
export async function readValueCounts(duck: Duck, query: string): Promise<Map<string, ValueCounts>> {
  const rows = await duck.rows<CountRow>(
    `SELECT "column", kind, CASE WHEN isnan(number) THEN NULL ELSE number END AS number, text, CAST("count" AS DOUBLE) AS "count"
     FROM (${query}) ORDER BY "column", number, text`,
  );
  const columns = new Map<string, CountRow[]>();
  for (const row of rows) {
    const found = columns.get(row.column);
    if (found) found.push(row);
    else columns.set(row.column, [row]);
  }
  return new Map([...columns].map(([column, counted]) => [column, valueCounts(column, counted)]));
}

function valueCounts(column: string, rows: readonly CountRow[]): ValueCounts {
  const kind = rows[0]?.kind ?? 'number';
  const present = rows.filter((row) => (kind === 'number' ? row.number : row.text) !== null);
  return {
    column,
    kind,
    numbers: kind === 'number' ? present.map((row) => row.number as number) : [],
    texts: kind === 'text' ? present.map((row) => row.text as string) : [],
    counts: present.map((row) => row.count),
    missing: total(rows) - total(present),
  };
}

/** Probabilities are counted on this grid: a thousandth, far finer than any bin. */
export const GRID = 1000;
export const PREDICTION = 'prediction';

/** Counts of probabilities rounded to thousandths. */
export function predictionCounts(probabilities: ArrayLike<number>): ValueCounts {
  const grid = new Float64Array(GRID + 1);
  for (let i = 0; i < probabilities.length; i++) {
    const step = Math.round((probabilities[i] as number) * GRID);
    grid[step] = (grid[step] as number) + 1;
  }
  const steps = Array.from(grid.keys()).filter((step) => grid[step]);
  return {
    column: PREDICTION,
    kind: 'number',
    numbers: steps.map((step) => step / GRID),
    texts: [],
    counts: steps.map((step) => grid[step] as number),
    missing: 0,
  };
}

/** The query whose rows are these counts of a number column: what a baseline file holds. */
export function valueCountRows({ column, numbers, counts }: ValueCounts): string {
  const rows = Array.from(
    { length: numbers.length },
    (_, i) => `(${double(numbers[i] as number)}, ${counts[i]}::BIGINT)`,
  );
  return `SELECT '${column}' AS "column", 'number' AS kind, number, NULL::VARCHAR AS text, "count" FROM (VALUES ${list(rows)}) AS counted(number, "count")`;
}

const total = (rows: readonly CountRow[]): number => rows.reduce((sum, row) => sum + row.count, 0);
