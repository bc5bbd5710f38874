/** Value counts (the baseline's form) out of DuckDB, ready to compare; and a column of predictions in that form. */
import type { ValueCounts } from './bins.ts';
import type { Duck } from './duckdb.ts';
import type { Scores } from './scores.ts';
import { double, list, text } from './sql.ts';

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
/** Predicted values are counted in so many groups at most, each under its largest, as a baseline's numbers are. */
const GROUPS = 4096;

/** Counts of what was predicted: probabilities in thousandths, classes as text, values as they are or in groups. */
export function predictionCounts({ target, values }: Scores): ValueCounts {
  if (target.problem === 'multiclass') return classCounts(values, target.classes ?? []);
  const numbers =
    target.problem === 'binary' ? Float64Array.from(values, (p) => Math.round(p * GRID) / GRID) : grouped(values);
  const counts = new Map<number, number>();
  for (const number of numbers.sort()) counts.set(number, (counts.get(number) ?? 0) + 1);
  return {
    column: PREDICTION,
    kind: 'number',
    numbers: [...counts.keys()],
    texts: [],
    counts: [...counts.values()],
    missing: 0,
  };
}

function classCounts(probabilities: ArrayLike<number>, classes: readonly string[]): ValueCounts {
  const counts = new Map<string, number>();
  for (let at = 0; at < probabilities.length; at += classes.length) {
    let best = 0;
    for (let one = 1; one < classes.length; one++)
      if ((probabilities[at + one] as number) > (probabilities[at + best] as number)) best = one;
    const name = classes[best] as string;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const texts = [...counts.keys()].sort();
  return {
    column: PREDICTION,
    kind: 'text',
    numbers: [],
    texts,
    counts: texts.map((name) => counts.get(name) ?? 0),
    missing: 0,
  };
}

function grouped(values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(values).sort();
  if (new Set(sorted).size <= GROUPS) return sorted;
  // The count up to any kept value stays exact, also where equal values reach over a group's end.
  const size = sorted.length / GROUPS;
  const last = (at: number) =>
    sorted[Math.min(sorted.length, Math.ceil((Math.floor(at / size) + 1) * size)) - 1] as number;
  const found = sorted.map((_, at) => last(at));
  for (let at = found.length - 2; at >= 0; at--)
    if (sorted[at] === sorted[at + 1]) found[at] = Math.max(found[at] as number, found[at + 1] as number);
  return found;
}

/** The query whose rows are these counts: what a baseline file holds. */
export function valueCountRows({ column, kind, numbers, texts, counts }: ValueCounts): string {
  const values = kind === 'number' ? Array.from(numbers, double) : texts.map(text);
  const rows = values.map((value, i) => `(${value}, ${counts[i]}::BIGINT)`);
  const [number, word] = kind === 'number' ? ['value', 'NULL::VARCHAR'] : ['NULL::DOUBLE', 'value'];
  return `SELECT '${column}' AS "column", '${kind}' AS kind, ${number} AS number, ${word} AS text, "count" FROM (VALUES ${list(rows)}) AS counted(value, "count")`;
}

const total = (rows: readonly CountRow[]): number => rows.reduce((sum, row) => sum + row.count, 0);
