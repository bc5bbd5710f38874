/** Static tokens: a file of their ids, roles and hashes; the tokens themselves are nowhere. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { UserError } from '../errors.ts';
import { readSecretFile } from '../secret-file.ts';
import { type Identity, ROLES, type Role } from './types.ts';

export const TOKENS_VARIABLE = 'PERENNIAL_API_TOKENS_FILE';
const MEND = 'write "<id> <role> <sha256 of the token>" as "perennial token <id> --role <role>" makes it';

export interface StaticToken {
  readonly id: string;
  readonly role: Role;
  readonly sha256: Buffer;
}

/** The tokens of a file. Throws `UserError` that names the line. */
export function readTokens(path: string): readonly StaticToken[] {
  const lines = readSecretFile(path, TOKENS_VARIABLE).split('\n');
  const tokens = lines.flatMap((line, at) => (/^\s*(#|$)/.test(line) ? [] : [tokenOf(line, `${path}:${at + 1}`)]));
  const twice = tokens.find(({ id }, at) => tokens.findIndex((other) => other.id === id) !== at);
  if (twice) throw new UserError(`${path} has two tokens of "${twice.id}"`, 'give each an id of its own');
  return tokens;
}

function tokenOf(line: string, place: string): StaticToken {
  const [id = '', role = '', hash = '', ...more] = line.trim().split(/\s+/);
  if (more.length > 0 || !isTokenId(id)) throw new UserError(`${place} is no token`, MEND);
  if (!isRole(role)) throw new UserError(`${place}: "${id}" has no role of ${ROLES.join(', ')}`, MEND);
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new UserError(`${place}: "${id}" has no sha256 in hexadecimal digits`, MEND);
  return { id, role, sha256: Buffer.from(hash, 'hex') };
}

export const isTokenId = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/.test(text);
export const isRole = (text: unknown): text is Role => (ROLES as readonly unknown[]).includes(text);

/** Every token is compared, and each in constant time: how long it takes tells nothing. */
export function holderOf(tokens: readonly StaticToken[], token: string): Identity | undefined {
  const hash = createHash('sha256').update(token).digest();
  let found: Identity | undefined;
  for (const { id, role, sha256 } of tokens) if (timingSafeEqual(hash, sha256)) found = { by: id, role };
  return found;
}

/** A new token, and the line that lets it in. */
export function newToken(id: string, role: Role): { token: string; line: string } {
  const token = `perennial_${randomBytes(32).toString('base64url')}`;
  return { token, line: `${id} ${role} ${createHash('sha256').update(token).digest('hex')}` };
}
