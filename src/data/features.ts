/** features.sql over the snapshots: a table of raw features, checked to be one row a source row. */
import type { Column } from '../activities/types.ts';
import type { Plan } from '../plan/schema.ts';
import { type Duck, isDuckRefusal } from './duckdb.ts';
import { labelOf, rawLabel } from './label.ts';
import { ROW_ID } from './land.ts';
import { RAW, type RawFeature, type RawFeatures, ROW_WEIGHT } from './raw.ts';
import { identifier, list } from './sql.ts';
import { refuseSteps } from './steps.ts';
import { broken, checkSyntax, refusedSql } from './syntax.ts';
import { count, shortly, some } from './words.ts';

const NUMBER = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL.*|BOOLEAN)$/;
const TEXT = /^(VARCHAR|ENUM\(.*)$/;
const TIME = /^(DATE|TIME|INTERVAL)/;
export const MOST_FEATURES = 2000;

/** Reads what features.sql gives, without running it. Throws `FeaturesBroken` naming the line or the column, and the mend. */
export async function inspectFeatures(
  duck: Duck,
  features: string,
  { prepare, problem }: Pick<Plan, 'prepare' | 'problem'>,
  tables: readonly string[],
): Promise<RawFeatures> {
  const sql = await checkSyntax(duck, features, tables);
  const columns = await duck.columns(sql).catch((error: unknown) => {
    throw isDuckRefusal(error) ? refusedSql(error) : error;
  });
  const { label, weight, encode } = prepare;
  refuseNames(columns);
  const target = neededColumns(columns, label, weight);
  const raw = columns.filter(({ name }) => ![ROW_ID, label, weight].includes(name));
  if (raw.length === 0) throw broken(`it gives no feature beside ${ROW_ID} and ${label}; select some`);
  if (raw.length > MOST_FEATURES)
    throw broken(`it gives ${raw.length} features; at most ${MOST_FEATURES} are possible`);
  refuseSteps(prepare, raw, ({ type }) => (NUMBER.test(type) ? 'number' : 'text'));
  return {
    sql,
    label: labelOf(problem, target),
    weight,
    features: raw.map((column) => ({ name: column.name, kind: kindOf(column, Object.hasOwn(encode, column.name)) })),
  };
}

/** Runs features.sql over every row. */
export async function computeFeatures(duck: Duck, main: string, raw: RawFeatures): Promise<void> {
  const { sql, label, weight, features } = raw;
  const columns = [
    identifier(ROW_ID),
    `${rawLabel(label)} AS ${identifier(label.name)}`,
    ...(weight === undefined ? [] : [`CAST(${identifier(weight)} AS DOUBLE) AS ${identifier(weight)}`]),
    ...features.map(({ name }) => identifier(name)),
  ];
  await duck
    .run(`CREATE TABLE ${identifier(RAW)} AS SELECT ${list(columns)} FROM (\n${sql}\n) ORDER BY ${ROW_ID}`)
    .catch((error: unknown) => {
      throw isDuckRefusal(error) ? refusedSql(error) : error;
    });
  await refuseRows(duck, main);
}

function refuseNames(columns: readonly Column[]): void {
  const strange = columns.find(({ name }) => !/^[A-Za-z_]\w{0,62}$/.test(name));
  if (strange)
    throw broken(
      `a column is called ${JSON.stringify(shortly(strange.name))}; give it a name of letters, digits and "_" with AS`,
    );
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = columns.find(({ name }, at) => names.indexOf(name.toLowerCase()) !== at);
  if (twice) throw broken(`two columns are called "${twice.name}"; rename one with AS`);
}

/** Gives the label's column. */
function neededColumns(columns: readonly Column[], label: string, weight: string | undefined): Column {
  const names = some(columns.map(({ name }) => name));
  const id = columns.find(({ name }) => name === ROW_ID);
  if (!id) throw broken(`it gives no ${ROW_ID}, only ${names}; select it from the main source, untouched`);
  if (id.type !== 'BIGINT') throw broken(`${ROW_ID} became ${id.type}; select it untouched`);
  const taken = columns.find(({ name }) => name.toLowerCase() === ROW_WEIGHT && name !== weight);
  if (taken) throw broken(`a column is called ${ROW_WEIGHT}, the name that weights get; rename it with AS`);
  const target = columns.find(({ name }) => name === label);
  if (!target)
    throw broken(`it gives no label "${label}", only ${names}; select it, or correct prepare.label in the plan`);
  if (weight === undefined) return target;
  const weighing = columns.find(({ name }) => name === weight);
  if (!weighing)
    throw broken(`it gives no weight "${weight}", only ${names}; select it, or correct prepare.weight in the plan`);
  if (!NUMBER.test(weighing.type)) throw broken(`the weight "${weight}" is ${weighing.type}; make it a number`);
  return target;
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
