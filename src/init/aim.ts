/** What is to be predicted: which column can be a label, of which kind of problem, and how SQL says it. */

import type { Duck } from '../data/duckdb.ts';
import { text } from '../data/sql.ts';
import { count, shortly, some } from '../data/words.ts';
import { UserError } from '../errors.ts';
import { closest } from '../plan/problems.ts';
import type { Problem } from '../plan/schema.ts';
import { type Seen, type SeenColumn, valuesOf } from './look.ts';
import { isNumeric, MOST_CLASSES, problemOf } from './problem.ts';

export interface Aim {
  readonly column: SeenColumn;
  readonly problem: Problem;
  /** Over the column, written as `value`; missing where nobody knows. */
  readonly expression: (value: string) => string;
  /** What the kind of problem rests on, and how to make it another. */
  readonly why: string;
  /** Of classes the share of the most frequent one. */
  readonly majority?: number;
  /** Rows that have a label. */
  readonly labelled: number;
  readonly classes?: readonly string[];
}

/** Every part needs rows of a class: rarer ones are put together. */
const RARE = 15;
const LEAST_ROWS = 50;
const YES =
  /^(yes|y|true|t|1|positive|pos|won|win|success|good|malignant|late|churn(ed)?|fraud|default(ed)?|cancel(l?ed)?|failed)$/i;
/** Throws `UserError` when there is no such column or when it can be no label. */
export async function aimAt(duck: Duck, { rows, columns }: Seen, label: string | undefined): Promise<Aim> {
  if (label === undefined) throw new UserError('--label is missing', `say what is to be predicted: ${mayBe(columns)}`);
  const column = columns.find(({ name }) => name === label);
  if (!column) {
    const names = columns.map(({ name }) => name);
    const same = names.find((name) => name.toLowerCase() === label.trim().toLowerCase()) ?? closest(label, names);
    throw new UserError(
      `the file has no column "${shortly(label)}"`,
      same === undefined ? `it has ${some(names)}` : `did you mean --label ${quoted(same)}?`,
    );
  }
  const found = problemOf(column);
  if ('not' in found) throw new UserError(`the label "${shortly(label)}" ${found.not}`, mayBe(columns));
  const labelled = isNumeric(column) && found.problem === 'regression' ? (column.numeric ?? 0) : column.present;
  if (labelled < LEAST_ROWS)
    throw new UserError(
      `only ${labelled} of ${count(rows, 'row')} have a value of "${shortly(label)}"`,
      `give at least ${LEAST_ROWS}: fewer can neither teach nor judge a model`,
    );
  if (found.problem === 'regression') return amount(column, labelled);
  return classes(duck, column, found.problem);
}

function amount(column: SeenColumn, labelled: number): Aim {
  const cast = isNumeric(column);
  return {
    ...{ column, labelled, problem: 'regression' },
    expression: (value) => (cast ? `TRY_CAST(${value} AS DOUBLE)` : value),
    why: `${shortly(column.name)} is a number of ${count(column.distinct, 'different value')}`,
  };
}

async function classes(duck: Duck, column: SeenColumn, problem: Problem): Promise<Aim> {
  const all = await valuesOf(duck, column.name, MOST_CLASSES + 1);
  // A blank, or "NA" among numbers, is a missing value that somebody typed.
  const found = all.filter(({ value }) => value.trim() !== '' && !(isNumeric(column) && Number.isNaN(Number(value))));
  const clean = found.length === all.length;
  const labelled = found.reduce((sum, { rows }) => sum + rows, 0);
  if (problem === 'binary' && clean) return yesOrNo(column, found, labelled);
  const common = found.filter(({ rows, value }) => rows >= RARE && value.length <= 200);
  const rare = labelled - common.reduce((sum, { rows }) => sum + rows, 0);
  const kept = common.map(({ value }) => value);
  const kinds = kept.length + (rare >= RARE ? 1 : 0);
  if (kinds < 3) {
    if (kept.length < 2)
      throw new UserError(
        `the label "${shortly(column.name)}" has no two values with ${RARE} rows each`,
        'choose another, or give more rows',
      );
    const why = `of its values only ${some(kept)} have ${RARE} rows or more: the others are left out; the probability is that of ${JSON.stringify(positive(common))}`;
    return { ...yesOrNo(column, common, labelled - rare), why, expression: condition(column, common) };
  }
  const base = { column, problem: 'multiclass', majority: (found[0]?.rows ?? 0) / labelled } as const;
  const what = `${shortly(column.name)} has ${count(column.distinct, 'different value')}`;
  const amountToo =
    column.type === 'BIGINT' ? '; if they are amounts, write "problem: regression" and other measures' : '';
  if (rare === 0 && clean)
    return { ...base, labelled, classes: kept, why: `${what}${amountToo}`, expression: (value) => value };
  const among = (value: string) => `${said(value, column)} IN (${kept.map(text).join(', ')})`;
  if (rare < RARE)
    return {
      ...{ ...base, labelled: labelled - rare, classes: kept },
      why:
        rare === 0
          ? `${what}; blank ones are left out`
          : `${what}, of which ${count(rare, 'row')} of rare ones are left out`,
      expression: (value) => `CASE WHEN ${among(value)} THEN ${said(value, column)} END`,
    };
  const others = kept.includes('other') ? 'all other' : 'other';
  return {
    ...{ ...base, labelled, classes: [...kept, others] },
    why: `${what}; those with fewer than ${RARE} rows are put together as "${others}"`,
    expression: (value) =>
      `CASE WHEN ${among(value)} THEN ${said(value, column)} WHEN ${isNumeric(column) ? `TRY_CAST(${value} AS DOUBLE) IS NOT NULL` : `trim(${said(value, column)}) <> ''`} THEN ${text(others)} END`,
  };
}

const said = (value: string, { type }: SeenColumn): string =>
  type === 'VARCHAR' ? value : `CAST(${value} AS VARCHAR)`;

type Values = readonly { readonly value: string; readonly rows: number }[];

/** The value that is asked for: one that says yes, else the rarer one. */
const positive = (values: Values): string =>
  values.find(({ value }) => YES.test(value.trim()))?.value ?? values[1]?.value ?? '';

function yesOrNo(column: SeenColumn, values: Values, labelled: number): Aim {
  const { type, low, high, name } = column;
  const majority = (values[0]?.rows ?? 0) / labelled;
  const rest = { column, problem: 'binary', labelled, majority } as const;
  if ((values[1]?.rows ?? 0) < RARE)
    throw new UserError(
      `the label "${shortly(name)}" is ${shortly(values[1]?.value ?? '')} in ${count(values[1]?.rows ?? 0, 'row')} only`,
      `give at least ${RARE} rows of each value, or choose another label`,
    );
  if (type === 'BOOLEAN' || (type !== 'VARCHAR' && low === 0 && high === 1))
    return { ...rest, why: `${shortly(name)} is one of two`, expression: (value) => value };
  const one = shortly(positive(values));
  const why = `${shortly(name)} has two values; the probability is that of ${JSON.stringify(one)}`;
  return { ...rest, why, expression: condition(column, values) };
}

/** True for the positive one, false for the other, missing for all else. */
const condition =
  (column: SeenColumn, values: Values) =>
  (value: string): string => {
    const one = positive(values);
    const other = values.find((it) => it.value !== one)?.value ?? '';
    const own = said(value, column);
    return column.distinct === 2
      ? `${own} = ${text(one)}`
      : `CASE ${own} WHEN ${text(one)} THEN true WHEN ${text(other)} THEN false END`;
  };

function mayBe(columns: readonly SeenColumn[]): string {
  const able = columns.flatMap((column) => {
    const found = problemOf(column);
    return 'problem' in found && column.present >= LEAST_ROWS ? [`${quoted(column.name)} (${found.problem})`] : [];
  });
  if (able.length === 0)
    return 'none of its columns can be one: give rows of which a column tells what is to be learnt';
  return `it may be ${some(able)}`;
}

const quoted = (name: string): string => (/^[\w.-]+$/.test(name) ? name : JSON.stringify(name));
