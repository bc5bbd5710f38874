/** A small text file that nobody but its owner may read: keys and tokens. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { UserError } from './errors.ts';

const MOST_BYTES = 64 * 1024;

/** The text of a file that only its owner may read. Throws `UserError`; `variable` is what named the file. */
export function readSecretFile(path: string, variable: string): string {
  const file = open(path, variable);
  try {
    const found = fstatSync(file);
    if (!found.isFile() || found.size > MOST_BYTES)
      throw new UserError(`${path} is no small text file`, `name another file by ${variable}`);
    // A secret that a cluster mounts is root's, and the process reads it by its group.
    const mounted = found.uid === 0 && process.getuid?.() !== 0;
    if (found.mode & (mounted ? 0o027 : 0o077))
      throw new UserError(`${path} may be read by others than its owner`, `run: chmod 600 ${path}`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function open(path: string, variable: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new UserError(`${path} cannot be read (${code})`, `correct ${variable}, or the rights of the file`);
  }
}
