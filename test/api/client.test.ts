/** A client that is generated from the API's description: its types are the compiler's to check, its requests the API's. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import createClient from 'openapi-fetch';
import { clientTypes } from '../../scripts/client-types.ts';
import { readsOn } from '../../src/api/reads.ts';
import { type Chronicle, chronicle } from '../operations/chronicle.ts';
import type { paths } from './generator/openapi.ts';
import { aModel, missing, type Played, play } from './support.ts';

describe('a generated client', function () {
  this.timeout(120_000);
  const wished: unknown[] = [];
  let played: Played;
  let told: Chronicle;
  let client: ReturnType<typeof createClient<paths>>;
  before(async () => {
    told = await chronicle();
    for (const cycle of [1, 2]) await told.cycle(cycle);
    played = await play({
      reads: readsOn(() => told.archive),
      verbs: {
        listModels: async () => [{ model: 'tiny', version: 3, startedAt: '2026-01-01T00:00:00.000Z' }],
        status: async (_, { model }) => {
          if (model !== 'tiny') throw missing(model);
          return aModel('tiny', { cycles: 2 });
        },
        requestCycle: async (_, wish) => {
          wished.push(wish.reason);
          return { accepted: true, wish: 1, cycle: 3 };
        },
      },
    });
    const baseUrl = await played.api.listen({ port: 0, host: '127.0.0.1' });
    client = createClient<paths>({ baseUrl, headers: { authorization: 'Bearer token-of-oleg' } });
  });
  after(async () => {
    await played?.api.close();
    await told?.store.remove();
  });

  it('is made from what the description says now (npm run docs writes it)', async () => {
    assert.equal(await readFile('test/api/generator/openapi.ts', 'utf8'), await clientTypes());
  });

  it('reads, starts, and is told what is wrong, by types', async () => {
    const { data: page } = await client.GET('/v1/models', { params: { query: { limit: '10' } } });
    assert.equal(page?.items[0]?.version, 3);
    const { data: tiny } = await client.GET('/v1/models/{model}', { params: { path: { model: 'tiny' } } });
    assert.equal(tiny?.cycles, 2);
    const params = { path: { model: 'tiny' } };
    const { data: wish, response } = await client.POST('/v1/models/{model}/cycles', {
      params,
      body: { reason: 'new data' },
    });
    assert.equal(wish?.cycle, 3);
    assert.equal(response.headers.get('location'), '/v1/models/tiny/cycles/3');
    assert.deepEqual(wished, ['new data']);
    const { error } = await client.GET('/v1/models/{model}', { params: { path: { model: 'other' } } });
    assert.equal(error?.detail, 'there is no model "other"');
    const { data: history } = await client.GET('/v1/models/{model}/history', { params });
    const [newest] = history?.events ?? [];
    assert.ok(newest?.kind === 'cycle' && newest.version === 2 && newest.metrics?.auc?.value === 0.7);
    const { data: both } = await client.GET('/v1/models/{model}/compare', { params });
    assert.deepEqual(
      both?.sides.map((one) => one?.version),
      [1, 2],
    );
    const report = { path: { model: 'tiny', report: 'cycle-1' } };
    const { data: html } = await client.GET('/v1/models/{model}/reports/{report}/html', {
      params: report,
      parseAs: 'text',
    });
    assert.match(html ?? '', /Evaluation of cycle 1/);
    // @ts-expect-error The description says that it is a text.
    const { error: refused } = await client.POST('/v1/models/{model}/cycles', { params, body: { reason: 7 } });
    assert.equal(refused?.problems?.[0]?.path, 'reason');
  });
});
