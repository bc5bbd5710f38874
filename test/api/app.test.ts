import assert from 'node:assert/strict';
import { describe } from 'mocha';
import { UserError } from '../../src/errors.ts';
import { cycleDetails, modelStatus } from '../../src/operations/shapes/index.ts';
import { aModel, missing, play, problemOf } from './support.ts';

const summary = (model: string) => ({ model, startedAt: '2026-01-01T00:00:00.000Z' });

describe('the API', () => {
  it('lists all models page by page, each once, while others come and go', async () => {
    let names = ['a', 'b', 'c', 'd', 'e'];
    const { ask } = await play({ verbs: { listModels: async () => names.map(summary) } });
    const first = await ask('GET', '/v1/models?limit=2', { as: 'vera' });
    assert.deepEqual(
      (first.body.items as { model: string }[]).map(({ model }) => model),
      ['a', 'b'],
    );
    names = ['aa', 'b', 'c', 'd', 'e'];
    const second = await ask('GET', `/v1/models?limit=2&cursor=${first.body.next}`, { as: 'vera' });
    assert.deepEqual(
      (second.body.items as { model: string }[]).map(({ model }) => model),
      ['c', 'd'],
    );
    const third = await ask('GET', `/v1/models?limit=2&cursor=${second.body.next}`, { as: 'vera' });
    assert.deepEqual(third.body, { items: [summary('e')] });
    problemOf(await ask('GET', '/v1/models?cursor=YWJj!', { as: 'vera' }), 400);
    problemOf(await ask('GET', '/v1/models?cursor=YW==', { as: 'vera' }), 400);
  });

  it('tells everything about one model, as its schema says, and of none that there is not', async () => {
    const told = aModel('tiny');
    const verbs = {
      status: async (_: unknown, { model }: { model: string }) => {
        if (model === 'tiny') return told;
        throw missing(model);
      },
    };
    const { ask } = await play({ verbs });
    const { body } = await ask('GET', '/v1/models/tiny', { as: 'vera' });
    assert.deepEqual(body, JSON.parse(JSON.stringify(told)));
    modelStatus.parse(body);
    const { detail, hint } = problemOf(await ask('GET', '/v1/models/other', { as: 'vera' }), 404);
    assert.equal(detail, 'there is no model "other"');
    assert.ok(hint);
  });

  it('gives every verb the model, who the token says, and what was asked', async () => {
    const calls: unknown[][] = [];
    const note =
      <T>(name: string, answer: T) =>
      async (_: unknown, input: unknown) => {
        calls.push([name, input]);
        return answer;
      };
    const status = aModel('tiny', { current: undefined });
    const details = cycleDetails.parse({ model: 'tiny', cycle: 3, state: 'waiting', activities: [] });
    const { ask } = await play({
      verbs: {
        status: async () => status,
        requestCycle: note('requestCycle', { accepted: true, wish: 1, cycle: 3 }),
        cycleDetails: note('cycleDetails', details),
        decide: note('decide', undefined),
        cancelCycle: note('cancelCycle', 3),
        steerRollout: note('steerRollout', undefined),
        rollback: note('rollback', { label: 'rollback-1', from: 2, to: 1 }),
        pause: note('pause', status),
        resume: note('resume', status),
        startMonitor: note('startMonitor', 'model/tiny/monitor-1'),
        monitorResult: note('monitorResult', { note: 'nothing serves' }),
        startRetirement: note('startRetirement', undefined),
        sweep: note('sweep', { found: [], deleted: 0, unknown: [] }),
      },
    });
    const of = '/v1/models/tiny';
    const asOf = '2001-05-01T02:00:00+02:00';
    const told: [string, string, unknown, number][] = [
      ['POST', `${of}/cycles`, { asOf, reason: 'new data' }, 202],
      ['GET', `${of}/cycles`, undefined, 200],
      ['GET', `${of}/cycles/3`, undefined, 200],
      ['POST', `${of}/cycles/3/decision`, { decision: 'approve', evaluation: 'abc' }, 200],
      ['POST', `${of}/cycles/3/cancel`, {}, 202],
      ['POST', `${of}/rollout/promote`, {}, 202],
      ['POST', `${of}/rollout/abort`, { reason: 'odd' }, 202],
      ['POST', `${of}/rollback`, { to: 1 }, 202],
      ['POST', `${of}/pause`, {}, 200],
      ['POST', `${of}/resume`, {}, 200],
      ['POST', `${of}/monitor`, { asOf }, 200],
      ['POST', `${of}/retire`, { confirm: 'tiny' }, 202],
      ['GET', '/v1/sweep?olderThan=2%20days', undefined, 200],
      ['POST', '/v1/sweep', { model: 'tiny' }, 200],
    ];
    for (const [method, path, body, wanted] of told) {
      const { status, text } = await ask(method, path, { as: 'anna', body });
      assert.equal(status, wanted, `${method} ${path}: ${text}`);
    }
    const by = 'anna';
    const model = 'tiny';
    const utc = '2001-05-01T00:00:00.000Z';
    const day = 86_400_000;
    assert.deepEqual(JSON.parse(JSON.stringify(calls)), [
      ['requestCycle', { model, trigger: 'person', by, asOf: utc, reason: 'new data' }],
      ['cycleDetails', { model, cycle: 3 }],
      ['decide', { model, cycle: 3, by, decision: 'approve', evaluation: 'abc' }],
      ['cancelCycle', { model, cycle: 3, by }],
      ['steerRollout', { model, action: 'promote', by }],
      ['steerRollout', { model, action: 'abort', by, reason: 'odd' }],
      ['rollback', { model, to: 1, reason: 'a person asked for it', by }],
      ['pause', { model, by }],
      ['resume', { model, by }],
      ['startMonitor', { model, asOf: utc, by }],
      ['monitorResult', { model, workflowId: 'model/tiny/monitor-1' }],
      ['startRetirement', { model, by }],
      ['sweep', { remove: false, olderThan: 2 * day, by }],
      ['sweep', { model, remove: true, olderThan: 30 * day, by }],
    ]);
  });

  it('says where to look when something takes a while', async () => {
    const verbs = { requestCycle: async () => ({ accepted: true, wish: 1, cycle: 7 }) };
    const { ask } = await play({ verbs });
    const { headers } = await ask('POST', '/v1/models/tiny/cycles', { as: 'oleg', body: {} });
    assert.equal(headers.location, '/v1/models/tiny/cycles/7');
  });

  it('asks and tells a model through the API that the model has', async () => {
    const { ask } = await play({
      asks: {
        predict: async ({ model, body }) => {
          assert.deepEqual([model, body], ['tiny', '{"instances":[{"x":1}]}']);
          return { predictions: [{ id: 'i', value: 2 }], modelVersion: 1 };
        },
        tellLabels: async ({ outcomes }) => ({ accepted: outcomes.length }),
      },
    });
    const { body } = await ask('POST', '/v1/models/tiny/predictions', { as: 'oleg', body: { instances: [{ x: 1 }] } });
    assert.deepEqual(body, { predictions: [{ id: 'i', value: 2 }], modelVersion: 1 });
    const outcomes = [{ id: 'i', outcome: true }];
    assert.equal((await ask('POST', '/v1/models/tiny/labels', { as: 'oleg', body: { outcomes } })).body.accepted, 1);
  });

  it('passes on to a model what it was given, or nothing', async () => {
    const { ask } = await play({ asks: { predict: async () => assert.fail('it was asked') } });
    const headers = { 'content-type': 'application/json' };
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    for (const row of ['{"x":1e999}', `{"x":${deep}}`, '{"x":{"__proto__":1}}', '[]', '1']) {
      const answer = await ask('POST', '/v1/models/tiny/predictions', {
        ...{ as: 'oleg', headers, body: `{"instances":[${row}]}` },
      });
      problemOf(answer, 400);
    }
  });

  it('refuses to retire a model whose name is not said once more', async () => {
    const { ask } = await play({ verbs: { startRetirement: async () => assert.fail('it was retired') } });
    const { hint } = problemOf(
      await ask('POST', '/v1/models/tiny/retire', { as: 'anna', body: { confirm: 'tin' } }),
      409,
    );
    assert.match(hint ?? '', /confirm "tiny"/);
  });

  it('answers what is wrong by kind: not there, not now, not usable, nobody answers, another service refuses', async () => {
    const kinds = { refused: 409, missing: 404, wrong: 422, unanswered: 503, elsewhere: 502 } as const;
    for (const [kind, status] of Object.entries(kinds)) {
      const verbs = {
        status: async () => {
          throw new UserError('it is so', 'do so', kind as keyof typeof kinds);
        },
      };
      const { ask } = await play({ verbs });
      const answer = await ask('GET', '/v1/models/tiny', { as: 'vera' });
      assert.equal(problemOf(answer, status).hint, 'do so');
      assert.equal(answer.headers['retry-after'], status === 503 ? '5' : undefined);
    }
  });

  it('keeps a bug to its log, and secrets from both', async () => {
    const secret = 'AKIA1234567890ABCDEF';
    const verbs = {
      status: async () => {
        throw new Error(`cannot read ${secret}`);
      },
      listModels: async () => {
        throw new UserError(`refused for ${secret}`, 'look');
      },
    };
    const { ask, log } = await play({ verbs });
    const answer = await ask('GET', '/v1/models/tiny', { as: 'vera' });
    problemOf(answer, 500);
    assert.doesNotMatch(answer.text, /cannot read|app\.test/);
    assert.match(log.join(''), /cannot read/);
    assert.doesNotMatch((await ask('GET', '/v1/models', { as: 'vera' })).text, /AKIA1/);
  });

  it('names the place of what is wrong in a request', async () => {
    const { ask } = await play();
    const of = '/v1/models/tiny';
    const wrong: [string, string, unknown, RegExp][] = [
      ['POST', `${of}/cycles`, { asof: 'x' }, /body, asof: there is no such key/],
      ['POST', `${of}/cycles`, { asOf: 'yesterday' }, /body, asOf: found "yesterday"; write an instant/],
      ['POST', `${of}/rollback`, { to: '1' }, /body, to: found "1"/],
      ['POST', `${of}/cycles/0/cancel`, {}, /path, cycle: found "0"; write a whole number/],
      ['GET', '/v1/models/Tiny', undefined, /path, model: found "Tiny"/],
      ['GET', '/v1/models?limit=1000', undefined, /query, limit: found "1000"/],
      ['GET', '/v1/models?page=2', undefined, /query, page: there is no such key/],
      ['GET', '/v1/sweep?olderThan=soon', undefined, /query, olderThan: found "soon"; give a duration/],
    ];
    for (const [method, path, body, detail] of wrong)
      assert.match(problemOf(await ask(method, path, { as: 'anna', body }), 400).detail, detail);
  });

  it('answers paths and methods that are none, and bodies of another kind, as problems, too', async () => {
    const { ask } = await play({ verbs: { pause: async () => aModel('tiny') } });
    problemOf(await ask('GET', '/v2/models'), 404);
    problemOf(await ask('GET', '/v1/models/%zz'), 400);
    const answer = await ask('DELETE', '/v1/models/tiny/plan');
    problemOf(answer, 405);
    assert.equal(answer.headers.allow, 'PUT');
    const text = { 'content-type': 'text/plain' };
    problemOf(await ask('POST', '/v1/models/tiny/pause', { as: 'oleg', body: 'x', headers: text }), 415);
    const json = { 'content-type': 'application/json' };
    problemOf(await ask('POST', '/v1/models/tiny/pause', { as: 'oleg', body: '{"reason":', headers: json }), 400);
    problemOf(await ask('POST', '/v1/models/tiny/pause', { as: 'oleg', body: '{"__proto__":{}}', headers: json }), 400);
    problemOf(await ask('POST', '/v1/models/tiny/pause', { as: 'oleg' }), 400);
    const large = { reason: 'x'.repeat(2 ** 21) };
    problemOf(await ask('POST', '/v1/models/tiny/pause', { as: 'oleg', body: large }), 413);
  });

  it('tells of its own health, and of Temporal by readiness', async () => {
    let answers = true;
    const verbs = {
      ping: async () => {
        if (!answers) throw new UserError('Temporal does not answer', 'start it', 'unanswered');
      },
    };
    const { ask } = await play({ verbs });
    assert.equal((await ask('GET', '/readyz')).status, 200);
    answers = false;
    problemOf(await ask('GET', '/readyz'), 503);
    assert.equal((await ask('GET', '/healthz')).status, 200);
  });

  it('counts requests by their pattern for whoever may look', async () => {
    const { ask } = await play({ verbs: { status: async (_, { model }) => aModel(model) } });
    for (const model of ['a', 'b']) await ask('GET', `/v1/models/${model}`, { as: 'vera' });
    await ask('GET', '/nothing/here');
    problemOf(await ask('GET', '/metrics'), 401);
    const { text, headers } = await ask('GET', '/metrics', { as: 'vera' });
    assert.match(String(headers['content-type']), /^text\/plain/);
    assert.match(text, /request_seconds_count\{method="GET",route="\/v1\/models\/:model",status="200"\} 2/);
    assert.doesNotMatch(text, /nothing\/here/);
  });
});
