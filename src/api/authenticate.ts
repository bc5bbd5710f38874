/** Who sent a token: one of the file, or somebody whom the issuer vouches for. */
import { statSync } from 'node:fs';
import type { FastifyBaseLogger } from 'fastify';
import type { ApiConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { oidc } from './oidc.ts';
import { holderOf, readTokens, type StaticToken } from './tokens.ts';
import type { Authenticate } from './types.ts';

/** Throws `UserError` when nobody could come in, and when the file is not right. */
export function authenticator({ tokensFile, oidc: issuer }: ApiConfig, log: FastifyBaseLogger): Authenticate {
  if (tokensFile === undefined && issuer === undefined)
    throw new UserError(
      'nobody may use the API: there are no tokens and no issuer',
      'make a token by "perennial token <id> --role operator --file <file>" and name the file by PERENNIAL_API_TOKENS_FILE, or set PERENNIAL_OIDC_ISSUER and PERENNIAL_OIDC_AUDIENCE',
    );
  const tokens = tokensFile === undefined ? () => [] : watched(tokensFile, log);
  const vouched = issuer && oidc(issuer);
  return async (token) => {
    const holder = holderOf(tokens(), token);
    if (holder) return holder;
    // Three parts: what is no JWT is not the issuer's.
    return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token) ? vouched?.(token) : undefined;
  };
}

/** Reads the file again when it changed: a token that is taken out is out at once. One that went wrong lets nobody in. */
function watched(path: string, log: FastifyBaseLogger): () => readonly StaticToken[] {
  let tokens = readTokens(path);
  let read = changeOf(path);
  return () => {
    const now = changeOf(path);
    if (now === read) return tokens;
    read = now;
    try {
      tokens = readTokens(path);
      log.info({ tokens: tokens.length }, 'the file of tokens was read again');
    } catch (error) {
      tokens = [];
      log.error({ reason: (error as Error).message }, 'the file of tokens is not right: its tokens are not taken');
    }
    return tokens;
  };
}

function changeOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.ino} ${found.mtimeMs} ${found.ctimeMs} ${found.size}` : '';
}
