/** A small table as a file: CSV, JSON Lines or Parquet, whatever stands in its cells and names. */
import { readFile, writeFile } from 'node:fs/promises';
import { withDuckDB } from '../../src/data/duckdb.ts';
import { identifier, list, text } from '../../src/data/sql.ts';

/** `raw` is written as it stands: numbers that JavaScript does not hold, JSON within JSON. */
export type Cell = string | number | boolean | null | { readonly raw: string };

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export const FORMATS = ['csv', 'jsonl', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];

export async function fileOf(table: Table, format: Format): Promise<Buffer> {
  if (format === 'parquet') return parquetOf(table);
  return Buffer.from(format === 'csv' ? csvOf(table) : jsonLinesOf(table));
}

export const isRaw = (cell: Cell | undefined): cell is { readonly raw: string } =>
  typeof cell === 'object' && cell !== null;

/** A cell as CSV says it. */
export const shownIn = (cell: Cell | undefined): string =>
  cell === null || cell === undefined ? '' : isRaw(cell) ? cell.raw : String(cell);

const quoted = (field: string): string => (/[",\r\n;|\t]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

const csvOf = ({ columns, rows }: Table): string =>
  [columns.map(quoted), ...rows.map((row) => row.map((cell) => quoted(shownIn(cell))))]
    .map((fields) => `${fields.join(',')}\n`)
    .join('');

/** Names may repeat, which no object could. */
function jsonLinesOf({ columns, rows }: Table): string {
  const keys = columns.map((name) => JSON.stringify(name));
  const said = (cell: Cell): string =>
    isRaw(cell) ? cell.raw : JSON.stringify(typeof cell === 'number' && !Number.isFinite(cell) ? String(cell) : cell);
  return rows.map((row) => `{${row.map((cell, at) => `${keys[at]}:${said(cell)}`).join(',')}}\n`).join('');
}

const parquetOf = ({ columns, rows }: Table): Promise<Buffer> =>
  withDuckDB<Buffer>(async (duck) => {
    const [lines, file] = [duck.path('cells.jsonl'), duck.path('file.parquet')];
    const cells = rows.map((row) =>
      JSON.stringify(Object.fromEntries(row.map((cell, at) => [`c${at}`, cell === null ? null : shownIn(cell)]))),
    );
    await writeFile(lines, `${cells.join('\n')}\n`);
    const read = list(columns.map((_, at) => `c${at}: 'VARCHAR'`));
    const names = columns.map((name, at) => (isTwice(columns, at) ? standIn(name, at) : name));
    const typed = names.map(
      (name, at) => `CAST(c${at} AS ${typeOf(rows.map((row) => row[at] ?? null))}) AS ${identifier(name)}`,
    );
    const from = `read_json(${text(lines)}, format = 'newline_delimited', maximum_object_size = 67108864, columns = {${read}})`;
    await duck.writeParquet(`SELECT ${list(typed)} FROM ${from} ${rows.length === 0 ? 'LIMIT 0' : ''}`, file);
    return names.reduce<Buffer>((bytes, name, at) => renamed(bytes, name, columns[at] ?? name), await readFile(file));
  });

const isTwice = (names: readonly string[], at: number): boolean =>
  names.findIndex((name) => name.toLowerCase() === names[at]?.toLowerCase()) !== at;

/** DuckDB writes no two columns of one name, others do: one of the same length is written, and put right in the file's end. */
const standIn = (name: string, at: number): string =>
  `~${String.fromCharCode(33 + (at % 14))}${'~'.repeat(5000)}`.slice(0, Buffer.byteLength(name));

function renamed(file: Buffer, from: string, to: string): Buffer {
  if (from === to || Buffer.byteLength(from) !== Buffer.byteLength(to)) return file;
  const end = file.length - 8 - file.readUInt32LE(file.length - 8);
  const footer = file
    .subarray(end)
    .toString('latin1')
    .replaceAll(Buffer.from(from).toString('latin1'), Buffer.from(to).toString('latin1'));
  return Buffer.concat([file.subarray(0, end), Buffer.from(footer, 'latin1')]);
}

function typeOf(cells: readonly Cell[]): string {
  const there = cells.filter((cell) => cell !== null);
  if (there.length === 0) return 'VARCHAR';
  if (there.every((cell) => typeof cell === 'boolean')) return 'BOOLEAN';
  if (there.every((cell) => isInstant(String(cell))))
    return there.every((cell) => String(cell).length === 10) ? 'DATE' : 'TIMESTAMP';
  if (!there.every((cell) => typeof cell === 'number')) return 'VARCHAR';
  return there.every((cell) => Number.isSafeInteger(cell)) ? 'BIGINT' : 'DOUBLE';
}

function isInstant(said: string): boolean {
  if (!/^\d{4}-\d\d-\d\d(T[0-9:.]{12}Z)?$/.test(said) || Number.isNaN(Date.parse(said))) return false;
  return new Date(said).toISOString().startsWith(said);
}
