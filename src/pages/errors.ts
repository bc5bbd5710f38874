/** Errors as pages tell them: what was wrong and what mends it; who is not signed in is sent to do so. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KINDS, tell } from '../api/problem.ts';
import { redact } from '../redact.ts';
import { page } from './layout.ts';
import { sendPage } from './send.ts';
import { type Said, viewerOf } from './types.ts';

export function answerAsPage(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const told = tell(error);
  if (told.kind === 'unauthenticated') {
    const next = request.method === 'GET' ? `?next=${encodeURIComponent(request.url)}` : '';
    return reply.redirect(`/login${next}`, 303);
  }
  if (told.kind === 'internal') request.log.error({ err: error }, 'a page failed');
  const [status, title] = KINDS[told.kind];
  const text = page({
    title,
    trail: [['Models', '/']],
    viewer: request.identity ? viewerOf(request.identity) : undefined,
    said: saidOf(error),
    content: [],
  });
  return sendPage(reply.headers(told.headers ?? {}), text, status);
}

/** What is said of what was not done. */
export function saidOf(error: unknown): Said {
  const { detail, hint } = tell(error);
  return { good: false, words: redact(detail), hint: hint && redact(hint) };
}

export const statusOf = (error: unknown): number => KINDS[tell(error).kind][0];
