/** Is a feature the same for a row alone, with only what a request carries, as it is among all rows? Tried, not believed. */
import type { Column } from '../activities/types.ts';
import { type Duck, isDuckRefusal } from './duckdb.ts';
import { ROW_ID } from './land.ts';
import { RAW, type RawFeatures } from './raw.ts';
import { identifier, list } from './sql.ts';
import { broken, refusedSql } from './syntax.ts';
import { shortly, some } from './words.ts';

export interface Probe {
  readonly main: string;
  /** The main source's columns, without row_id. */
  readonly columns: readonly Column[];
  /** Names of the columns that a request carries. */
  readonly inputs: readonly string[];
  readonly raw: RawFeatures;
}

/** About so many rows are tried, taken at even steps of three and more, and shuffled: none keeps its neighbours or number. */
const ROWS = 1000;
const ids = identifier('probe ids');

/** Throws `FeaturesBroken` naming the feature and what it should not depend on. `RAW` is there. */
export async function probeFeatures(duck: Duck, probe: Probe): Promise<void> {
  const { columns, inputs, main } = probe;
  await duck.run(
    `CREATE TEMP TABLE ${ids} AS SELECT ${ROW_ID} AS was, row_number() OVER (ORDER BY md5(CAST(${ROW_ID} AS VARCHAR))) - 1 AS ${ROW_ID} FROM ${identifier(main)}
     WHERE ${ROW_ID} % greatest(3, (SELECT count(*) FROM ${identifier(main)}) // ${ROWS}) = 0`,
  );
  const alone = await differing(duck, probe, []);
  if (alone.length > 0)
    throw broken(
      `${featuresText(alone)} not the same when fewer rows are computed: a request has only its own; use no window or aggregate over ${main}, nor ${ROW_ID} itself`,
    );
  const unknown = columns.map(({ name }) => name).filter((name) => !inputs.includes(name));
  if ((await differing(duck, probe, unknown)).length > 0) throw await leak(duck, probe, unknown);
  await refuseLostRow(duck, probe);
}

/** Finds which column it is. */
async function leak(duck: Duck, probe: Probe, unknown: readonly string[]): Promise<Error> {
  const mend =
    'leave the feature out, or add the column to prepare.inputs if it is known when a prediction is asked for';
  // Half of them at a time: there may be thousands.
  let among = unknown;
  while (among.length > 1) {
    const half = among.slice(0, Math.ceil(among.length / 2));
    const rest = among.slice(half.length);
    if ((await differing(duck, probe, half)).length > 0) among = half;
    else if ((await differing(duck, probe, rest)).length > 0) among = rest;
    else break;
  }
  const [column = '', ...others] = among;
  if (others.length === 0) {
    const features = await differing(duck, probe, [column]);
    return broken(`${usesText(features)} column ${shortly(column)}, which no request carries; ${mend}`);
  }
  const features = await differing(duck, probe, unknown);
  return broken(`${usesText(features)} columns that no request carries (among ${some(unknown)}); ${mend}`);
}

/** Features that change when the sample is computed alone, with some columns missing. */
async function differing(duck: Duck, probe: Probe, missing: readonly string[]): Promise<string[]> {
  const { columns, main, raw } = probe;
  const cells = columns.map(({ name, type }) =>
    missing.includes(name) ? `CAST(NULL AS ${type}) AS ${identifier(name)}` : `m.${identifier(name)}`,
  );
  const rows = `SELECT ${list([`i.${ROW_ID}`, ...cells])} FROM ${identifier(main)} m JOIN ${ids} i ON i.was = m.${ROW_ID} ORDER BY i.${ROW_ID}`;
  return computed(duck, probe, rows, async (table) => {
    const { due, given } = await duck.one<{ due: number; given: number }>(
      `SELECT (SELECT count(*)::DOUBLE FROM ${ids}) AS due, (SELECT count(*)::DOUBLE FROM ${table}) AS given`,
    );
    if (due !== given) {
      const cause = missing.length === 0 ? 'are computed alone' : `lack ${some(missing)}, which no request carries`;
      throw broken(
        `${given} of ${due} rows come out when they ${cause}; keep every row: use no WHERE and no inner JOIN`,
      );
    }
    const tests = raw.features.map(
      ({ name }, at) => `count_if(a.${identifier(name)} IS DISTINCT FROM b.${identifier(name)})::DOUBLE AS d${at}`,
    );
    const found = await duck.one<Record<string, number>>(
      `SELECT ${list(tests)} FROM ${identifier(RAW)} a JOIN ${ids} i ON i.was = a.${ROW_ID} JOIN ${table} b ON b.${ROW_ID} = i.${ROW_ID}`,
    );
    return raw.features.filter((_, at) => found[`d${at}`] !== 0).map(({ name }) => name);
  });
}

/** A request may carry null, or an airport that no reference has: its row must come out all the same. */
async function refuseLostRow(duck: Duck, probe: Probe): Promise<void> {
  const row = list([
    `0::BIGINT AS ${ROW_ID}`,
    ...probe.columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${identifier(name)}`),
  ]);
  await computed(duck, probe, `SELECT ${row}`, async (table) => {
    const { n } = await duck.one<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM ${table}`);
    if (n !== 1)
      throw broken(
        `a row whose values are all missing comes out ${n} times, and a request may be such a row; keep every row: LEFT JOIN for JOIN, no WHERE`,
      );
  });
}

/** Runs features.sql with `rows` in the place of the main source: in a schema of their own, which is searched first. */
async function computed<T>(
  duck: Duck,
  { main, raw }: Probe,
  rows: string,
  work: (table: string) => Promise<T>,
): Promise<T> {
  const table = 'probe."computed features"';
  await duck.run('CREATE SCHEMA probe');
  try {
    await duck.run(`CREATE TABLE probe.${identifier(main)} AS ${rows}`);
    await duck.run(`SET search_path = 'probe,main'`);
    await duck.run(`CREATE TABLE ${table} AS SELECT * FROM (\n${raw.sql}\n)`);
    return await work(table);
  } catch (error) {
    throw isDuckRefusal(error) ? refusedSql(error, undefined, 'it fails on rows that a request may carry: ') : error;
  } finally {
    await duck.run('RESET search_path');
    await duck.run('DROP SCHEMA IF EXISTS probe CASCADE');
  }
}

const featuresText = (names: readonly string[]): string =>
  names.length === 1 ? `feature ${names[0]} is` : `features ${some(names)} are`;
const usesText = (names: readonly string[]): string =>
  names.length === 1 ? `feature ${names[0]} uses` : `features ${some(names)} use`;
