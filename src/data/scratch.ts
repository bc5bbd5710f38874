/** Folders for the work of one process, and the end of those that a killed process left behind. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Says whose a folder is, also where several machines or containers share the place. */
const OURS = `perennial-${hostname()}-`;
let swept: Promise<void> | undefined;

/** A new folder, to be removed by who asked for it. The first one of a process removes what the dead left. */
export async function scratchFolder(): Promise<string> {
  swept ??= sweep();
  await swept;
  return mkdtemp(join(tmpdir(), `${OURS}${process.pid}-`));
}

async function sweep(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(OURS));
  const left = names.filter((name) => {
    const pid = Number.parseInt(name.slice(OURS.length), 10);
    // A container's restart gives the same number again: what bears ours before we made any is not ours.
    return pid === process.pid || !isAlive(pid);
  });
  await Promise.all(left.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true })));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
