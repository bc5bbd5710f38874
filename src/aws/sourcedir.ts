/** The training script as SageMaker takes it: sourcedir.tar.gz, the same bytes for the same files. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import type { ObjectRef } from '../activities/types.ts';
import { permanent } from '../failures.ts';
import { keys } from '../names.ts';
import { contentOfFile } from './content.ts';
import { TRAIN_PROGRAM } from './image.ts';
import type { Store } from './store.ts';

/** Packs `*.py` and requirements.txt of a folder (with its Python packages) and uploads it under its own sha256. */
export async function uploadSourcedir(store: Store, folder: string): Promise<ObjectRef> {
  const files = await sources(folder);
  if (!files.includes(TRAIN_PROGRAM))
    throw permanent('InvalidRequest', `${folder} has no ${TRAIN_PROGRAM}: the worker's installation is not complete`);
  const work = await mkdtemp(join(tmpdir(), 'sourcedir-'));
  try {
    const file = join(work, 'sourcedir.tar.gz');
    // Nothing of this machine goes in: no times, owners or order of the file system.
    await create({ file, cwd: folder, gzip: { level: 9 }, portable: true, noMtime: true, noPax: true }, files);
    const { sha256 } = await contentOfFile(file);
    return await store.putFile(keys.code(sha256), file, 'application/gzip');
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function sources(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries
    .filter((path) => !path.split(/[\\/]/).some((part) => part.startsWith('.') || part === '__pycache__'))
    .filter((path) => path.endsWith('.py') || path === 'requirements.txt')
    .sort();
}
