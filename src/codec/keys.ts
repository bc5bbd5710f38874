/** The keys that payloads are encrypted with: a file of its owner's, one key a line, the newest first. Never logged, never quoted. */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { UserError } from '../errors.ts';
import { readSecretFile } from '../secret-file.ts';

export interface CodecKey {
  readonly id: string;
  /** Shows nothing of itself when it is printed. */
  readonly secret: KeyObject;
}

export const KEYS_VARIABLE = 'PERENNIAL_CODEC_KEYS_FILE';
const KEY_BYTES = 32;

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
