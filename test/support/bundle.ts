/** One bundle of the workflows for all rooms, kept in `build/`: made anew only when the sources or the SDK changed. */
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DefaultLogger } from '@temporalio/worker';
import { ROOT } from '../../local/home.ts';
import { bundleWorkflows } from '../../src/temporal/workflow-code.ts';

const FOLDER = join(ROOT, 'build', 'bundles');
const A_DAY_MS = 24 * 3_600_000;

let made: Promise<string> | undefined;

/** Its path, which a worker may be told by `PERENNIAL_WORKFLOW_BUNDLE`. */
export function bundleFile(): Promise<string> {
  made ??= kept();
  return made;
}

async function kept(): Promise<string> {
  const file = join(FOLDER, `${await fingerprint()}.js`);
  if (await there(file)) return file;
  const { code } = await bundleWorkflows({ logger: new DefaultLogger('WARN') });
  await mkdir(FOLDER, { recursive: true });
  await removeOld();
  // Another room may make the same one meanwhile.
  const own = `${file}.${process.pid}`;
  await writeFile(own, code);
  await rename(own, file);
  return file;
}

async function fingerprint(): Promise<string> {
  const sources = (await readdir(join(ROOT, 'src'), { recursive: true })).filter((path) => path.endsWith('.ts')).sort();
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', ...sources.map((path) => join('src', path))])
    hash.update(`${file}\0`).update(await readFile(join(ROOT, file)));
  return hash.digest('hex');
}

async function removeOld(): Promise<void> {
  for (const name of await readdir(FOLDER)) {
    const file = join(FOLDER, name);
    if ((await stat(file)).mtimeMs < Date.now() - A_DAY_MS) await rm(file);
  }
}

const there = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
