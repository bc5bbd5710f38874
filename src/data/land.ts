/** One source's file → its snapshot: typed, cut to the window, in the file's order, the same content always the same bytes. */
import type { Column } from '../activities/types.ts';
import { isTime, landedColumns } from './columns.ts';
import { type Duck, isDuckRefusal } from './duckdb.ts';
import { type Format, relationOf } from './read.ts';
import { identifier, list, text, timestamp } from './sql.ts';
import { UnusableFile } from './unusable.ts';
import { count, duckSays, some } from './words.ts';

export interface Landing {
  readonly path: string;
  readonly format: Format;
  readonly packed: boolean;
  /** Where the snapshot goes. */
  readonly to: string;
  /** The main source gets `row_id`; a reference does not. */
  readonly main: boolean;
  readonly time?: string;
  /** ISO 8601; rows after `after` and up to `until` are taken. */
  readonly after?: string;
  readonly until: string;
}

export interface Landed {
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly from?: string;
  readonly to?: string;
  /** Rows left out because their time is missing. */
  readonly timeless: number;
  /** Rows left out because their time lies outside of the window. */
  readonly outside: number;
}

const TOLD = { csv: 'all', json: 'times', parquet: 'none' } as const;

export const ROW_ID = 'row_id';

/** Throws `UnusableFile` saying what is wrong and what would mend it. */
export async function land(duck: Duck, landing: Landing): Promise<Landed> {
  try {
    return await landed(duck, landing);
  } catch (error) {
    if (isDuckRefusal(error))
      throw new UnusableFile(
        `it cannot be read as ${landing.format}: ${saidOf(error, landing)}; mend the file there, or correct its \`format\` in the plan`,
      );
    throw error;
  }
}

/** What is wrong and where; without our own statement, our own path, and DuckDB's hints for its own options. */
const saidOf = (error: Error, { path }: Landing): string =>
  duckSays(error)
    .replace(/\s*\n\s*(LINE \d+:|Possible Solution:|Possible fixes:|file = |Try )[\s\S]*$/i, '')
    .replaceAll(`file "${path}"`, 'the file')
    .replaceAll(`"${path}"`, 'the file')
    .replaceAll(path, 'the file')
    .replaceAll(/\s*\p{Cc}+\s*/gu, ' ')
    .replace(/[\s.]+$/, '')
    .slice(0, 600);

async function landed(duck: Duck, landing: Landing): Promise<Landed> {
  const { to, main, time } = landing;
  const relation = await materialized(duck, landing);
  const columns = await landedColumns(duck, relation, { fromText: TOLD[landing.format], time });
  refuseColumns(columns, main);
  const rows = `SELECT ${list(columns.map((c) => `${c.expression} AS ${identifier(c.name)}`))} FROM ${relation}`;
  if (!time) {
    await duck.writeParquet(numbered(rows, main), to);
    const { n } = await duck.one<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM read_parquet(${text(to)})`);
    if (n === 0) throw new UnusableFile('it has no rows; put them there');
    return { rows: n, columns: await duck.columns(`SELECT * FROM read_parquet(${text(to)})`), timeless: 0, outside: 0 };
  }
  await refuseTime(duck, relation, columns, time);
  const within = `${identifier(time)} <= ${timestamp(landing.until)}${landing.after ? ` AND ${identifier(time)} > ${timestamp(landing.after)}` : ''}`;
  await duck.writeParquet(numbered(`SELECT * FROM (${rows}) WHERE ${within}`, main), to);
  const span = await spanOf(duck, `read_parquet(${text(to)})`, time);
  const all = await spanOf(duck, `(${rows})`, time);
  if (span.rows === 0) throw new UnusableFile(nothingWithin(landing, time, all));
  const columnsThere = await duck.columns(`SELECT * FROM read_parquet(${text(to)})`);
  const outside = all.rows - all.timeless - span.rows;
  return { ...span, columns: columnsThere, timeless: all.timeless, outside };
}

/** Text formats are parsed once; Parquet is read where it lies. */
async function materialized(duck: Duck, { path, format, packed }: Landing): Promise<string> {
  const relation = await relationOf(duck, path, format, packed);
  if (format === 'parquet') return relation;
  await duck.run(`CREATE TEMP TABLE "parsed text" AS SELECT * FROM ${relation}`);
  return '"parsed text"';
}

const numbered = (rows: string, main: boolean): string =>
  main ? `SELECT row_number() OVER () - 1 AS ${ROW_ID}, * FROM (${rows})` : rows;

interface Span {
  readonly rows: number;
  readonly timeless: number;
  readonly from?: string;
  readonly to?: string;
}

async function spanOf(duck: Duck, relation: string, time: string): Promise<Span> {
  const iso = (which: string) => `strftime(CAST(${which}(${identifier(time)}) AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%gZ')`;
  const { rows, timeless, first, last } = await duck.one<{
    rows: number;
    timeless: number;
    first: string | null;
    last: string | null;
  }>(
    `SELECT count(*)::DOUBLE AS rows, count_if(${identifier(time)} IS NULL)::DOUBLE AS timeless, ${iso('min')} AS first, ${iso('max')} AS last FROM ${relation}`,
  );
  return { rows, timeless, from: first ?? undefined, to: last ?? undefined };
}

function refuseColumns(columns: readonly Column[], main: boolean): void {
  if (main && columns.some(({ name }) => name.toLowerCase() === ROW_ID))
    throw new UnusableFile(`it has a column ${ROW_ID}, a name that is needed to number its rows; rename the column`);
}

async function refuseTime(duck: Duck, relation: string, columns: readonly Column[], time: string): Promise<void> {
  const column = columns.find(({ name }) => name === time);
  if (!column)
    throw new UnusableFile(
      `it has no column "${time}" to tell the time by; correct its \`time\` in the plan, or the file: there are ${some(columns.map((c) => c.name))}`,
    );
  if (isTime(column.type)) return;
  const [bad] =
    column.type === 'VARCHAR'
      ? await duck.rows<{ value: string }>(
          `SELECT ${identifier(time)} AS value FROM ${relation} WHERE TRY_CAST(${identifier(time)} AS TIMESTAMP) IS NULL AND ${identifier(time)} IS NOT NULL LIMIT 1`,
        )
      : [];
  const found = bad ? `${JSON.stringify(String(bad.value).slice(0, 60))}, for one` : `values of type ${column.type}`;
  throw new UnusableFile(`the time column "${time}" holds ${found}; it must hold instants (ISO 8601 text will do)`);
}

function nothingWithin({ after, until }: Landing, time: string, all: Span): string {
  const where = after ? `after ${after} and up to ${until}` : `up to ${until}`;
  if (all.rows === 0) return 'it has no rows; put them there';
  const has = all.from ? `its ${count(all.rows, 'row')} run from ${all.from} to ${all.to}` : `no row has a ${time}`;
  return `no row lies ${where} by "${time}": ${has}; move the window (collect.window, or the instant that the cycle looks back from)`;
}
