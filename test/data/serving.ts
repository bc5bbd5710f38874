/** The features of requests as the serving container computes them, and those of prepared rows, bit by bit. */
import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { extract } from 'tar';
import type { ObjectRef, Prepared } from '../../src/activities/types.ts';
import { type Duck, withDuckDB } from '../../src/data/duckdb.ts';
import { identifier, list, text } from '../../src/data/sql.ts';
import type { World } from './support.ts';

const ROOT = join(import.meta.dirname, '../..');

export type Row = Readonly<Record<string, unknown>>;
/** Hexadecimal doubles; null is a missing value. */
export type Bits = readonly (string | null)[];

export async function unpackTransform(world: World, { transform, features }: Prepared): Promise<string> {
  const folder = join(world.folder, `transform-${transform.sha256.slice(0, 12)}-${features.length}`);
  await mkdir(folder, { recursive: true });
  await extract({ file: pathOf(world, transform), cwd: folder });
  return folder;
}

/** A script that knows the serving container's code, far from UTC. */
export const servingPython = (script: string) =>
  spawn(join(ROOT, '.venv/bin/python'), [script], {
    env: { ...process.env, PYTHONPATH: join(ROOT, 'container'), PYTHONDONTWRITEBYTECODE: '1', TZ: 'Asia/Tokyo' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });

/** Asks container/features.py, in one Python process, for the features of every batch. */
export async function servedFeatures(transform: string, batches: readonly (readonly Row[])[]): Promise<Bits[][]> {
  const child = servingPython(join(import.meta.dirname, 'compute_features.py'));
  const code = new Promise<number | null>((done, failed) => child.on('error', failed).on('close', done));
  child.stdin.end(JSON.stringify({ transform, batches }));
  const answer = await readText(child.stdout);
  if ((await code) !== 0) throw new Error('container/features.py failed; see above');
  return JSON.parse(answer) as Bits[][];
}

/** The features of a part's rows, in the order of row_id. */
export function preparedFeatures(world: World, part: ObjectRef, features: readonly string[]): Promise<Bits[]> {
  const path = pathOf(world, part);
  return withDuckDB(
    async (duck: Duck) => {
      const rows = await duck.rows<Record<string, number | null>>(
        `SELECT ${list(features.map(identifier))} FROM read_parquet(${text(path)}) ORDER BY row_id`,
      );
      return rows.map((row) => features.map((name) => hexOf(row[name] ?? null)));
    },
    { reads: [path] },
  );
}

export const pathOf = (world: World, { uri }: ObjectRef): string =>
  join(world.store.folder, uri.replace(`s3://${world.store.bucket}/`, ''));

/** A double as Python's `float.hex` writes it. */
export function hexOf(value: number | null): string | null {
  if (value === null) return null;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const sign = bits >> 63n ? '-' : '';
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = (bits & 0xfffffffffffffn).toString(16).padStart(13, '0');
  if (exponent === 0 && BigInt(`0x${fraction}`) === 0n) return `${sign}0x0.0p+0`;
  const power = exponent === 0 ? -1022 : exponent - 1023;
  return `${sign}0x${exponent === 0 ? 0 : 1}.${fraction}p${power < 0 ? '' : '+'}${power}`;
}
