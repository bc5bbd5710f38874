/** Which rows train, which choose, which judge: by time, at random, or by a column's values; and the sample that trains. */

import type { Column } from '../activities/types.ts';
import { permanent } from '../failures.ts';
import type { Plan } from '../plan/schema.ts';
import { parseDuration, parseShare } from '../plan/units.ts';
import { isTime } from './columns.ts';
import type { Duck } from './duckdb.ts';
import { RAW } from './features.ts';
import { ROW_ID } from './land.ts';
import { double, identifier, text, timestamp } from './sql.ts';
import { count, some } from './words.ts';

export const PARTS = ['train', 'validation', 'test'] as const;
export type Part = (typeof PARTS)[number];

export interface SplitOptions {
  readonly main: string;
  readonly columns: readonly Column[];
  readonly split: Plan['prepare']['split'];
  readonly sample?: number;
  readonly label: string;
  readonly asOf: string;
  readonly seed: number;
}

/** The table that `splitRows` makes (a source cannot be called so): row_id, part (0 train, 1 validation, 2 test), chosen (in the training sample). */
export const SPLIT = '"row split"';
const PARTED = '"parted rows"';
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

/** Throws `DataUnusable` when a part would be empty or its label constant. */
export async function splitRows(duck: Duck, options: SplitOptions): Promise<void> {
  const { main, sample, seed } = options;
  const order = hashOf(`${seed}:sample`, ROW_ID);
  await duck.run(
    `CREATE TABLE ${PARTED} AS SELECT ${ROW_ID}, CAST(${partOf(options)} AS UTINYINT) AS part FROM ${identifier(main)}`,
  );
  await duck.run(
    `CREATE TABLE ${SPLIT} AS SELECT ${ROW_ID}, part, ${
      sample === undefined
        ? 'true'
        : `(part <> 0 OR ${ROW_ID} IN (SELECT ${ROW_ID} FROM ${PARTED} WHERE part = 0 ORDER BY ${order}, ${ROW_ID} LIMIT ${sample}))`
    } AS chosen FROM ${PARTED}`,
  );
  await duck.run(`DROP TABLE ${PARTED}`);
  await refuseParts(duck, options);
}

/** An expression that is 0, 1 or 2. */
function partOf({ split, columns, asOf, seed }: SplitOptions): string {
  const hashed = /^hash\((.+)\)$/.exec(split.by)?.[1];
  if (hashed !== undefined || split.by === 'random') {
    const [validation, test] = [shareOf('validation', split.validation), shareOf('test', split.test)];
    if (validation + test >= 1)
      throw refused(`validation and test take ${split.validation} and ${split.test}, and leave nothing to train on`);
    const column = hashed === undefined ? ROW_ID : identifier(columnOf(hashed, columns).name);
    const u = hashOf(`${seed}:split`, column);
    return `CASE WHEN ${u} < ${double(test)} THEN 2 WHEN ${u} < ${double(test + validation)} THEN 1 ELSE 0 END`;
  }
  const column = columnOf(split.by, columns);
  if (!isTime(column.type))
    throw refused(
      `"${split.by}" is ${column.type}, and a split by time needs instants; use its time column, random, or hash(${split.by})`,
    );
  const [validation, test] = [durationOf('validation', split.validation), durationOf('test', split.test)];
  const end = Date.parse(asOf);
  const time = identifier(column.name);
  return `CASE WHEN ${time} > ${timestamp(end - test)} THEN 2 WHEN ${time} > ${timestamp(end - test - validation)} THEN 1 ELSE 0 END`;
}

function columnOf(name: string, columns: readonly Column[]): Column {
  const column = columns.find((one) => one.name === name);
  if (column) return column;
  throw refused(`by: the main source has no column "${name}"; there are ${some(columns.map((one) => one.name))}`);
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

interface PartRow {
  readonly part: number;
  readonly rows: number;
  readonly chosen: number;
  readonly positives: number;
}

async function refuseParts(duck: Duck, { split, label }: SplitOptions): Promise<void> {
  const found = await duck.rows<PartRow>(
    `SELECT s.part::INTEGER AS part, count(*)::DOUBLE AS rows, count_if(s.chosen)::DOUBLE AS chosen,
       count_if(s.chosen AND r.${identifier(label)} = 1)::DOUBLE AS positives
     FROM ${SPLIT} s JOIN ${identifier(RAW)} r USING (${ROW_ID}) GROUP BY s.part`,
  );
  const parts = PARTS.map((name, part) => ({
    name,
    ...(found.find((row) => row.part === part) ?? { rows: 0, chosen: 0, positives: 0 }),
  }));
  const all = parts.map(({ name, rows }) => `${name} ${count(rows, 'row')}`).join(', ');
  const empty = parts.filter(({ rows }) => rows === 0).map(({ name }) => name);
  if (empty.length > 0)
    throw permanent(
      'DataUnusable',
      `prepare.split (by ${split.by}) leaves nothing for ${empty.join(' and ')}: ${all}; change the split, or the window of the data`,
    );
  const constant = parts.find(({ positives, chosen }) => positives === 0 || positives === chosen);
  if (constant)
    throw permanent(
      'DataUnusable',
      `the label "${label}" is ${constant.positives === 0 ? 0 : 1} in every row of ${constant.name} (${all}); both values are needed: widen the window, change the split, or correct the label`,
    );
}

const refused = (what: string): Error => permanent('PlanRefused', `prepare.split: ${what}`);
