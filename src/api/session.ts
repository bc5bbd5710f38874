/**
 * A browser's session: the person's own token in a cookie, sealed by a key of the server's. Nothing is kept here, so a session
 * lives through a restart and in every process that has the key; the token is looked at again with each request.
 */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { UserError } from '../errors.ts';
import { readSecretFile } from '../secret-file.ts';
import { ApiProblem } from './problem.ts';
import { seal, unseal } from './sealed.ts';

export const KEY_VARIABLE = 'PERENNIAL_API_SESSION_KEY_FILE';

export interface Sessions {
  /** The Set-Cookie of a session. Throws `ApiProblem` when the token is too long for one. */
  begin(request: FastifyRequest, token: string, until?: number): string;
  /** The Set-Cookie that ends it. */
  end(request: FastifyRequest): string;
  /** The token of a session that has not ended. */
  tokenOf(request: FastifyRequest): string | undefined;
}

const LONGEST_MS = 12 * 3_600_000;
/** Browsers take cookies of 4096 bytes, name and all. */
const MOST = 3_900;
const PURPOSE = 'perennial session 1';

/** The key of a file, which all processes of one address share. Throws `UserError`. */
export function sessionKey(path: string): Buffer {
  const text = readSecretFile(path, KEY_VARIABLE).trim();
  if (text.length < 32)
    throw new UserError(`${path} holds fewer than 32 characters`, `make it anew: openssl rand -base64 32 > ${path}`);
  return createHash('sha256').update(text).digest();
}

export function sessionsBy(key: Buffer): Sessions {
  // Over https the browser itself sees to it that no other host, path or plain connection set it.
  const name = ({ protocol }: FastifyRequest) => (protocol === 'https' ? '__Host-perennial' : 'perennial');
  const cookie = (request: FastifyRequest, value: string, seconds: number) =>
    `${name(request)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${request.protocol === 'https' ? '; Secure' : ''}`;

  return {
    begin(request, token, until = Number.POSITIVE_INFINITY) {
      const end = Math.min(until, Date.now() + LONGEST_MS);
      const sealed = seal(key, PURPOSE, `${end} ${token}`);
      if (sealed.length > MOST)
        throw new ApiProblem('unusable', 'the token is too long for a session', 'ask for one with fewer claims');
      return cookie(request, sealed, Math.max(0, Math.floor((end - Date.now()) / 1000)));
    },
    end: (request) => cookie(request, '', 0),
    tokenOf(request) {
      const [, end = '0', token] =
        /^(\d+) (.+)$/.exec(unseal(key, PURPOSE, cookieOf(request, name(request))) ?? '') ?? [];
      return Number(end) > Date.now() ? token : undefined;
    },
  };
}

function cookieOf({ headers }: FastifyRequest, name: string): string {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
}
