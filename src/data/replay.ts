/** Requests through the transform as training applies it: by DuckDB here, from the archive that prepare left. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Column } from '../activities/types.ts';
import { type Duck, viewOf } from './duckdb.ts';
import { ROW_ID } from './land.ts';
import { identifier, list, text } from './sql.ts';
import { rawQuery } from './statement.ts';
import type { Transform } from './transform.ts';
import { jsonLine } from './watched-inputs.ts';

export type Instance = Readonly<Record<string, unknown>>;
/** By feature; what is missing, or not finite, is null. */
export type FeatureRow = Readonly<Record<string, number | null>>;

/** The folder is the archive, unpacked. */
export const readTransform = async (folder: string): Promise<Transform> =>
  JSON.parse(await readFile(join(folder, 'transform.json'), 'utf8')) as Transform;

/** The features of instances, in their order; `folder` is the transform's. */
export async function trainingFeatures(
  duck: Duck,
  { transform, folder }: { transform: Transform; folder: string },
  instances: readonly Instance[],
): Promise<FeatureRow[]> {
  await loadInstances(duck, { transform, folder }, instances);
  return featuresOf(duck, transform);
}

/** What features.sql makes of instances that were loaded, before anything is fitted to it: numbers, texts, instants. */
export async function rawFeatures(duck: Duck, { statement, label }: Transform): Promise<Instance[]> {
  const rows = await duck.rows<{ raw: string }>(rawQuery(statement));
  return rows.map(({ raw }) => {
    const { [ROW_ID]: _, [label]: __, ...features } = JSON.parse(raw) as Record<string, unknown>;
    return features;
  });
}

/** The source's table, and the references beside it. */
export async function loadInstances(
  duck: Duck,
  { transform, folder }: { transform: Transform; folder: string },
  instances: readonly Instance[],
): Promise<void> {
  const { source, references } = transform;
  for (const { name, file } of references) await duck.run(viewOf(name, join(folder, file)));
  const rows = instances.map((instance, at) => jsonLine({ ...cells(instance, source.columns), [ROW_ID]: at }));
  const lines = duck.path('instances.jsonl');
  await writeFile(lines, `${rows.join('\n')}\n`);
  const declared = [{ name: ROW_ID, type: 'BIGINT' }, ...source.columns];
  const shape = declared.map(({ name }) => `${text(name)}: 'VARCHAR'`);
  const typed = declared.map((column) => `${cast(column)} AS ${identifier(column.name)}`);
  await duck.run(
    `CREATE TABLE ${identifier(source.name)} AS SELECT ${list(typed)} FROM read_json(${text(lines)}, format = 'newline_delimited', columns = {${list(shape)}}) ORDER BY ${ROW_ID}`,
  );
}

export async function featuresOf(duck: Duck, { statement, features }: Transform): Promise<FeatureRow[]> {
  const columns = features.map((name, at) => `${identifier(name)} AS f${at}`);
  const found = await duck.rows<Record<string, number | null>>(
    `SELECT ${list(columns)} FROM (\n${statement}\n) ORDER BY ${ROW_ID}`,
  );
  return found.map((row) => Object.fromEntries(features.map((name, at) => [name, finite(row[`f${at}`])])));
}

/** What the source's columns have of an instance; instants in the one form that DuckDB reads whatever they came in. */
function cells(instance: Instance, columns: readonly Column[]): Instance {
  const known = columns.filter(({ name }) => Object.hasOwn(instance, name));
  return Object.fromEntries(
    known.map(({ name, type }) => [name, type === 'TIMESTAMP' ? instant(instance[name]) : instance[name]]),
  );
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(\.\d{1,9})?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** Without an offset it is one in UTC. */
function instant(value: unknown): unknown {
  const found = typeof value === 'string' && INSTANT.exec(value);
  if (!found) return value;
  const [, day, clock = '00:00', seconds = ':00', fraction = '', zone = 'Z'] = found;
  const [hours, minutes] = /^z$/i.test(zone)
    ? ['+00', '00']
    : [zone.slice(0, 3), zone.slice(3).replace(':', '') || '00'];
  return `${day} ${clock}${seconds}${fraction}${hours}:${minutes}`;
}

/** What the model took and this cannot read is missing here: that, too, is a difference. */
function cast({ name, type }: Column): string {
  const column = identifier(name);
  if (type === 'TIMESTAMP') return `CAST(TRY_CAST(${column} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS TIMESTAMP)`;
  return `TRY_CAST(${column} AS ${type})`;
}

const finite = (value: number | null | undefined): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
