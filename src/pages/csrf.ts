/** What changes something must come from a page of ours: other sites' forms are refused, whatever the browser sends along. */
import type { FastifyRequest } from 'fastify';
import { ApiProblem } from '../api/problem.ts';

export async function sameOriginOnly(request: FastifyRequest): Promise<void> {
  if (request.method === 'GET' || request.method === 'HEAD' || isOurs(request)) return;
  throw new ApiProblem(
    'forbidden',
    'the form was sent from another site',
    'use the form of this page; scripts use the API',
  );
}

/** Browsers say it themselves; those that do not, and plain HTTP, send the origin at least. Without either it is none of ours. */
function isOurs({ headers, protocol, host }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  return headers.origin === `${protocol}://${host}`;
}
