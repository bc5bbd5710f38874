/** The names of a file's columns as the file has them, and those that cannot be. */
import type { Duck } from './duckdb.ts';
import { text } from './sql.ts';
import { UnusableFile } from './unusable.ts';
import { count, shortly } from './words.ts';

/** Columns travel with the cycle, each by its name; and each takes its own room in memory, however few rows there are. */
const MOST_COLUMNS = 2000;
const MOST_CHARACTERS = 255;

export function refuseNames(names: readonly string[]): void {
  if (names.length > MOST_COLUMNS)
    throw new UnusableFile(
      `it has ${count(names.length, 'column')}; at most ${count(MOST_COLUMNS, 'column')} are possible: leave some out`,
    );
  const nameless = names.indexOf('');
  if (nameless >= 0) throw new UnusableFile(`column ${nameless + 1} has no name; give every column one`);
  const odd = names.find((name) => name.includes('\0'));
  if (odd !== undefined)
    throw new UnusableFile(`a column is called ${JSON.stringify(shortly(odd))}, which is no name; rename it`);
  const endless = names.find((name) => name.length > MOST_CHARACTERS);
  if (endless !== undefined)
    throw new UnusableFile(
      `a column is called "${shortly(endless)}" with ${endless.length} characters, and ${MOST_CHARACTERS} are possible; rename it`,
    );
  const seen = new Map<string, string>();
  for (const name of names) {
    const before = seen.get(name.toLowerCase());
    const other = before === undefined || before === name ? '' : ` (once as "${shortly(before)}")`;
    if (before !== undefined) throw new UnusableFile(`two columns are called "${shortly(name)}"${other}; rename one`);
    seen.set(name.toLowerCase(), name);
  }
}

/**
 * The names in a header, where a column without one is called by its place: `column_1`. So begin the files of R, and of pandas, which
 * number their rows, and so end those of spreadsheets.
 */
export function headerNames(fields: readonly string[]): string[] {
  if (fields.every((field) => field === ''))
    throw new UnusableFile('its first line is blank; it must name the columns');
  const taken = new Set(fields.map((field) => field.toLowerCase()));
  return fields.map((field, at) => (field === '' ? placeName(at + 1, taken) : field));
}

function placeName(place: number, taken: ReadonlySet<string>): string {
  let name = `column_${place}`;
  while (taken.has(name)) name += '_';
  return name;
}

/** The names of the columns themselves: of two that are equal but for their case, DuckDB renames one. */
export async function parquetNames(duck: Duck, path: string): Promise<string[]> {
  const nodes = await duck.rows<{ name: string; children: number }>(
    `SELECT name, coalesce(num_children, 0)::DOUBLE AS children FROM parquet_schema(${text(path)})`,
  );
  const names: string[] = [];
  // The root comes first, and each node's children after it.
  let inner = 0;
  for (const { name, children } of nodes.slice(1)) {
    if (inner === 0) names.push(name);
    else inner--;
    inner += children;
  }
  return names;
}

/** The names themselves: DuckDB renames one of two that are equal but for their case, and what has none. */
export async function jsonNames(duck: Duck, file: string): Promise<string[]> {
  const rows = await duck.rows<{ name: string }>(
    `SELECT DISTINCT unnest(json_keys(json)) AS name FROM read_json_objects(${file}) WHERE json_type(json) = 'OBJECT' ORDER BY name`,
  );
  if (rows[0]?.name === '') throw new UnusableFile('a value stands under no name (""); give every column one');
  return rows.map(({ name }) => name);
}
