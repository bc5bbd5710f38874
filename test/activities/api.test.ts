import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import pino from 'pino';
import { apiActivities } from '../../src/activities/api.ts';
import type { PredictionApi } from '../../src/activities/types.ts';
import { findApi, readApiKey } from '../../src/aws/api.ts';
import { createStore } from '../../src/aws/store.ts';
import { keys } from '../../src/names.ts';
import { tellLabels } from '../../src/operations/labels.ts';
import { runActivity } from '../support/activity.ts';
import { type LaptopCloud, laptopCloud } from '../support/cloud.ts';
import { tinyFrozen } from '../support/plan.ts';

describe('making the prediction API of a model', () => {
  let laptop: LaptopCloud;
  let log = '';
  let ensure: () => Promise<PredictionApi>;

  before(async function () {
    this.timeout(180_000);
    laptop = await laptopCloud();
    const { aws, config } = laptop;
    const sink = new Writable({
      write(chunk, _encoding, done) {
        log += chunk;
        done();
      },
    });
    const deps = { aws, config, store: createStore(aws.s3, config.bucket), log: pino({ level: 'trace' }, sink) };
    const frozen = tinyFrozen({ model: 'made', deploy: { api: { rate: 50, burst: 60 } } });
    ensure = () => runActivity(apiActivities(deps).ensureApi, { frozen, endpoint: 'made' });
  });

  it('gives its URL and the ids by which it is found again, twice the same', async () => {
    const api = await ensure();
    assert.deepEqual(await ensure(), api);
    assert.deepEqual(await findApi(laptop.aws, 'made'), { apiId: api.apiId, keyId: api.keyId });
    assert.ok(api.url.endsWith(`/${api.apiId}/live/predictions`), api.url);
  });

  it('answers there: to who has a key, that the model is not deployed yet', async () => {
    const { url, keyId } = await ensure();
    const ask = (headers: Record<string, string>) =>
      fetch(url, { method: 'POST', headers, body: '{"instances":[{"x":1}]}', signal: AbortSignal.timeout(30_000) });
    assert.equal((await ask({})).status, 403);
    const answered = await ask({ 'x-api-key': await readApiKey(laptop.aws, keyId) });
    assert.equal(answered.status, 503);
    assert.match(await answered.text(), /not deployed or not ready/);
  });

  it('takes outcomes of its kind of problem from `perennial labels`, and keeps them under the model', async () => {
    await ensure();
    const store = createStore(laptop.aws.s3, laptop.config.bucket);
    const outcomes = Array.from({ length: 1_200 }, (_, at) => ({ id: `r-${at}/0`, outcome: at % 2 === 0 }));
    const steps: number[] = [];
    const progress = (accepted: number) => steps.push(accepted);
    assert.deepEqual(await tellLabels(laptop.config, { model: 'made', outcomes, progress }), { accepted: 1_200 });
    assert.deepEqual(steps, [1_000, 1_200]);
    const objects = await store.list(`${keys.groundTruth('made')}/`);
    const texts = await Promise.all(objects.map(({ uri }) => store.getText(uri)));
    assert.equal(texts.join('').trimEnd().split('\n').length, 1_200);

    const wrong = [...outcomes.slice(0, 1_000), { id: 'r/0', outcome: 'late' }];
    await assert.rejects(tellLabels(laptop.config, { model: 'made', outcomes: wrong }), {
      message: /^outcomes 1001 to 1001: the API answers 400: outcomes\[0\]\.outcome: expected true, false, 1 or 0/,
      hint: /the 1000 before them were accepted/,
    });
  });

  it('tells the value of the key to nobody: not in its answer, not in its log', async () => {
    const api = await ensure();
    const value = await readApiKey(laptop.aws, api.keyId);
    assert.ok(value.length >= 20);
    assert.ok(log.includes(api.keyId));
    assert.ok(!log.includes(value));
    assert.ok(!JSON.stringify(api).includes(value));
  });
});
