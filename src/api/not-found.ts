/** Paths that are none, and methods that a path does not have: 404, and 405 with what it has. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answer, answerError } from './problem.ts';
import type { Api } from './types.ts';

/** Before the routes, which it listens to. */
export function notFound(api: Api): void {
  const known = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  api.addHook('onRoute', ({ url, method }) => {
    const entry = known.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) entry.methods.add(one);
    known.set(url, entry);
  });
  api.setNotFoundHandler(nowhere);
  // Fastify refuses some methods (QUERY without a type, say) before it finds that nothing is there.
  api.setErrorHandler((error, request, reply) =>
    request.is404 ? nowhere(request, reply) : answerError(error, request, reply),
  );

  function nowhere(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const path = request.url.split('?')[0] ?? '';
    const methods = [...known.values()].filter(({ pattern }) => pattern.test(path)).flatMap((one) => [...one.methods]);
    if (methods.length === 0)
      return answer(reply, {
        kind: 'not-found',
        detail: `there is nothing at ${path.slice(0, 200)}`,
        hint: 'see /docs',
      });
    const allow = [...new Set(methods)].sort().join(', ');
    const detail = `${request.method} is no method of ${path.slice(0, 200)}`;
    return answer(reply, { kind: 'method-not-allowed', detail, hint: `use ${allow}`, headers: { allow } });
  }
}

const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll(/:\w+/g, '[^/]+')
      .replaceAll('*', '.*')}$`,
  );
