/**
 * Reference tables made from the past: SQL over the sources, the main one cut to its history (the oldest of the training
 * rows, or a hashed share of them). These rows train nothing else, so that no row meets its own label in a table.
 */
import { stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Column } from '../activities/types.ts';
import { permanent } from '../failures.ts';
import type { Plan } from '../plan/schema.ts';
import { parseDuration, parseShare } from '../plan/units.ts';
import { landedColumns } from './columns.ts';
import { type Duck, inOrder, isDuckRefusal, viewOf } from './duckdb.ts';
import { ROW_ID } from './land.ts';
import { keepRows, type MainSource } from './main-rows.ts';
import { hashedBy, hashOf, refuseEmpty, SPLIT } from './split.ts';
import { double, identifier, list } from './sql.ts';
import { broken, checkSyntax, refusedSql } from './syntax.ts';
import { bytesText, count } from './words.ts';

export interface DeriveOptions {
  readonly main: MainSource;
  readonly prepare: Plan['prepare'];
  /** The plan's files: path → text. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of the sources. */
  readonly tables: readonly string[];
  /** Where the tables' Parquet files go. */
  readonly folder: string;
  readonly seed: number;
}

export interface Derived {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** A table travels with the model and is read for every request. */
const MOST_ROWS = 500_000;
const MOST_BYTES = 64 * 2 ** 20;

export const HISTORY = '"history rows"';

/** `SPLIT` is there; leaves `HISTORY` (row_id), which may be empty, and takes its rows out of `SPLIT` and the main source. Gives their number. */
export async function takeHistory(
  duck: Duck,
  { main, prepare, seed }: Pick<DeriveOptions, 'main' | 'prepare' | 'seed'>,
): Promise<number> {
  const { derive, split } = prepare;
  if (!derive) return 0;
  const condition = historyOf(derive.history, split, { main, seed });
  await duck.run(
    `CREATE TABLE ${HISTORY} AS SELECT m.${ROW_ID} FROM ${identifier(main.name)} m SEMI JOIN (FROM ${SPLIT} WHERE part = 0) s ON s.${ROW_ID} = m.${ROW_ID} WHERE ${condition}`,
  );
  const { rows } = await duck.one<{ rows: number }>(`SELECT count(*)::DOUBLE AS rows FROM ${HISTORY}`);
  if (rows === 0)
    throw permanent(
      'DataUnusable',
      `prepare.derive.history: no training row is among the "${derive.history}" that tables are made from; make it longer`,
    );
  await duck.run(`DELETE FROM ${SPLIT} WHERE ${ROW_ID} IN (FROM ${HISTORY})`);
  await refuseEmpty(duck, `prepare.derive.history ("${derive.history}")`);
  return rows;
}

/** A condition over the main source, called m. */
function historyOf(
  history: string,
  split: Plan['prepare']['split'],
  { main, seed }: { readonly main: MainSource; readonly seed: number },
): string {
  const key = hashedBy(split, main.columns);
  if (key !== undefined) {
    const share = parseShare(history);
    if (share === undefined || share <= 0 || share >= 1)
      throw refused(`"${history}" is no share between 0% and 100%, which this split needs; write one as "20%"`);
    return `${hashOf(`${seed}:history`, `m.${key}`)} < ${double(share)}`;
  }
  const ms = parseDuration(history);
  if (ms === undefined || ms <= 0)
    throw refused(`"${history}" is no duration, which a split by time needs; write one as "30 days"`);
  const time = `CAST(m.${identifier(split.by)} AS TIMESTAMP)`;
  const first = `(SELECT min(${time}) FROM ${identifier(main.name)} m SEMI JOIN (FROM ${SPLIT} WHERE part = 0) s ON s.${ROW_ID} = m.${ROW_ID})`;
  return `${time} < ${first} + to_microseconds(${Math.round(ms * 1000)})`;
}

/** Computes every table over the history, and leaves the main source without it. Throws `FeaturesBroken` or `DataUnusable` naming the file. */
export async function deriveTables(duck: Duck, options: DeriveOptions): Promise<Derived[]> {
  const { main, prepare } = options;
  if (!prepare.derive) return [];
  await keepRows(duck, main, `FROM ${HISTORY}`);
  const derived: Derived[] = [];
  for (const [name, file] of Object.entries(prepare.derive.tables))
    derived.push(await derive(duck, name, file, options));
  await keepRows(duck, main, `SELECT ${ROW_ID} FROM ${SPLIT}`);
  // Only now: no table is made from another.
  for (const { name } of derived) await duck.run(viewOf(name, join(options.folder, `${name}.parquet`)));
  return derived;
}

async function derive(
  duck: Duck,
  name: string,
  file: string,
  { files, tables, folder }: DeriveOptions,
): Promise<Derived> {
  const text = files[posix.normalize(file)];
  if (text === undefined)
    throw permanent('PlanRefused', `prepare.derive.tables.${name}: ${file} did not come along; apply the plan again`);
  const sql = await checkSyntax(duck, text, tables, file);
  const path = join(folder, `${name}.parquet`);
  try {
    const columns = await landedColumns(duck, `(\n${sql}\n)`, { fromText: 'none' });
    refuseNames(file, columns);
    const cells = columns.map(({ name, expression }) => `${expression} AS ${identifier(name)}`);
    const table = identifier(`derived ${name}`);
    // Sums follow the order of rows, and rows that of their values: the same data give the same bytes.
    await inOrder(duck, () => duck.run(`CREATE TEMP TABLE ${table} AS SELECT ${list(cells)} FROM (\n${sql}\n)`));
    const { rows } = await duck.one<{ rows: number }>(`SELECT count(*)::DOUBLE AS rows FROM ${table}`);
    if (rows === 0) throw broken('it gives no row; correct it, or make prepare.derive.history longer', file);
    if (rows > MOST_ROWS)
      throw broken(`it gives ${count(rows, 'row')}; at most ${count(MOST_ROWS, 'row')} are possible: group more`, file);
    await duck.writeParquet(`SELECT * FROM ${table} ORDER BY ALL`, path);
    await duck.run(`DROP TABLE ${table}`);
    const { size } = await stat(path);
    if (size > MOST_BYTES)
      throw broken(
        `it makes ${bytesText(size)}; at most ${bytesText(MOST_BYTES)} travel with a model: give less`,
        file,
      );
    return { name, columns: columns.map(({ name, type }) => ({ name, type })) };
  } catch (error) {
    throw isDuckRefusal(error) ? refusedSql(error, file) : error;
  }
}

function refuseNames(file: string, columns: readonly Column[]): void {
  const strange = columns.find(({ name }) => !/^[A-Za-z_]\w{0,62}$/.test(name));
  if (strange)
    throw broken(
      `a column is called ${JSON.stringify(strange.name)}; give it a name of letters, digits and "_" with AS`,
      file,
    );
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = columns.find(({ name }, at) => names.indexOf(name.toLowerCase()) !== at);
  if (twice) throw broken(`two columns are called "${twice.name}"; rename one with AS`, file);
}

const refused = (what: string): Error => permanent('PlanRefused', `prepare.derive.history: ${what}`);
