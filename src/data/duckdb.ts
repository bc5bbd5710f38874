/** The lifetime of one DuckDB: an own scratch folder, bounded memory, no reach beyond the folder and the files it is given. */
import { rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Column } from '../activities/types.ts';
import { isFullDisk, permanent, unavailable } from '../failures.ts';
import { databaseMemory } from './memory.ts';
import { scratchFolder } from './scratch.ts';
import { identifier, list, text } from './sql.ts';

export interface Duck {
  /** A path in the scratch folder, which goes away with the database. */
  path(...names: string[]): string;
  run(sql: string): Promise<void>;
  /** BIGINT arrives as `bigint`, TIMESTAMP as `Date`: cast in SQL to what is wanted. */
  rows<T>(sql: string): Promise<T[]>;
  /** The first row; a query that has none is a bug. */
  one<T>(sql: string): Promise<T>;
  columns(query: string): Promise<Column[]>;
  /** The query's rows as one Parquet file; the same rows give the same bytes, however many threads write. */
  writeParquet(query: string, path: string): Promise<void>;
}

export interface DuckOptions {
  /** Files outside of the scratch folder that may be read. */
  readonly reads?: readonly string[];
  /** Interrupts the running statement and throws its reason. */
  readonly signal?: AbortSignal;
  /** The longest that one statement may take, in milliseconds: half an hour unless said. */
  readonly within?: number;
}

/** Of the disk's free room, the part that one database may spill to: others work there, too. */
const SPILL_SHARE = 0.5;
const SPILL_MOST = 64 * 2 ** 30;
/** 3,000,000 rows take two seconds: what takes so long has no end. */
const STATEMENT_MS = 30 * 60_000;

export async function withDuckDB<T>(work: (duck: Duck) => Promise<T>, options: DuckOptions = {}): Promise<T> {
  const { reads = [], signal, within = STATEMENT_MS } = options;
  signal?.throwIfAborted();
  const folder = await scratchFolder();
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${Math.round(databaseMemory().each / 2 ** 20)}MiB`,
    temp_directory: join(folder, 'spill'),
    max_temp_directory_size: `${Math.round((await room(folder)) / 2 ** 20)}MiB`,
    allow_community_extensions: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  const interrupt = () => connection.interrupt();
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    await connection.run(`SET TimeZone = 'UTC'`);
    await connection.run(`SET allowed_directories = [${text(folder)}]`);
    await connection.run(`SET allowed_paths = [${list(reads.map(text))}]`);
    await connection.run('SET enable_external_access = false');
    return await work(duckOf(connection, folder, within, signal));
  } catch (error) {
    throw isDiskFull(error) ? diskFull(error) : error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
    connection.closeSync();
    instance.closeSync();
    await rm(folder, { recursive: true, force: true });
  }
}

function duckOf(connection: DuckDBConnection, folder: string, within: number, signal?: AbortSignal): Duck {
  const read = async <T>(sql: string): Promise<T[]> => {
    signal?.throwIfAborted();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      connection.interrupt();
    }, within);
    try {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowObjectsJS() as T[];
    } catch (error) {
      signal?.throwIfAborted();
      if (late) throw endless(within, sql);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
  const one = async <T>(sql: string): Promise<T> => {
    const [row] = await read<T>(sql);
    if (!row) throw new Error(`a row was expected of: ${sql.slice(0, 200)}`);
    return row;
  };
  return {
    path: (...names) => join(folder, ...names),
    run: async (sql) => void (await read(sql)),
    rows: read,
    one,
    columns: async (query) =>
      (await read<{ column_name: string; column_type: string }>(`DESCRIBE ${query}`)).map((column) => ({
        name: column.column_name,
        type: column.column_type,
      })),
    writeParquet: async (query, path) =>
      void (await read(`COPY (${query}) TO ${text(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`)),
  };
}

/** Sums of doubles depend on their order: one thread keeps that of a table's rows. */
export async function inOrder<T>(duck: Duck, work: () => Promise<T>): Promise<T> {
  await duck.run('SET threads = 1');
  try {
    return await work();
  } finally {
    await duck.run('RESET threads');
  }
}

/** The tables of snapshots under their sources' names. */
export const viewOf = (name: string, path: string): string =>
  `CREATE VIEW ${identifier(name)} AS FROM read_parquet(${text(path)})`;

/** What DuckDB says of input that it cannot take, as against a fault of the machine (memory, disk, interruption). */
export const isDuckRefusal = (error: unknown): error is Error =>
  error instanceof Error &&
  /^(Parser|Binder|Catalog|Conversion|Invalid Input|Out of Range|Invalid|Constraint|Mismatch Type|Permission|Not implemented|Expression|Divide by Zero|Decimal|Serialization|IO|Invalid type) Error/i.test(
    error.message,
  ) &&
  !isDiskFull(error) &&
  !/Could not (write|create)/i.test(error.message);

const endless = (within: number, sql: string): Error =>
  permanent(
    'DataUnusable',
    `collect or prepare: a statement over the data took longer than ${within / 1000} s; make features.sql do less, or give it fewer rows: ${sql.slice(0, 200)}`,
  );

const room = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return Math.min(bavail * bsize * SPILL_SHARE, SPILL_MOST);
};

/** Of DuckDB by its words, of Node by its code. */
export const isDiskFull = (error: unknown): boolean =>
  error instanceof Error &&
  error.name !== 'ApplicationFailure' &&
  (/No space left on device|Disk quota exceeded|File too large|max_temp_directory_size/i.test(error.message) ||
    isFullDisk((error as NodeJS.ErrnoException).code));

/** The folder is removed with all that filled it: the next attempt begins with what room there is then. */
const diskFull = (error: unknown): Error =>
  unavailable(
    `the disk of the worker is full: ${(error as Error).message.split('\n')[0]}; it is tried again; make room in ${tmpdir()} (TMPDIR)`,
    { reason: 'disk' },
    60_000,
  );
