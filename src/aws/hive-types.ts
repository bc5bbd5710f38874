/** Names of types as Hive, Glue and Athena call what DuckDB writes into Parquet. Pure. */

const SIMPLE: Readonly<Record<string, string>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'tinyint',
  SMALLINT: 'smallint',
  INTEGER: 'int',
  BIGINT: 'bigint',
  // Hive has no unsigned numbers: the next wider type holds all of them.
  UTINYINT: 'smallint',
  USMALLINT: 'int',
  UINTEGER: 'bigint',
  UBIGINT: 'decimal(20,0)',
  // DuckDB writes these as doubles.
  HUGEINT: 'double',
  UHUGEINT: 'double',
  FLOAT: 'float',
  DOUBLE: 'double',
  VARCHAR: 'string',
  JSON: 'string',
  BLOB: 'binary',
  UUID: 'binary',
  INTERVAL: 'binary',
  DATE: 'date',
  // Microseconds since midnight: Athena knows no time of day.
  TIME: 'bigint',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  TIMESTAMP_NS: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamp',
};

/** Hive's type for one of DuckDB's, nested ones included; what Hive cannot say is a string. */
export function hiveType(duckdb: string): string {
  const type = duckdb.trim();
  const list = /^(.*)\[\d*\]$/s.exec(type);
  if (list) return `array<${hiveType(list[1] ?? '')}>`;

  const inner = /^(\w+)\s*\((.*)\)$/s.exec(type);
  const [name, body] = [inner?.[1]?.toUpperCase(), inner?.[2] ?? ''];
  if (name === 'DECIMAL') return `decimal(${body.replace(/\s/g, '')})`;
  if (name === 'MAP') return `map<${parts(body).map(hiveType).join(',')}>`;
  if (name === 'STRUCT') return `struct<${parts(body).map(field).join(',')}>`;
  return SIMPLE[type.toUpperCase()] ?? 'string';
}

/** `name TYPE`, the name perhaps in quotes, in which a quote is doubled. */
function field(text: string): string {
  const found = /^\s*(?:"((?:[^"]|"")*)"|(\S+))\s+(.*)$/s.exec(text);
  const name = (found?.[1]?.replaceAll('""', '"') ?? found?.[2] ?? 'field').toLowerCase();
  return `${name.replace(/[^a-z0-9_]/g, '_')}:${hiveType(found?.[3] ?? '')}`;
}

/** Cuts at the commas that are in no parenthesis and in no quotes. */
function parts(text: string): string[] {
  const found: string[] = [];
  let [depth, quoted, from] = [0, false, 0];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') quoted = !quoted;
    if (quoted) continue;
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (char === ',' && depth === 0) {
      found.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...found, text.slice(from)];
}
