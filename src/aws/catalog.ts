/** The Glue Data Catalog: a database a model and a table a source, which Athena and Spark can read. */
import {
  CreateDatabaseCommand,
  CreateTableCommand,
  GetTableCommand,
  type GlueClient,
  type Table,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import type { Snapshot } from '../activities/types.ts';
import { permanent } from '../failures.ts';
import { TAG_MODEL } from '../names.ts';
import { call, callOrMissing, callOrTaken } from './errors.ts';
import { hiveType } from './hive-types.ts';

export interface Cataloged {
  readonly model: string;
  readonly snapshot: Snapshot;
  readonly asOf: string;
  readonly cycle: number;
  /** The folder that lists the snapshot's object: see `SYMLINKS`. */
  readonly location: string;
}

export const databaseName = (model: string): string => `perennial_${model.replaceAll('-', '_')}`;

/**
 * A table is a folder, and a snapshot is one object among others. So the table's folder holds a list of what it consists
 * of, which Hive's `SymlinkTextInputFormat` follows, as the tables of S3 Inventory and of Delta Lake's manifests do.
 */
const SYMLINKS = {
  InputFormat: 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat',
  OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
  SerdeInfo: {
    SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
    Parameters: { 'serialization.format': '1' },
  },
} as const;

/** Makes the model's database; one that is there stays as it is. */
export async function ensureDatabase(client: GlueClient, model: string): Promise<string> {
  const name = databaseName(model);
  const create = new CreateDatabaseCommand({
    DatabaseInput: {
      Name: name,
      Description: `Snapshots of the data of ${model}, made by Perennial`,
      Parameters: { [TAG_MODEL]: model },
    },
  });
  await callOrTaken(`CreateDatabase ${name}`, () => client.send(create));
  return name;
}

/** Makes the source's table or brings it to this snapshot; gives `database.table`. Permanent `NameTaken` when it is another's. */
export async function ensureTable(client: GlueClient, database: string, cataloged: Cataloged): Promise<string> {
  const wanted = tableOf(cataloged);
  const full = `${database}.${wanted.Name}`;
  const make = new CreateTableCommand({ DatabaseName: database, TableInput: wanted });
  const there = await find(client, database, wanted.Name);
  if (!there && (await callOrTaken(`CreateTable ${full}`, () => client.send(make)))) return full;

  const found = there ?? (await find(client, database, wanted.Name));
  const owner = found?.Parameters?.[TAG_MODEL];
  if (found && owner !== cataloged.model)
    throw permanent(
      'NameTaken',
      `Glue table ${full}: it exists and is not this model's (its parameter ${TAG_MODEL} is ${owner ?? 'missing'}); ` +
        'remove it, or call the source differently',
    );
  // Every update keeps a version of the table: none is made for nothing.
  if (found && says(found) === says(wanted)) return full;
  const update = new UpdateTableCommand({ DatabaseName: database, TableInput: wanted });
  await call(`UpdateTable ${full}`, () => client.send(update));
  return full;
}

/** A snapshot as Glue describes a table. Pure. */
export function tableOf({ model, snapshot, asOf, cycle, location }: Cataloged): TableInput & { Name: string } {
  const { source, data, manifest, rows, columns, from, to } = snapshot;
  return {
    Name: source.toLowerCase(),
    Description: `Snapshot of ${source}`,
    TableType: 'EXTERNAL_TABLE',
    Parameters: {
      EXTERNAL: 'TRUE',
      classification: 'parquet',
      [TAG_MODEL]: model,
      asOf,
      cycle: String(cycle),
      uri: data.uri,
      sha256: data.sha256,
      bytes: String(data.bytes),
      rows: String(rows),
      recordCount: String(rows),
      manifest: manifest.uri,
      ...(from ? { from } : {}),
      ...(to ? { to } : {}),
    },
    StorageDescriptor: {
      ...SYMLINKS,
      Location: location,
      Columns: columns.map(({ name, type }) => ({
        Name: name.toLowerCase(),
        Type: hiveType(type),
        Comment: `${name} ${type}`.slice(0, 255),
      })),
    },
  };
}

async function find(client: GlueClient, database: string, name: string): Promise<Table | undefined> {
  const get = new GetTableCommand({ DatabaseName: database, Name: name });
  return (await callOrMissing(`GetTable ${database}.${name}`, () => client.send(get)))?.Table;
}

/** What matters of a table, in one order, whatever else the service adds. */
function says({ Parameters = {}, StorageDescriptor }: Pick<Table, 'Parameters' | 'StorageDescriptor'>): string {
  const { asOf, cycle, sha256, manifest } = Parameters;
  const columns = StorageDescriptor?.Columns?.map(({ Name, Type }) => `${Name} ${Type}`);
  return JSON.stringify([asOf, cycle, sha256, manifest, StorageDescriptor?.Location, columns]);
}
