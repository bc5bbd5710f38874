/** features.sql over the snapshots: a table of raw features, checked to be one row a source row. */
import type { Column } from '../activities/types.ts';
import type { Plan } from '../plan/schema.ts';
import { type Duck, isDuckRefusal } from './duckdb.ts';
import { ROW_ID } from './land.ts';
import { identifier, list } from './sql.ts';
import { broken, checkSyntax, said } from './syntax.ts';
import { count, some } from './words.ts';

export interface RawFeature {
  readonly name: string;
  readonly kind: 'number' | 'text';
}

export interface RawFeatures {
  /** The text of features.sql, fit to stand in brackets. */
  readonly sql: string;
  readonly label: string;
  readonly features: readonly RawFeature[];
}

/** The table that `computeFeatures` makes: row_id, the label as DOUBLE, the features as features.sql gives them. */
export const RAW = 'raw features';

const NUMBER = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL.*|BOOLEAN)$/;
const TEXT = /^(VARCHAR|ENUM\(.*)$/;
const TIME = /^(DATE|TIME|INTERVAL)/;
const MOST_FEATURES = 2000;

/** Reads what features.sql gives, without running it. Throws `FeaturesBroken` naming the line or the column, and the mend. */
export async function inspectFeatures(
  duck: Duck,
  features: string,
  prepare: Plan['prepare'],
  tables: readonly string[],
): Promise<RawFeatures> {
  const sql = await checkSyntax(duck, features, tables);
  const columns = await duck.columns(sql).catch((error: unknown) => {
    throw isDuckRefusal(error) ? broken(said(error)) : error;
  });
  const { label, encode } = prepare;
  refuseNames(columns);
  refuseMissing(columns, label);
  const raw = columns.filter(({ name }) => name !== ROW_ID && name !== label);
  if (raw.length === 0) throw broken(`it gives no feature beside ${ROW_ID} and ${label}; select some`);
  if (raw.length > MOST_FEATURES)
    throw broken(`it gives ${raw.length} features; at most ${MOST_FEATURES} are possible`);
  const unknown = Object.keys(encode).filter((name) => !raw.some((column) => column.name === name));
  if (unknown.length > 0)
    throw broken(
      `prepare.encode names ${some(unknown)}, which is no feature; there are ${some(raw.map(({ name }) => name))}`,
    );
  return {
    sql,
    label,
    features: raw.map((column) => ({ name: column.name, kind: kindOf(column, column.name in encode) })),
  };
}

/** Runs features.sql over every row. */
export async function computeFeatures(duck: Duck, main: string, { sql, label, features }: RawFeatures): Promise<void> {
  const columns = [
    identifier(ROW_ID),
    `CAST(${identifier(label)} AS DOUBLE) AS ${identifier(label)}`,
    ...features.map(({ name }) => identifier(name)),
  ];
  await duck
    .run(`CREATE TABLE ${identifier(RAW)} AS SELECT ${list(columns)} FROM (\n${sql}\n)`)
    .catch((error: unknown) => {
      throw isDuckRefusal(error) ? broken(said(error)) : error;
    });
  await refuseRows(duck, main);
  await refuseLabel(duck, label);
}

function refuseNames(columns: readonly Column[]): void {
  const strange = columns.find(({ name }) => !/^[A-Za-z_]\w{0,62}$/.test(name));
  if (strange)
    throw broken(
      `a column is called ${JSON.stringify(strange.name)}; give it a name of letters, digits and "_" with AS`,
    );
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = columns.find(({ name }, at) => names.indexOf(name.toLowerCase()) !== at);
  if (twice) throw broken(`two columns are called "${twice.name}"; rename one with AS`);
}

function refuseMissing(columns: readonly Column[], label: string): void {
  const names = some(columns.map(({ name }) => name));
  const id = columns.find(({ name }) => name === ROW_ID);
  if (!id) throw broken(`it gives no ${ROW_ID}, only ${names}; select it from the main source, untouched`);
  if (id.type !== 'BIGINT') throw broken(`${ROW_ID} became ${id.type}; select it untouched`);
  const target = columns.find(({ name }) => name === label);
  if (!target)
    throw broken(`it gives no label "${label}", only ${names}; select it, or correct prepare.label in the plan`);
  if (!NUMBER.test(target.type))
    throw broken(`the label "${label}" is ${target.type}; make it a condition (BOOLEAN) or 0 and 1`);
}

function kindOf({ name, type }: Column, encoded: boolean): RawFeature['kind'] {
  if (NUMBER.test(type)) return encoded ? 'text' : 'number';
  if (TIME.test(type))
    throw broken(`feature "${name}" is ${type}; take a number from it, as hour(${name}) or epoch(${name})`);
  if (!TEXT.test(type)) throw broken(`feature "${name}" is ${type}; only numbers, conditions and text can be features`);
  if (encoded) return 'text';
  throw broken(
    `feature "${name}" is text; add it to prepare.encode in the plan as \`${name}: target\` or \`${name}: one-hot\`, or leave it out`,
  );
}

async function refuseRows(duck: Duck, main: string): Promise<void> {
  const [raw, source, id] = [identifier(RAW), identifier(main), identifier(ROW_ID)];
  const { given, due, known } = await duck.one<{ given: number; due: number; known: number }>(
    `SELECT count(*)::DOUBLE AS given, count(DISTINCT r.${id})::DOUBLE AS known, (SELECT count(*)::DOUBLE FROM ${source}) AS due FROM ${raw} r`,
  );
  if (given === due && known === due) return;
  const [repeated] = await duck.rows<{ id: number; n: number }>(
    `SELECT ${id}::DOUBLE AS id, count(*)::DOUBLE AS n FROM ${raw} GROUP BY ${id} HAVING count(*) > 1 ORDER BY id LIMIT 1`,
  );
  const much = `it gives ${count(given, 'row')} for ${count(due, 'row')} of ${main}`;
  if (repeated)
    throw broken(
      `${much}, ${Math.abs(given - due)} ${given < due ? 'less' : 'more'}: ${ROW_ID} ${repeated.id} is there ${repeated.n} times; join only to keys that a reference has once`,
    );
  throw broken(`${much}, ${due - known} less; keep every row: LEFT JOIN for JOIN, no WHERE, LIMIT or DISTINCT`);
}

async function refuseLabel(duck: Duck, label: string): Promise<void> {
  const name = identifier(label);
  const { missing, strange, wrong, rows } = await duck.one<{
    missing: number;
    strange: number | null;
    wrong: number;
    rows: number;
  }>(
    `SELECT count_if(${name} IS NULL)::DOUBLE AS missing, count_if(${name} NOT IN (0, 1))::DOUBLE AS wrong,
       any_value(${name}) FILTER (WHERE ${name} NOT IN (0, 1)) AS strange, count(*)::DOUBLE AS rows FROM ${identifier(RAW)}`,
  );
  if (missing > 0)
    throw broken(
      `the label "${label}" is missing in ${missing} of ${count(rows, 'row')}; give it a value there (coalesce), or leave those rows out of the source`,
    );
  if (wrong > 0)
    throw broken(
      `the label "${label}" is ${strange} in one of ${count(wrong, 'row')} where it is neither 0 nor 1; make it a condition`,
    );
}
