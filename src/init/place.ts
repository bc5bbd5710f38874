/** Where a plan goes: what must not be written over, what the model is called, and how the plan names its file. */
import { stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { modelSlug, slug } from './names.ts';

export const FILES = ['plan.yaml', 'features.sql'] as const;

/** Throws `UserError` where a plan is already, unless that is meant. */
export async function checkFolder(folder: string, force: boolean): Promise<void> {
  const found = await kindOf(folder);
  if (found === 'other') throw new UserError(`${folder} is no folder`, 'name a folder that the plan may lie in');
  for (const file of FILES)
    if (!force && (await kindOf(join(folder, file))) !== undefined)
      throw new UserError(
        `${join(folder, file)} is there already`,
        'name another folder, or add --force to write over it',
      );
}

/** Throws `UserError` when there is no file to read. */
export async function checkFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error.code ?? 'unknown');
  if (typeof found === 'string') {
    const what = found === 'ENOENT' ? 'there is no such file' : `it cannot be read (${found})`;
    throw new UserError(
      `${path}: ${what}`,
      'name a file of rows: --data <file.csv, .parquet or .json, s3://… or https://…>',
    );
  }
  if (!found.isFile()) throw new UserError(`${path} is no file`, 'name one file of rows with --data');
  if (found.size === 0) throw new UserError(`${path} is empty`, 'give it a line of column names, and rows');
}

/** The name that a person gives, or that of the folder. Throws `UserError`. */
export function modelOf(folder: string, given: string | undefined): string {
  if (given === undefined) return modelSlug(basename(resolve(folder)));
  if (/^[a-z][a-z0-9-]{0,29}$/.test(given)) return given;
  throw new UserError(
    `--name is "${given}"`,
    `use 1 to 30 of a-z, 0-9 and "-", starting with a letter, as ${modelSlug(given)}`,
  );
}

/** The source's name in features.sql, of the file's. */
export const tableOf = (uri: string): string =>
  slug(
    basename(uri.replace(/[?#].*$/, ''))
      .replace(/\.gz$/i, '')
      .replace(/\.[a-z]+$/i, ''),
    'data',
    40,
  );

/** A path as seen from the plan; one that climbs far is clearer from the root. */
export function uriFrom(folder: string, path: string): string {
  const seen = relative(resolve(folder), path);
  return isAbsolute(seen) || seen.startsWith('../../../..') ? path : seen;
}

const kindOf = (path: string): Promise<'folder' | 'other' | undefined> =>
  stat(path).then(
    (found) => (found.isDirectory() ? 'folder' : 'other'),
    () => undefined,
  );
