/** Value counts of raw inputs: what monitoring compares with, and how it counts what came since. Format: docs/transform.md. */
import type { Column } from '../activities/types.ts';
import { identifier, list, text } from './sql.ts';

/** What a raw input is watched as: a number or a text, by an expression over the input. */
export interface Watched {
  readonly column: string;
  readonly kind: 'number' | 'text';
  readonly expression: string;
}

/** Stands for all texts that are not among the most frequent. */
export const OTHER = '\u0001other';
export const MOST_NUMBERS = 4096;
export const MOST_TEXTS = 5000;

/** Numbers as they are, BOOLEAN as text, an instant as its hour (0–23) and weekday (1 Monday – 7), a date as its weekday. */
export function watchedOf({ name, type }: Column): Watched[] {
  const column = identifier(name);
  const number = (called: string, expression: string): Watched => ({
    column: called,
    kind: 'number',
    expression: `CAST(${expression} AS DOUBLE)`,
  });
  if (type === 'BIGINT' || type === 'DOUBLE') return [number(name, column)];
  const weekday = number(`${name}.weekday`, `isodow(${column})`);
  if (type === 'DATE') return [weekday];
  if (type === 'TIMESTAMP') return [number(`${name}.hour`, `hour(${column})`), weekday];
  return [{ column: name, kind: 'text', expression: `CAST(${column} AS VARCHAR)` }];
}

/**
 * A query of `column`, `kind`, `number`, `text`, `count`: one row a value of a watched input in `relation` (a table's
 * name or a query in brackets), in order; a missing value has neither number nor text. `reduce` bounds the rows: numbers
 * of more than 4,096 values to that many groups of about as many rows, each under its largest value (so that counts up
 * to a group's value are exact); texts of more than 5,000 values to the most frequent and `OTHER`.
 */
export function valueCountsSql(
  relation: string,
  inputs: readonly Column[],
  { reduce }: { readonly reduce: boolean },
): string {
  const counts = inputs.flatMap(watchedOf).map((watched) => {
    const counted = `SELECT ${watched.expression} AS value, count(*) AS n FROM ${relation} GROUP BY 1`;
    return columnCounts(watched, reduce ? reduced(watched, counted) : counted);
  });
  return `SELECT * FROM (${counts.join('\nUNION ALL ')}) ORDER BY "column", number NULLS FIRST, text NULLS FIRST`;
}

function columnCounts({ column, kind }: Watched, counted: string): string {
  const [number, words] = kind === 'number' ? ['value', 'NULL'] : ['NULL', 'value'];
  const cells = [
    `${text(column)} AS "column"`,
    `${text(kind)} AS kind`,
    `CAST(${number} AS DOUBLE) AS number`,
    `CAST(${words} AS VARCHAR) AS text`,
    'CAST(n AS BIGINT) AS "count"',
  ];
  return `SELECT ${list(cells)} FROM (${counted})`;
}

function reduced({ kind }: Watched, counted: string): string {
  if (kind === 'text')
    return `SELECT CASE WHEN value IS NULL OR rank <= ${MOST_TEXTS} THEN value ELSE ${text(OTHER)} END AS value, sum(n) AS n FROM (
      SELECT value, n, row_number() OVER (PARTITION BY value IS NULL ORDER BY n DESC, value) AS rank FROM (${counted})) GROUP BY 1`;
  // The group of a value is told by the last of its rows in the order of values.
  return `SELECT max(value) AS value, sum(n) AS n FROM (
      SELECT value, n, CASE WHEN count(value) OVER () <= ${MOST_NUMBERS} THEN row_number() OVER present
        ELSE (sum(n) OVER present - 1) * ${MOST_NUMBERS} // sum(n) OVER (PARTITION BY value IS NULL) END AS grp
      FROM (${counted}) WINDOW present AS (PARTITION BY value IS NULL ORDER BY value)) GROUP BY value IS NULL, grp`;
}
