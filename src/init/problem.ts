/** Which kind of problem a column would be, were it the label. Pure. */
import { isTime } from '../data/columns.ts';
import { count } from '../data/words.ts';
import type { Problem } from '../plan/schema.ts';
import type { SeenColumn } from './look.ts';

/** More classes than these are put together or refused; whole numbers of more values are amounts. */
export const MOST_CLASSES = 100;
const MOST_CODES = 10;
/** Rows that a value has on average, for it to be a class. */
const ROWS_OF_CLASS = 5;
const ROWS_OF_CODE = 10;
/** Of texts that are numbers so many are, and the others stand for missing. */
const NUMERIC = 0.8;

export const isNumeric = ({ type, numeric = 0, present }: SeenColumn): boolean =>
  type === 'VARCHAR' && numeric >= NUMERIC * present && numeric > 0;

/** What kind of problem a column would be, or why it is none. */
export function problemOf(column: SeenColumn): { problem: Problem } | { not: string } {
  const { type, present, distinct, low = 0, high = 0 } = column;
  if (present === 0) return { not: 'has no value' };
  if (distinct < 2) return { not: 'has the same value in every row' };
  if (isTime(type)) return { not: 'tells a time' };
  if (distinct === 2) return { problem: 'binary' };
  if (type === 'DOUBLE' || (isNumeric(column) && distinct > MOST_CODES)) return { problem: 'regression' };
  const rows = present / distinct;
  if (type === 'BIGINT') {
    if (distinct <= MOST_CODES && rows >= ROWS_OF_CODE) return { problem: 'multiclass' };
    return distinct === present && high - low + 1 === present ? { not: 'numbers the rows' } : { problem: 'regression' };
  }
  if (distinct <= MOST_CLASSES && rows >= ROWS_OF_CLASS) return { problem: 'multiclass' };
  return { not: `has ${count(distinct, 'different text')}, too many to be classes` };
}
