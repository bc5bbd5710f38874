/** What callers really sent for each input, before anything is cast: missing values, and values of another JSON type. */
import type { Column } from '../activities/types.ts';
import type { ValueCounts } from './bins.ts';
import type { Duck } from './duckdb.ts';
import { identifier, list, text } from './sql.ts';

export interface Sent {
  readonly input: string;
  readonly type: string;
  readonly rows: number;
  /** Absent or null. */
  readonly missing: number;
  /** Neither missing nor of a type that training knew. */
  readonly mistyped: number;
}

const NUMBERS = ['UBIGINT', 'BIGINT', 'HUGEINT', 'DOUBLE'];

/**
 * Counts a file of JSON Lines. A number fits a number only, not a text of digits; an instant is a text that reads as one.
 * A text input takes texts, and what a text of its baseline was written from: booleans, numbers, nested values.
 */
export async function countSent(
  duck: Duck,
  path: string,
  inputs: readonly Column[],
  baseline: ReadonlyMap<string, ValueCounts>,
): Promise<Sent[]> {
  const kinds = inputs.map(({ name, type }) => `${kindOf(name, type)} AS ${identifier(name)}`);
  const columns = inputs.map(({ name }) => `${text(name)}: 'JSON'`);
  await duck.run(
    `CREATE OR REPLACE TABLE sent AS SELECT ${list(kinds)} FROM read_json(${text(path)}, format = 'newline_delimited', ignore_errors = true, columns = {${list(columns)}})`,
  );
  const counted: Sent[] = [];
  for (const { name, type } of inputs) {
    const column = identifier(name);
    const fits = list(fitting(type, baseline.get(name)).map(text));
    const { rows, missing, mistyped } = await duck.one<Pick<Sent, 'rows' | 'missing' | 'mistyped'>>(
      `SELECT CAST(count(*) AS DOUBLE) AS rows, CAST(count(*) FILTER (${column} IS NULL) AS DOUBLE) AS missing,
              CAST(count(*) FILTER (${column} NOT IN (${fits})) AS DOUBLE) AS mistyped FROM sent`,
    );
    counted.push({ input: name, type, rows, missing, mistyped });
  }
  return counted;
}

/** The JSON type of a value, NULL where it is absent or null; `UNREAD` for a text that is no instant. */
function kindOf(name: string, type: string): string {
  const column = identifier(name);
  const kind = `nullif(json_type(${column}), 'NULL')`;
  if (type !== 'TIMESTAMP' && type !== 'DATE') return kind;
  return `CASE WHEN ${kind} = 'VARCHAR' AND TRY_CAST(json_extract_string(${column}, '$') AS TIMESTAMPTZ) IS NULL THEN 'UNREAD' ELSE ${kind} END`;
}

function fitting(type: string, baseline: ValueCounts | undefined): string[] {
  if (type === 'DOUBLE') return NUMBERS;
  if (type !== 'VARCHAR') return ['VARCHAR'];
  const every = (written: RegExp) => baseline?.texts.every((value) => written.test(value));
  return [
    'VARCHAR',
    ...(every(/^(true|false)$/) ? ['BOOLEAN'] : []),
    ...(every(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i) ? NUMBERS : []),
    ...(every(/^[[{]/) ? ['OBJECT', 'ARRAY'] : []),
  ];
}
