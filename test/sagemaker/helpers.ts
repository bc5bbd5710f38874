/** Waiting for a condition, packing archives, and telling whether a process is there. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tar from 'tar';
import { untilNextMs } from '../support/until.ts';

/** Looks until `condition` gives something truthy, and gives it; an exception counts as "not yet". */
export async function until<T>(
  what: string,
  condition: () => Promise<T> | T,
  seconds = 50,
): Promise<Exclude<T, false | null | undefined>> {
  const begun = Date.now();
  let last: unknown;
  while (Date.now() < begun + seconds * 1000) {
    try {
      const found = await condition();
      if (found) return found as Exclude<T, false | null | undefined>;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, untilNextMs(Date.now() - begun)));
  }
  throw new Error(`waited in vain for: ${what}${last ? ` (${last})` : ''}`);
}

/** A tar.gz of these files. */
export async function pack(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'pack-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const file = join(folder, 'archive.tar.gz');
  await tar.create({ gzip: true, file, cwd: folder }, Object.keys(files));
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true });
  return bytes;
}

/** The files of a tar.gz as text. */
export async function unpack(archive: Buffer): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'unpack-'));
  const file = join(folder, 'archive.tar.gz');
  writeFileSync(file, archive);
  const names: string[] = [];
  await tar.extract({ file, cwd: folder, onReadEntry: (entry) => names.push(entry.path) });
  const found = Object.fromEntries(
    names.filter((name) => !name.endsWith('/')).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
  rmSync(folder, { recursive: true });
  return found;
}

/** Whether a process is there and is no zombie. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || readFileSync(stat, 'utf8').split(') ')[1]?.[0] !== 'Z';
}
