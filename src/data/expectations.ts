/** What a plan expects of its data, held against the snapshots: one result an expectation, with what was found. */
import type { ExpectationResult, Snapshot } from '../activities/types.ts';
import type { Expectation } from '../plan/schema.ts';
import type { Duck } from './duckdb.ts';
import { double, identifier, list, text } from './sql.ts';
import { count, some } from './words.ts';

type ColumnExpectation = Extract<Expectation, { column: string }>;
type Found = Pick<ExpectationResult, 'held' | 'found'>;

/** The snapshots are there as views under their sources' names. */
export async function checkAll(
  duck: Duck,
  expectations: readonly Expectation[],
  snapshots: readonly Snapshot[],
  main: string,
): Promise<ExpectationResult[]> {
  const results: ExpectationResult[] = [];
  for (const expectation of expectations)
    results.push({ expectation: worded(expectation), ...(await check(duck, expectation, snapshots, main)) });
  return results;
}

async function check(
  duck: Duck,
  expectation: Expectation,
  snapshots: readonly Snapshot[],
  main: string,
): Promise<Found> {
  if ('rows' in expectation) {
    const rows = snapshots.find(({ source }) => source === main)?.rows ?? 0;
    const { min = 0, max = Number.POSITIVE_INFINITY } = expectation.rows;
    return { held: rows >= min && rows <= max, found: count(rows, 'row') };
  }
  const table = expectation.table ?? main;
  const unknown = missingColumn(snapshots, table, expectation.column);
  if (unknown) return { held: false, found: unknown };
  const found = [
    ...(expectation.missing === undefined ? [] : [await missing(duck, table, expectation, expectation.missing)]),
    ...(expectation.unique ? [await unique(duck, table, expectation)] : []),
    ...(expectation.min === undefined && expectation.max === undefined
      ? []
      : [await range(duck, table, expectation, snapshots)]),
    ...(expectation.in === undefined ? [] : [await membership(duck, table, expectation, snapshots)]),
  ];
  if (found.length === 0) return { held: true, found: 'the column is there' };
  const told = found.some(({ held }) => !held) ? found.filter(({ held }) => !held) : found;
  return { held: found.every(({ held }) => held), found: told.map((one) => one.found).join(', ') };
}

async function missing(duck: Duck, table: string, { column }: ColumnExpectation, most: number): Promise<Found> {
  const { share } = await duck.one<{ share: number }>(
    `SELECT 1 - count(${identifier(column)}) / count(*) AS share FROM ${identifier(table)}`,
  );
  return { held: share <= most, found: `${percent(share)} missing` };
}

async function unique(duck: Duck, table: string, { column }: ColumnExpectation): Promise<Found> {
  const name = identifier(column);
  const [repeated] = await duck.rows<{ value: string; n: number }>(
    `SELECT CAST(${name} AS VARCHAR) AS value, count(*)::DOUBLE AS n FROM ${identifier(table)} WHERE ${name} IS NOT NULL
     GROUP BY ${name} HAVING count(*) > 1 ORDER BY n DESC, value LIMIT 1`,
  );
  if (!repeated) return { held: true, found: 'no value twice' };
  return { held: false, found: `${shown(repeated.value)} is there ${repeated.n} times` };
}

async function range(
  duck: Duck,
  table: string,
  expectation: ColumnExpectation,
  snapshots: readonly Snapshot[],
): Promise<Found> {
  const { column, min, max, outside } = expectation;
  const type = typeOf(snapshots, table, column);
  if (type !== 'BIGINT' && type !== 'DOUBLE')
    return { held: false, found: `the column is ${type}, and min and max are of numbers` };
  const name = identifier(column);
  const breaks = [
    ...(min === undefined ? [] : [`${name} < ${double(min)}`]),
    ...(max === undefined ? [] : [`${name} > ${double(max)}`]),
  ];
  const { least, most, share } = await duck.one<{ least: number | null; most: number | null; share: number }>(
    `SELECT CAST(min(${name}) AS DOUBLE) AS least, CAST(max(${name}) AS DOUBLE) AS most,
       count_if(${breaks.join(' OR ')}) / count(*) AS share FROM ${identifier(table)}`,
  );
  const span = least === null ? 'no value at all' : `${least} to ${most}`;
  return { held: share <= outside, found: share > 0 ? `${span}, ${percent(share)} outside` : span };
}

async function membership(
  duck: Duck,
  table: string,
  expectation: ColumnExpectation,
  snapshots: readonly Snapshot[],
): Promise<Found> {
  const { column, in: allowed, outside } = expectation;
  if (allowed === undefined) return { held: true, found: '' };
  const name = identifier(column);
  let among: string;
  if (Array.isArray(allowed)) {
    const numbers =
      ['BIGINT', 'DOUBLE'].includes(typeOf(snapshots, table, column)) && allowed.every((v) => typeof v === 'number');
    among = numbers
      ? `${name} IN (${list(allowed.map((v) => double(Number(v))))})`
      : `CAST(${name} AS VARCHAR) IN (${list(allowed.map((v) => text(String(v))))})`;
  } else {
    const unknown = missingColumn(snapshots, allowed.table, allowed.column);
    if (unknown) return { held: false, found: unknown };
    among = `CAST(${name} AS VARCHAR) IN (SELECT CAST(${identifier(allowed.column)} AS VARCHAR) FROM ${identifier(allowed.table)} WHERE ${identifier(allowed.column)} IS NOT NULL)`;
  }
  const strangers = await duck.rows<{ value: string; total: number }>(
    `SELECT CAST(${name} AS VARCHAR) AS value, (sum(count(*)) OVER ())::DOUBLE AS total FROM ${identifier(table)}
     WHERE ${name} IS NOT NULL AND NOT (${among}) GROUP BY ${name} ORDER BY count(*) DESC, value LIMIT 6`,
  );
  const rows = snapshots.find(({ source }) => source === table)?.rows ?? 0;
  const strange = strangers[0]?.total ?? 0;
  const share = rows === 0 ? 0 : strange / rows;
  if (strange === 0) return { held: true, found: 'every value is among them' };
  return {
    held: share <= outside,
    found: `${percent(share)} are others: ${some(
      strangers.map(({ value }) => shown(value)),
      5,
    )}`,
  };
}

function missingColumn(snapshots: readonly Snapshot[], table: string, column: string): string | undefined {
  const snapshot = snapshots.find(({ source }) => source === table);
  if (!snapshot) return `there is no source "${table}"; there are ${some(snapshots.map(({ source }) => source))}`;
  if (snapshot.columns.some(({ name }) => name === column)) return undefined;
  return `${table} has no column "${column}"; there are ${some(snapshot.columns.map(({ name }) => name))}`;
}

const typeOf = (snapshots: readonly Snapshot[], table: string, column: string): string =>
  snapshots.find(({ source }) => source === table)?.columns.find(({ name }) => name === column)?.type ?? 'VARCHAR';

/** An expectation as the plan writes it, on one line. */
const worded = (expectation: Expectation): string =>
  JSON.stringify(
    'outside' in expectation && expectation.outside === 0 ? { ...expectation, outside: undefined } : expectation,
  )
    .replaceAll(/"([A-Za-z_]\w*)":/g, '$1: ')
    .replaceAll(',', ', ');

const percent = (share: number): string =>
  share > 0 && share < 0.0001 ? 'less than 0.01 %' : `${+(share * 100).toFixed(2)} %`;
const shown = (value: string): string => JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
