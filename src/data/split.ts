/** Which rows train, which choose, which judge: by time, at random, or by a column's values; and the sample that trains. */

import type { Column } from '../activities/types.ts';
import { permanent } from '../failures.ts';
import type { Plan } from '../plan/schema.ts';
import { parseDuration, parseShare } from '../plan/units.ts';
import { isTime } from './columns.ts';
import type { Duck } from './duckdb.ts';
import { ROW_ID } from './land.ts';
import { double, identifier, text, timestamp } from './sql.ts';
import { count, some } from './words.ts';

export const PARTS = ['train', 'validation', 'test'] as const;
export type Part = (typeof PARTS)[number];

export interface SplitOptions {
  readonly main: string;
  readonly columns: readonly Column[];
  readonly split: Plan['prepare']['split'];
  readonly asOf: string;
  readonly seed: number;
}

/** The table that `splitRows` makes (a source cannot be called so): row_id, part (0 train, 1 validation, 2 test, 3 a training row left out as an outlier), chosen (in the training sample). */
export const SPLIT = '"row split"';
export const OUTLIER = 3;
export const CHOSEN: Readonly<Record<Part, string>> = {
  train: 'part = 0 AND chosen',
  validation: 'part = 1',
  test: 'part = 2',
};

/**
 * A number in [0, 1) of a salt and a column, the same on every machine and in every version: the md5 of `<salt>:<value as
 * text>`, of it the last 8 bytes, little-endian, of those the upper 53 bits, divided by 2^53. Missing is the empty text.
 */
export const hashOf = (salt: string, column: string): string =>
  `((md5_number_lower(${text(`${salt}:`)} || coalesce(CAST(${column} AS VARCHAR), '')) >> 11)::DOUBLE / 9007199254740992e0)`;

/** Throws `PlanRefused` for a split that does not fit the main source, `DataUnusable` when a part would be empty. */
export async function splitRows(duck: Duck, options: SplitOptions): Promise<void> {
  const rows = `SELECT ${ROW_ID}, CAST(${partOf(options)} AS UTINYINT) AS part, true AS chosen FROM ${identifier(options.main)}`;
  await duck.run(`CREATE TABLE ${SPLIT} AS ${rows}`);
  await refuseEmpty(duck, `prepare.split (by ${options.split.by})`);
}

/** Leaves so many training rows chosen: those of least hash. */
export async function sampleRows(duck: Duck, sample: number, seed: number): Promise<void> {
  const order = hashOf(`${seed}:sample`, ROW_ID);
  await duck.run(
    `UPDATE ${SPLIT} SET chosen = false WHERE part = 0 AND ${ROW_ID} NOT IN
       (SELECT ${ROW_ID} FROM ${SPLIT} WHERE part = 0 ORDER BY ${order}, ${ROW_ID} LIMIT ${sample})`,
  );
}

/** Throws `DataUnusable` naming what took the last rows of a part. */
export async function refuseEmpty(duck: Duck, cause: string): Promise<void> {
  const found = await duck.rows<{ part: number; rows: number }>(
    `SELECT part::INTEGER AS part, count(*)::DOUBLE AS rows FROM ${SPLIT} GROUP BY part`,
  );
  const parts = PARTS.map((name, part) => ({ name, rows: found.find((row) => row.part === part)?.rows ?? 0 }));
  const empty = parts.filter(({ rows }) => rows === 0).map(({ name }) => name);
  if (empty.length === 0) return;
  const all = parts.map(({ name, rows }) => `${name} ${count(rows, 'row')}`).join(', ');
  throw permanent(
    'DataUnusable',
    `${cause} leaves nothing for ${empty.join(' and ')}: ${all}; change it, or the window of the data`,
  );
}

/** An expression that is 0, 1 or 2. */
function partOf({ split, columns, asOf, seed }: SplitOptions): string {
  const key = hashedBy(split, columns);
  if (key !== undefined) {
    const [validation, test] = [shareOf('validation', split.validation), shareOf('test', split.test)];
    if (validation + test >= 1)
      throw refused(`validation and test take ${split.validation} and ${split.test}, and leave nothing to train on`);
    const u = hashOf(`${seed}:split`, key);
    return `CASE WHEN ${u} < ${double(test)} THEN 2 WHEN ${u} < ${double(test + validation)} THEN 1 ELSE 0 END`;
  }
  const column = columnOf('by', split.by, columns);
  if (!isTime(column.type))
    throw refused(
      `"${split.by}" is ${column.type}, and a split by time needs instants; use its time column, random, or hash(${split.by})`,
    );
  const [validation, test] = [durationOf('validation', split.validation), durationOf('test', split.test)];
  const end = Date.parse(asOf);
  const time = identifier(column.name);
  return `CASE WHEN ${time} > ${timestamp(end - test)} THEN 2 WHEN ${time} > ${timestamp(end - test - validation)} THEN 1 ELSE 0 END`;
}

/** What the split hashes, as an expression over the main source; undefined when it is by time. */
export function hashedBy({ by }: Plan['prepare']['split'], columns: readonly Column[]): string | undefined {
  const hashed = /^hash\((.+)\)$/.exec(by)?.[1];
  if (hashed !== undefined) return identifier(columnOf('by', hashed, columns).name);
  return by === 'random' ? ROW_ID : undefined;
}

export function columnOf(key: string, name: string, columns: readonly Column[]): Column {
  const column = columns.find((one) => one.name === name);
  if (column) return column;
  throw refused(
    `${key}: the main source has no column "${name}"; correct it, or mend the source: there are ${some(columns.map((one) => one.name))}`,
  );
}

function durationOf(part: 'validation' | 'test', said: string): number {
  const ms = parseDuration(said);
  if (ms !== undefined && ms > 0) return ms;
  throw refused(`${part}: "${said}" is no duration, which a split by time needs; write one as "7 days"`);
}

function shareOf(part: 'validation' | 'test', said: string): number {
  const share = parseShare(said);
  if (share !== undefined && share > 0 && share < 1) return share;
  throw refused(`${part}: "${said}" is no share between 0% and 100%, which this split needs; write one as "10%"`);
}

const refused = (what: string): Error => permanent('PlanRefused', `prepare.split: ${what}`);
