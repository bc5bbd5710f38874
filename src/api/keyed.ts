/** Idempotency-Key: the same request again has the same answer and one effect, also after this process was started anew. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Metrics } from './metrics.ts';
import { ApiProblem } from './problem.ts';
import type { Deps, Identity } from './types.ts';

/** Other headers are nobody's concern here, and stay. */
export const keyHeader = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'give 1 to 200 printable characters without spaces, such as a UUID')
    .optional()
    .meta({ description: 'Yours, new for each thing that you want done: the same request with it again is done once' }),
});

export interface Answer {
  readonly status: 200 | 202;
  readonly body: unknown;
  /** Where to look. */
  readonly location?: string;
}

/** `work` is given an id that Temporal takes up once; none without a key. */
export type Keyed = (
  request: FastifyRequest,
  reply: FastifyReply,
  work: (id: string | undefined) => Promise<Answer>,
) => Promise<unknown>;

export const keyedBy =
  ({ operator, verbs }: Deps, metrics: Metrics): Keyed =>
  async (request, reply, work) => {
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string') return send(reply, await work(undefined));
    const said = [request.method, request.url, request.body ?? null];
    const { id, state, answer } = await verbs.claimRequest(operator, { by: identityOf(request).by, key, said });
    if (state === 'other')
      throw new ApiProblem('key-reused', `the key ${key} came with another request`, 'make a new key for each request');
    if (state === 'answered') {
      metrics.replayed.inc();
      return send(reply.header('idempotency-replayed', 'true'), answer as Answer);
    }
    const made = await work(id);
    // The effect is there: that its answer cannot be kept is no failure of the request.
    await verbs.answerRequest(operator, { id }, made).catch((error: Error) => {
      request.log.warn({ reason: error.message }, 'an answer could not be kept for its key');
    });
    return send(reply, made);
  };

/** Of a route with a role, which is reached with an identity only. */
export function identityOf({ identity }: FastifyRequest): Identity {
  if (!identity) throw new Error('a route without a role asked who it is');
  return identity;
}

function send(reply: FastifyReply, { status, body, location }: Answer): FastifyReply {
  if (location !== undefined) reply.header('location', location);
  return reply.code(status).send(body);
}
