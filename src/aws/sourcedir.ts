/** The training script as SageMaker takes it: sourcedir.tar.gz, the same bytes for the same files. */
import { appendFile, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { create } from 'tar';
import type { ObjectRef } from '../activities/types.ts';
import { permanent } from '../failures.ts';
import { keys } from '../names.ts';
import { contentOfFile } from './content.ts';
import { TRAIN_PROGRAM } from './image.ts';
import type { Store } from './store.ts';

const REQUIREMENTS = 'requirements.txt';

/**
 * Packs `*.py` and requirements.txt of a folder (with its Python packages) and uploads it under its own sha256. `own`
 * are a person's files by path: they go under `user/`, and their requirements.txt is added to ours.
 */
export async function uploadSourcedir(
  store: Store,
  folder: string,
  own: Readonly<Record<string, string>> = {},
): Promise<ObjectRef> {
  if (!(await sources(folder)).includes(TRAIN_PROGRAM))
    throw permanent('InvalidRequest', `${folder} has no ${TRAIN_PROGRAM}: the worker's installation is not complete`);
  const work = await mkdtemp(join(tmpdir(), 'sourcedir-'));
  try {
    const laid = join(work, 'code');
    for (const path of await sources(folder)) await cp(join(folder, path), join(laid, path));
    await layOwn(laid, own);
    const file = join(work, 'sourcedir.tar.gz');
    // Nothing of this machine goes in: no times, owners or order of the file system.
    await create(
      { file, cwd: laid, gzip: { level: 9 }, portable: true, noMtime: true, noPax: true },
      await sources(laid),
    );
    const { sha256 } = await contentOfFile(file);
    return await store.putFile(keys.code(sha256), file, 'application/gzip');
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function layOwn(laid: string, own: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(own)) {
    const needed = basename(path) === REQUIREMENTS;
    if (needed) await appendFile(join(laid, REQUIREMENTS), `\n${text}\n`);
    const target = join(laid, 'user', path);
    await mkdir(dirname(target), { recursive: true });
    if (!needed) await writeFile(target, text);
  }
}

async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries
    .filter((path) => !path.split(/[\\/]/).some((part) => part.startsWith('.') || part === '__pycache__'))
    .filter((path) => path.endsWith('.py') || path === REQUIREMENTS)
    .sort();
}
