/** Tokens of an OpenID Connect issuer: signed JWTs, checked by the keys that the issuer publishes. */
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { OidcConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { isRole } from './tokens.ts';
import { type Authenticate, ROLES, type Role } from './types.ts';

/** Asymmetric ones alone: whoever can check a token cannot make one, and `none` is none. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const ANSWERS_WITHIN_MS = 5_000;
const KEYS_FOR_MS = 600_000;
const SKEW_SECONDS = 30;

/** Looks the issuer up when the first token comes, and keeps its keys for ten minutes. */
export function oidc({ issuer, audience, identityClaim, rolesClaim, roles }: OidcConfig): Authenticate {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const keysOf = (): Promise<JWTVerifyGetKey> => {
    keys ??= discover(issuer).catch((error: unknown) => {
      keys = undefined;
      throw unreachable(issuer, error);
    });
    return keys;
  };
  return async (token) => {
    const claims = await verified(token, await keysOf(), { issuer, audience });
    if (!claims) return undefined;
    const by = claims[identityClaim];
    const role = highest(at(claims, rolesClaim), roles);
    if (typeof by !== 'string' || !by.trim() || by.length > 200 || !role) return undefined;
    return { by, role, until: (claims.exp ?? 0) * 1000 };
  };
}

async function verified(
  token: string,
  keys: JWTVerifyGetKey,
  { issuer, audience }: Pick<OidcConfig, 'issuer' | 'audience'>,
): Promise<JWTPayload | undefined> {
  const rules = { issuer, audience, algorithms: ALGORITHMS, requiredClaims: ['exp'], clockTolerance: SKEW_SECONDS };
  try {
    return (await jwtVerify(token, keys, rules)).payload;
  } catch (error) {
    const unanswered = error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;
    if (error instanceof errors.JOSEError && !unanswered && error.code !== 'ERR_JOSE_GENERIC') return undefined;
    throw unreachable(issuer, error);
  }
}

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS), redirect: 'error' });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  const told = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (told.issuer !== issuer) throw new Error(`${url} is of the issuer ${String(told.issuer).slice(0, 200)}`);
  if (typeof told.jwks_uri !== 'string' || !URL.canParse(told.jwks_uri)) throw new Error(`${url} names no jwks_uri`);
  const options = { timeoutDuration: ANSWERS_WITHIN_MS, cacheMaxAge: KEYS_FOR_MS, cooldownDuration: 10_000 };
  return createRemoteJWKSet(new URL(told.jwks_uri), options);
}

const unreachable = (issuer: string, error: unknown): UserError =>
  new UserError(
    `the issuer ${issuer} cannot be asked: ${(error as Error).message}`,
    'try again; check PERENNIAL_OIDC_ISSUER',
    'unanswered',
  );

/** A claim by its path; one that has dots in its own name is found, too. */
function at(claims: JWTPayload, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path
    .split('.')
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], claims);
}

/** The highest role that any of the claim's texts stands for. */
function highest(claim: unknown, roles: OidcConfig['roles']): Role | undefined {
  const said = [claim].flat().filter((one) => typeof one === 'string');
  const found = said.map((one) => (Object.hasOwn(roles, one) ? roles[one] : undefined)).filter(isRole);
  return [...ROLES].reverse().find((role) => found.includes(role));
}
