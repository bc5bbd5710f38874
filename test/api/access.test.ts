import assert from 'node:assert/strict';
import { aModel, play, problemOf } from './support.ts';

describe('who may use the API', () => {
  const verbs = { status: async () => aModel('tiny'), pause: async () => aModel('tiny') };

  it('is nobody without a token, and nobody with one that is not known', async () => {
    const { ask } = await play({ verbs });
    const without = await ask('GET', '/v1/models/tiny');
    problemOf(without, 401);
    assert.equal(without.headers['www-authenticate'], 'Bearer realm="perennial"');
    for (const authorization of ['Bearer token-of-nobody', 'Basic dmVyYTp4', 'Bearer', `Bearer ${'x'.repeat(9_000)}`]) {
      const answer = await ask('GET', '/v1/models/tiny', { headers: { authorization } });
      problemOf(answer, 401);
      assert.match(String(answer.headers['www-authenticate']), /^Bearer/);
    }
  });

  it('is asked before anything of the request is read', async () => {
    const { ask } = await play({ verbs });
    problemOf(await ask('POST', '/v1/models/NONE/pause', { body: { not: 'right' } }), 401);
    problemOf(await ask('POST', '/v1/models/NONE/pause', { as: 'vera', body: { not: 'right' } }), 403);
  });

  it('grows by role: who views may not run, who runs may not approve', async () => {
    const { ask, api } = await play({ verbs });
    const paths = Object.entries((api.swagger() as unknown as Described).paths);
    const wanted = paths.flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { 'x-role': role }]) => ({ path, method: method.toUpperCase(), role })),
    );
    const [viewer, operator, approver] = ['viewer', 'operator', 'approver'].map((role) =>
      wanted.filter((route) => route.role === role),
    );
    assert.ok(viewer?.length && operator?.length);
    assert.deepEqual(approver?.map(({ method, path }) => `${method} ${path}`).sort(), [
      'POST /v1/models/{model}/cycles/{cycle}/decision',
      'POST /v1/models/{model}/retire',
      'POST /v1/models/{model}/rollback',
      'POST /v1/models/{model}/rollout/abort',
      'POST /v1/models/{model}/rollout/promote',
      'POST /v1/sweep',
    ]);
    const at = (path: string) => path.replace('{model}', 'tiny').replace('{cycle}', '1');
    for (const { method, path } of [...(operator ?? []), ...(approver ?? [])])
      problemOf(await ask(method, at(path), { as: 'vera', body: method === 'GET' ? undefined : {} }), 403);
    for (const { method, path } of approver ?? [])
      problemOf(await ask(method, at(path), { as: 'oleg', body: {} }), 403);
    assert.equal((await ask('POST', '/v1/models/tiny/pause', { as: 'anna', body: {} })).status, 200);
  });

  it('is who the token says: a body that says another is refused', async () => {
    const { ask } = await play({ verbs });
    const { detail } = problemOf(await ask('POST', '/v1/models/tiny/pause', { as: 'oleg', body: { by: 'anna' } }), 400);
    assert.match(detail, /body, by: there is no such key/);
    const { body } = await ask('POST', '/v1/models/tiny/pause', { as: 'oleg', body: { reason: 'why' } });
    assert.deepEqual(body, { model: 'tiny', by: 'oleg', reason: 'why', paused: true });
  });

  it('is held to so many requests a minute, each person by itself', async () => {
    const { ask } = await play({ verbs, options: { limits: { address: 100, failed: 100, identity: 3 } } });
    for (const _ of [1, 2, 3]) assert.equal((await ask('GET', '/v1/models/tiny', { as: 'vera' })).status, 200);
    const answer = await ask('GET', '/v1/models/tiny', { as: 'vera' });
    problemOf(answer, 429);
    assert.ok(Number(answer.headers['retry-after']) > 0);
    assert.equal((await ask('GET', '/v1/models/tiny', { as: 'oleg' })).status, 200);
  });

  it('cannot be found out by guessing: an address with wrong tokens is shut out, right ones included', async () => {
    const { ask } = await play({ verbs, options: { limits: { address: 100, failed: 2, identity: 100 } } });
    const guess = () => ask('GET', '/v1/models/tiny', { headers: { authorization: 'Bearer guess' } });
    problemOf(await guess(), 401);
    problemOf(await guess(), 401);
    problemOf(await guess(), 429);
    problemOf(await ask('GET', '/v1/models/tiny', { as: 'vera' }), 429);
  });

  it('is held to so many requests an address before it is asked who it is', async () => {
    const { ask } = await play({ verbs, options: { limits: { address: 2, failed: 100, identity: 100 } } });
    await ask('GET', '/v1/models/tiny');
    await ask('GET', '/healthz');
    problemOf(await ask('GET', '/v1/models/tiny', { as: 'vera' }), 429);
  });
});

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly 'x-role'?: string }>>>>;
}
