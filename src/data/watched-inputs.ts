/** The inputs that a baseline was counted from, and captured requests as a relation of them: the way back from `watchedOf`. */
import type { Column } from '../activities/types.ts';
import type { ValueCounts } from './bins.ts';
import { identifier, list, text } from './sql.ts';

/** Inputs have no dot in their names, so `date.hour` can only be the hour of an instant called `date`. */
export function watchedInputs(baseline: Iterable<Pick<ValueCounts, 'column' | 'kind'>>): Column[] {
  const types = new Map<string, string>();
  for (const { column, kind } of baseline) {
    const [name = column, part] = column.split('.');
    if (part === undefined) types.set(name, kind === 'number' ? 'DOUBLE' : 'VARCHAR');
    else if (part === 'hour') types.set(name, 'TIMESTAMP');
    else if (!types.has(name)) types.set(name, 'DATE');
  }
  return [...types].map(([name, type]) => ({ name, type }));
}

/** A query of the inputs in a file of JSON Lines; a value that is none of its column's type is missing, as is an absent one. */
export function requestRows(path: string, inputs: readonly Column[]): string {
  const columns = inputs.map(({ name }) => `${text(name)}: 'VARCHAR'`);
  const typed = inputs.map(({ name, type }) => `${as(identifier(name), type)} AS ${identifier(name)}`);
  return `SELECT ${list(typed)} FROM read_json(${text(path)}, format = 'newline_delimited', ignore_errors = true, columns = {${list(columns)}})`;
}

/** JSON that DuckDB reads: half a surrogate pair, which has no UTF-8, becomes U+FFFD. */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(/\\(?:ud[89a-f][0-9a-f]{2}|.)/g, (found) =>
    found.startsWith('\\ud') ? '\\ufffd' : found,
  );

function as(column: string, type: string): string {
  if (type === 'VARCHAR') return column;
  if (type === 'DOUBLE') return `TRY_CAST(${column} AS DOUBLE)`;
  // An instant without an offset is one in UTC.
  return `CAST(TRY_CAST(${column} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS ${type})`;
}
