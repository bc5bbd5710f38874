/** What can be seen of a file's columns: types, how much is missing, how many values, from where to where. */
import { type ColumnType, isTime } from '../data/columns.ts';
import type { Duck } from '../data/duckdb.ts';
import { ROW_ID } from '../data/land.ts';
import { identifier, list } from '../data/sql.ts';

export interface SeenColumn {
  /** As the file has it. */
  readonly name: string;
  readonly type: ColumnType;
  /** Rows in which it has a value. */
  readonly present: number;
  readonly distinct: number;
  /** Numbers: least and largest; instants: milliseconds since 1970. */
  readonly low?: number;
  readonly high?: number;
  /** Texts: mean number of characters. */
  readonly length?: number;
  /** Texts: how many of them are numbers all the same. */
  readonly numeric?: number;
  /** Instants: different days, and whether they tell a time of the day. */
  readonly days?: number;
  readonly clock?: boolean;
}

export interface Seen {
  readonly rows: number;
  readonly columns: readonly SeenColumn[];
}

/** Columns measured by one query. */
const TOGETHER = 20;
/** From so many rows on, different values are counted about right. */
const MANY = 1_000_000;

export const TABLE = '"seen rows"';

/** `TABLE` is there. */
export async function look(duck: Duck): Promise<Seen> {
  const { rows } = await duck.one<{ rows: number }>(`SELECT count(*)::DOUBLE AS rows FROM ${TABLE}`);
  const named = (await duck.columns(`FROM ${TABLE}`)).filter(({ name }) => name !== ROW_ID);
  const columns: SeenColumn[] = [];
  for (let from = 0; from < named.length; from += TOGETHER) {
    const some = named.slice(from, from + TOGETHER) as { name: string; type: ColumnType }[];
    const cells = some.flatMap(({ name, type }, at) =>
      Object.entries(measures(identifier(name), type, rows)).map(([key, sql]) => `${sql} AS ${key}${at}`),
    );
    const found = await duck.one<Record<string, number | boolean | null>>(`SELECT ${list(cells)} FROM ${TABLE}`);
    for (const [at, { name, type }] of some.entries()) {
      const got = Object.keys(measures('', type, rows)).flatMap((key) => {
        const value = found[`${key}${at}`];
        return value === null || value === undefined ? [] : [[key, value] as const];
      });
      columns.push({ name, type, ...(Object.fromEntries(got) as Omit<SeenColumn, 'name' | 'type'>) });
    }
  }
  return { rows, columns };
}

function measures(column: string, type: ColumnType, rows: number): Record<string, string> {
  const distinct = rows > MANY ? `approx_count_distinct(${column})` : `count(DISTINCT ${column})`;
  const all = { present: `count(${column})::DOUBLE`, distinct: `${distinct}::DOUBLE` };
  if (type === 'BIGINT' || type === 'DOUBLE')
    return { ...all, low: `min(${column})::DOUBLE`, high: `max(${column})::DOUBLE` };
  if (type === 'VARCHAR')
    return {
      ...all,
      length: `avg(length(${column}))`,
      numeric: `count(TRY_CAST(${column} AS DOUBLE))::DOUBLE`,
    };
  if (!isTime(type)) return all;
  const at = (which: string) => `epoch_ms(CAST(${which}(${column}) AS TIMESTAMP))::DOUBLE`;
  return {
    ...all,
    low: at('min'),
    high: at('max'),
    days: `count(DISTINCT CAST(${column} AS DATE))::DOUBLE`,
    clock: `coalesce(bool_or(CAST(${column} AS TIMESTAMP) <> CAST(CAST(${column} AS DATE) AS TIMESTAMP)), false)`,
  };
}

/** The most frequent values of a column, as text, with their rows. */
export const valuesOf = (duck: Duck, column: string, most: number): Promise<{ value: string; rows: number }[]> =>
  duck.rows(
    `SELECT CAST(${identifier(column)} AS VARCHAR) AS value, count(*)::DOUBLE AS rows FROM ${TABLE}
     WHERE ${identifier(column)} IS NOT NULL GROUP BY 1 ORDER BY rows DESC, value LIMIT ${most}`,
  );
