/** What target encodings average: the label's value, or of each class whether a row is of it. */
import type { Target } from '../activities/types.ts';
import { type Duck, inOrder } from './duckdb.ts';
import { shrinkOf } from './magnitude.ts';
import type { RawLabel } from './raw.ts';
import { double, identifier, list } from './sql.ts';
import { TRAINING } from './training-rows.ts';

export interface Measured {
  /** Over `RAW`, one a column of the encoding; times `shrink`. */
  readonly expressions: readonly string[];
  readonly shrink: number;
  /** Of the whole training part; times `shrink`. */
  readonly means: readonly number[];
}

export async function measuredLabel(duck: Duck, { name }: RawLabel, { problem, classes }: Target): Promise<Measured> {
  const label = identifier(name);
  const { low, high } = await duck.one<{ low: number; high: number }>(
    `SELECT min(${label}) AS low, max(${label}) AS high FROM ${TRAINING}`,
  );
  const shrink = problem === 'regression' ? shrinkOf(low, high) : 1;
  const expressions = classes
    ? classes.map((_, at) => `CAST(${label} = ${at} AS DOUBLE)`)
    : [shrink === 1 ? label : `${label} * ${double(shrink)}`];
  const { means } = await inOrder(duck, () =>
    duck.one<{ means: number[] }>(
      `SELECT [${list(expressions.map((one) => `sum(${one}) / count(*)`))}] AS means FROM ${TRAINING}`,
    ),
  );
  return { expressions, shrink, means };
}
