/** Values and names as DuckDB reads them. Pure. */

/** A name, quoted. NUL cannot stand in a statement, nor in a name. */
export function identifier(name: string): string {
  if (name.length === 0 || name.includes('\0')) throw new Error(`${JSON.stringify(name)} is no name of a column`);
  return `"${name.replaceAll('"', '""')}"`;
}

/** A VARCHAR expression that is exactly `value`; well-formed text only, as DuckDB holds no other. */
export function text(value: string): string {
  if (/\p{Surrogate}/u.test(value)) throw new Error('text with half a surrogate pair has no UTF-8');
  const parts = value.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? parts.join() : `(${parts.join(' || chr(0) || ')})`;
}

/** Text that is read out to the last character: the client takes a leading U+FEFF for a byte order mark, and drops it. */
export const marked = (expression: string): string => `'=' || ${expression}`;
export const unmarked = (read: string): string => read.slice(1);

/** A DOUBLE expression that is `value` to the last bit: DuckDB reads the shortest form back, and `0.1` alone would be a DECIMAL. */
export function double(value: number): string {
  if (!Number.isFinite(value)) return `CAST('${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'}' AS DOUBLE)`;
  if (Object.is(value, -0)) return '(-0e0)';
  const digits = String(Math.abs(value));
  const literal = digits.includes('e') ? digits.replace('e+', 'e') : `${digits}e0`;
  return value < 0 ? `(-${literal})` : literal;
}

/** A TIMESTAMP in UTC, of an ISO 8601 instant. */
export const timestamp = (instant: string | number): string =>
  `TIMESTAMP '${new Date(instant).toISOString().replace('T', ' ').replace('Z', '')}'`;

export const list = (items: readonly string[]): string => items.join(', ');
