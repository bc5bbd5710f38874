/** A model.tar.gz as train.py lays it out, and the sha256 that a ledger names it by. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from 'tar';
import { modelIdentity } from '../../src/data/model-identity.ts';

export interface Parts {
  readonly model: string;
  readonly transform?: string;
}

/** In `folder`, which is made. */
export async function aModel(
  folder: string,
  { model, transform = '{}' }: Parts,
): Promise<{ path: string; sha256: string }> {
  await mkdir(join(folder, 'transform'), { recursive: true });
  await writeFile(join(folder, 'model.txt'), model);
  await writeFile(join(folder, 'transform', 'transform.json'), transform);
  await writeFile(join(folder, 'model.json'), '{"format": 2, "file": "model.txt", "validation": {"auc": 1e-05}}');
  const path = join(folder, 'model.tar.gz');
  await create({ gzip: true, file: path, cwd: folder }, ['model.txt', 'transform', 'model.json']);
  return { path, sha256: (await modelIdentity(path)) ?? '' };
}
