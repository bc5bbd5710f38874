/** The keys that payloads are encrypted with: a file of its owner's, one key a line, the newest first. Never logged, never quoted. */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { UserError } from '../errors.ts';

export interface CodecKey {
  readonly id: string;
  /** Shows nothing of itself when it is printed. */
  readonly secret: KeyObject;
}

export const KEYS_VARIABLE = 'PERENNIAL_CODEC_KEYS_FILE';
const KEY_BYTES = 32;
const MOST_BYTES = 64 * 1024;

/** The keys in a file; none when there is no path. Throws `UserError` that names the line, and never what stands in it. */
export function readCodecKeys(path: string | undefined): readonly CodecKey[] {
  if (path === undefined) return [];
  const lines = readSecretFile(path, KEYS_VARIABLE).split('\n');
  const keys = lines.flatMap((line, at) => (/^\s*(#|$)/.test(line) ? [] : [keyOf(line, `${path}:${at + 1}`)]));
  if (keys.length === 0)
    throw new UserError(`${path} holds no key`, 'write a line "<id> <32 bytes in base64>"; see docs/encryption.md');
  const twice = keys.find(({ id }, at) => keys.findIndex((other) => other.id === id) !== at);
  if (twice) throw new UserError(`${path} has two keys "${twice.id}"`, 'give each key an id of its own');
  return keys;
}

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

function keyOf(line: string, place: string): CodecKey {
  const [id = '', text = '', ...more] = line.trim().split(/\s+/);
  const mend = 'write "<id> <32 bytes in base64>", such as "2026-11 $(openssl rand -base64 32)" makes';
  if (more.length > 0 || !/^[A-Za-z0-9._-]{1,64}$/.test(id))
    throw new UserError(`${place} is no key: an id is letters, digits, ".", "_" and "-"`, mend);
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== KEY_BYTES || bytes.toString('base64') !== text)
    throw new UserError(`${place}: the key "${id}" is not ${KEY_BYTES} bytes in base64`, mend);
  return { id, secret: createSecretKey(bytes) };
}

const TOKEN_VARIABLE = 'PERENNIAL_CODEC_TOKEN_FILE';
const TOKEN_CHARACTERS = 16;

/** The token in a file; none when there is no path. Throws `UserError`. */
export function readToken(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const token = readSecretFile(path, TOKEN_VARIABLE).trim();
  if (token.length >= TOKEN_CHARACTERS && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new UserError(
    `${path} holds no token of ${TOKEN_CHARACTERS} characters or more`,
    'make one by: openssl rand -hex 32',
  );
}
