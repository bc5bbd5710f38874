/** Who comes in: so many requests an address, a known token, a role that suffices, so many requests a person. */
import rateLimit from '@fastify/rate-limit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiProblem } from './problem.ts';
import type { Sessions } from './session.ts';
import { type Api, type Authenticate, type Identity, ROLES } from './types.ts';

/** Requests a minute. */
export interface Limits {
  /** Of one address, whoever asks. */
  readonly address: number;
  /** Of one address with tokens that nobody knows: guessing gets nowhere. */
  readonly failed: number;
  /** Of one identity, from anywhere. */
  readonly identity: number;
}

export const LIMITS: Limits = { address: 3_000, failed: 30, identity: 600 };

const MINUTE = 60_000;
const CHALLENGE = { 'www-authenticate': 'Bearer realm="perennial"' };
const MEND = 'send "Authorization: Bearer <token>"; docs/api.md says where tokens come from';

/** Finds out who a token stands for. Throws `ApiProblem` of one that is not known, or when an address guesses too often. */
export type Admit = (request: FastifyRequest, token: string) => Promise<Identity>;

/** Before anything of a request but its head is read. */
export async function guard(api: Api, authenticate: Authenticate, sessions: Sessions, limits: Limits): Promise<Admit> {
  await api.register(rateLimit, { global: false, timeWindow: MINUTE, cache: 10_000 });
  const byAddress = (name: string) => (request: FastifyRequest) => `${name} ${request.ip}`;
  const ofAddress = api.createRateLimit({ max: limits.address, keyGenerator: byAddress('all') });
  const ofFailed = api.createRateLimit({ max: limits.failed, keyGenerator: byAddress('failed') });
  const ofIdentity = api.createRateLimit({
    max: limits.identity,
    keyGenerator: ({ identity }) => `by ${identity?.by}`,
  });
  type Limiter = typeof ofAddress;

  async function within(limiter: Limiter, request: FastifyRequest, reply?: FastifyReply, increment = true) {
    const limit = await limiter(request, { increment });
    if (limit.isAllowed) return;
    const { max, remaining, ttlInSeconds } = limit;
    const rate = { 'ratelimit-limit': max, 'ratelimit-remaining': remaining, 'ratelimit-reset': ttlInSeconds };
    reply?.headers(rate);
    if (!increment ? remaining > 0 : !limit.isExceeded) return;
    const after = String(Math.max(1, ttlInSeconds));
    throw new ApiProblem('too-many-requests', `more than ${max} in a minute`, `ask again in ${after} s`, {
      'retry-after': after,
    });
  }

  const admit: Admit = async (request, token) => {
    await within(ofFailed, request, undefined, false);
    const identity = await authenticate(token);
    if (identity) return identity;
    await within(ofFailed, request);
    throw new ApiProblem('unauthenticated', 'the token is not known, or has ended', MEND, {
      'www-authenticate': `${CHALLENGE['www-authenticate']}, error="invalid_token"`,
    });
  };

  api.decorateRequest('identity', null);
  api.addHook('onRequest', async (request, reply) => {
    await within(ofAddress, request);
    const { role, session } = request.routeOptions.config;
    if (role === undefined) return;
    const token = (session && sessions.tokenOf(request)) || tokenOf(request);
    const identity = await admit(request, token);
    request.identity = identity;
    await within(ofIdentity, request, reply);
    if (ROLES.indexOf(identity.role) < ROLES.indexOf(role))
      throw new ApiProblem(
        'forbidden',
        `${identity.by} is ${identity.role}, and this needs ${role}`,
        `ask one who is ${role}`,
      );
  });
  return admit;
}

/** Of a request with a role. Throws `ApiProblem` where there is none. */
export function tokenOf({ headers: { authorization } }: FastifyRequest): string {
  if (authorization === undefined) throw new ApiProblem('unauthenticated', 'no token was sent', MEND, CHALLENGE);
  const [, token] = /^Bearer +([\x21-\x7e]{1,8192})$/i.exec(authorization) ?? [];
  if (token === undefined)
    throw new ApiProblem('unauthenticated', 'the Authorization header holds no bearer token', MEND, CHALLENGE);
  return token;
}
