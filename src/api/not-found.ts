/** Paths that are none, and methods that a path does not have: 404, and 405 with what it has. */
import { answer } from './problem.ts';
import type { Api } from './types.ts';

/** Before the routes, which it listens to. */
export function notFound(api: Api): void {
  const known = new Map<string, { pattern: RegExp; methods: Set<string> }>();
  api.addHook('onRoute', ({ url, method }) => {
    const entry = known.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) entry.methods.add(one);
    known.set(url, entry);
  });
  api.setNotFoundHandler((request, reply) => {
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
  });
}

const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll(/:\w+/g, '[^/]+')
      .replaceAll('*', '.*')}$`,
  );
