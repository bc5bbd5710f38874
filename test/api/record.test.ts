/** What became of a model, over HTTP: the real verbs on a ledger in a folder; streams of logs that a test speaks itself. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { boundedBy } from '../../src/api/bounded.ts';
import { archiveWhenAsked, type Reads, readsOn } from '../../src/api/reads.ts';
import { EVENTS } from '../../src/api/streams.ts';
import { auditShape } from '../../src/operations/audit.ts';
import { compareShape } from '../../src/operations/compare.ts';
import { historyShape } from '../../src/operations/history.ts';
import type { ToldLine } from '../../src/operations/logs.ts';
import { verifyShape } from '../../src/operations/verify.ts';
import { type Chronicle, chronicle, instant, PLAN } from '../operations/chronicle.ts';
import { until } from '../support/until.ts';
import { aModel, type Played, play, problemOf } from './support.ts';

const OF = '/v1/models/tiny';

describe('what became of a model, over HTTP', () => {
  let told: Chronicle;
  let played: Played;
  before(async () => {
    told = await chronicle();
    await told.tell(0, 'plan applied', { planHash: PLAN });
    for (const cycle of [1, 2, 3]) await told.cycle(cycle);
    played = await play({ reads: readsOn(() => told.archive) });
  });
  after(() => told.store.remove());

  const get = async (path: string, as: 'vera' | 'oleg' = 'vera') => {
    const answer = await played.ask('GET', `${OF}${path}`, { as });
    assert.equal(answer.status, 200, answer.text);
    return answer;
  };

  it('is its history, a page at a time', async () => {
    const whole = historyShape.parse((await get('/history')).body);
    assert.deepEqual(
      whole.events.map((one) => (one.kind === 'cycle' ? one.cycle : one.kind)),
      [3, 2, 1, 'plan'],
    );
    const first = historyShape.parse((await get('/history?limit=3')).body);
    const rest = historyShape.parse((await get(`/history?limit=3&cursor=${first.next}`)).body);
    assert.deepEqual([...first.events, ...rest.events], whole.events);
    assert.equal(rest.next, undefined);
    const late = historyShape.parse((await get(`/history?since=${instant(8)}`)).body);
    assert.equal(late.events.length, 2);
  });

  it('is two versions side by side, by their numbers, by their cycles, or the newest two', async () => {
    for (const [query, versions] of [
      ['', [2, 3]],
      ['?first=v1&second=2', [1, 2]],
      ['?first=c1', [1, 3]],
    ] as const) {
      const { sides } = compareShape.parse((await get(`/compare${query}`)).body);
      assert.deepEqual(
        sides.map(({ version }) => version),
        versions,
      );
    }
    problemOf(await played.ask('GET', `${OF}/compare?first=v9`, { as: 'vera' }), 404);
    problemOf(await played.ask('GET', `${OF}/compare?first=best`, { as: 'vera' }), 400);
  });

  it('is its ledger a page at a time, and what served at an instant', async () => {
    const whole = auditShape.parse((await get('/audit')).body);
    assert.deepEqual([whole.entries?.length, whole.chain.broken], [10, []]);
    const first = auditShape.parse((await get('/audit?limit=4')).body);
    const rest = auditShape.parse((await get(`/audit?cursor=${first.next}`)).body);
    assert.deepEqual([...(first.entries ?? []), ...(rest.entries ?? [])], whole.entries);
    const { served } = auditShape.parse((await get(`/audit?at=${instant(8)}`)).body);
    assert.deepEqual([served?.version, served?.since, served?.until], [2, instant(7), instant(10)]);
    problemOf(await played.ask('GET', `${OF}/audit?at=1999-01-01T00:00:00Z`, { as: 'vera' }), 422);
  });

  it('is verified by an operator, who is told what is not as it was written', async () => {
    problemOf(await played.ask('GET', `${OF}/audit/objects`, { as: 'vera' }), 403);
    const good = verifyShape.parse((await get('/audit/objects', 'oleg')).body);
    assert.deepEqual([good.objects.broken, good.next], [[], undefined]);
    const key = 'models/tiny/cycles/2/labels';
    await told.store.putText(key, 'other');
    const { objects } = verifyShape.parse((await get('/audit/objects?cursor=3', 'oleg')).body);
    assert.equal(objects.objects, good.objects.objects - 3);
    assert.match(objects.broken[0] ?? '', /cycles\/2\/labels: its sha256 is/);
    await told.store.putText(key, 'labels');
  });

  it('is a report: its figures, and its page, which may do nothing', async () => {
    const { body } = await get('/reports/evaluation');
    assert.deepEqual([body.kind, body.cycle], ['evaluation', 3]);
    assert.equal((body.details as { rows: number }).rows, 10);
    assert.equal('html' in body, false);
    const page = await get('/reports/cycle-2/html');
    assert.match(page.text, /<title>Evaluation of cycle 2</);
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
    assert.match(String(page.headers['content-security-policy']), /^sandbox; default-src 'none';/);
    assert.doesNotMatch(String(page.headers['content-security-policy']), /allow-|script/);
    assert.equal(page.headers['content-disposition'], 'inline; filename="tiny-cycle-2-evaluation.html"');
    assert.equal(page.headers['x-content-type-options'], 'nosniff');
    for (const report of ['monitoring', 'cycle-9', 'cycle-9/html'])
      problemOf(await played.ask('GET', `${OF}/reports/${report}`, { as: 'vera' }), 404);
    problemOf(await played.ask('GET', `${OF}/reports/last`, { as: 'vera' }), 400);
  });

  it('is nothing of a model that never was, with the name that may be meant', async () => {
    for (const path of [
      'history',
      'compare',
      'score',
      'audit',
      'audit/objects',
      'reports/evaluation',
      'logs',
      ...Array(6).fill('logs/events'),
    ]) {
      const answer = await played.ask('GET', `/v1/models/tinny/${path}`, { as: 'oleg' });
      assert.equal(problemOf(answer, 404).hint, 'did you mean tiny?');
    }
  });

  it('is told where it lies only, when the API was not: all else goes on', async () => {
    const { PERENNIAL_BUCKET, ...rest } = process.env;
    const before = process.env;
    process.env = rest;
    try {
      const { ask } = await play({ reads: readsOn(archiveWhenAsked().archive), verbs: { listModels: async () => [] } });
      const { detail, hint } = problemOf(await ask('GET', `${OF}/history`, { as: 'vera' }), 502);
      assert.match(detail, /PERENNIAL_BUCKET/);
      assert.match(hint ?? '', /reader\.json/);
      assert.equal((await ask('GET', '/v1/models', { as: 'vera' })).status, 200);
    } finally {
      process.env = before;
    }
  });

  it('is explained to an operator, by an id or by an instance, never by both', async () => {
    const asked: unknown[] = [];
    const explain: Reads['explain'] = async (input) => {
      asked.push(input);
      return { model: 'tiny', version: 1, cycle: 1, algorithm: 'script', instance: {}, steps: [], notes: [] };
    };
    const { ask } = await play({ reads: { explain } });
    problemOf(await ask('POST', `${OF}/explain`, { as: 'vera', body: { id: 'a/0' } }), 403);
    const at = '2001-05-01T02:00:00+02:00';
    for (const body of [{ id: 'a/0', at }, { instance: { x: 1 } }])
      assert.equal((await ask('POST', `${OF}/explain`, { as: 'oleg', body })).status, 200);
    assert.deepEqual(asked, [
      { model: 'tiny', id: 'a/0', at: '2001-05-01T00:00:00.000Z' },
      { model: 'tiny', instance: { x: 1 } },
    ]);
    for (const body of [{}, { id: 'a/0', instance: { x: 1 } }, { id: '' }, { instance: [] }, { id: 'a/0', at: 'now' }])
      problemOf(await ask('POST', `${OF}/explain`, { as: 'oleg', body }), 400);
    problemOf(
      await ask('POST', `${OF}/explain`, { as: 'oleg', body: '{"instance":{"x":1e999}}', headers: JSON_TYPE }),
      400,
    );
  });

  it('reads so much at once, and no longer than its time: a place is free again when the work has ended', async () => {
    const bounded = boundedBy(1, 10);
    let release = () => {};
    const work = new Promise<string>((resolve) => {
      release = () => resolve('late');
    });
    const request = { log: { warn: () => {} } } as never;
    await assert.rejects(
      bounded(request, () => work),
      /longer than 0.01 s/,
    );
    await assert.rejects(
      bounded(request, async () => 'other'),
      /1 of this kind are under way/,
    );
    release();
    await until('a place', () => bounded(request, async () => true).catch(() => false));
    await assert.rejects(
      bounded(request, async () => assert.fail('a bug')),
      /a bug/,
    );
    assert.equal(await bounded(request, async () => 'again'), 'again');
  });
});

const JSON_TYPE = { 'content-type': 'application/json' };

describe('logs over HTTP', () => {
  const line = (ms: number, message: string): ToldLine => ({
    ...{ at: new Date(ms).toISOString(), stage: 'train', job: 'tiny-1-train-1', message },
  });

  it('are asked a page at a time by the place that the page before told', async () => {
    const asked: unknown[] = [];
    const logs: Reads['logs'] = async (input) => {
      asked.push(input);
      return { model: 'tiny', cycle: 4, running: false, lines: [line(1, 'one')], earlier: `${line(1, '').at}~1` };
    };
    const { ask } = await play({ reads: { logs } });
    const { body } = await ask('GET', `${OF}/logs?cycle=4&stage=train`, { as: 'vera' });
    await ask('GET', `${OF}/logs?limit=1000&cursor=${body.earlier}`, { as: 'vera' });
    assert.deepEqual(JSON.parse(JSON.stringify(asked)), [
      { model: 'tiny', cycle: 4, stage: 'train', limit: 200 },
      { model: 'tiny', limit: 1000, before: '1970-01-01T00:00:00.001Z~1' },
    ]);
    for (const query of ['stage=collect', 'limit=1001', 'limit=0', 'cursor=yesterday', 'cycle=c1'])
      problemOf(await ask('GET', `${OF}/logs?${query}`, { as: 'vera' }), 400);
  });

  /** Lines come when the test says so; the cycle ends when its status no longer has it. */
  async function following() {
    const asked: Parameters<Reads['followLogs']>[0][] = [];
    const batches: ToldLine[][] = [];
    let running = true;
    let stopped = false;
    const reads: Partial<Reads> = {
      logs: async () => ({ model: 'tiny', cycle: 4, running, lines: [] }),
      async *followLogs(input) {
        asked.push(input);
        try {
          while (!input.over()) {
            const some = batches.shift();
            if (some) yield some;
            await sleep(5, undefined, { signal: input.signal });
          }
        } finally {
          stopped = input.signal.aborted;
        }
      },
    };
    const current = { cycle: 4, workflowId: 'w', trigger: 'person', by: 'ada', startedAt: instant(0) } as const;
    const verbs = { status: async () => aModel('tiny', { current: running ? current : undefined }) };
    const { api } = await play({ reads, verbs, options: { events: { ...EVENTS, every: 10 } } });
    const url = await api.listen({ port: 0 });
    return {
      ...{ api, url, asked, batches },
      end: () => {
        running = false;
      },
      stopped: () => stopped,
    };
  }

  const open = (url: string, signal: AbortSignal, headers = {}) =>
    fetch(`${url}${OF}/logs/events`, { signal, headers: { authorization: 'Bearer token-of-vera', ...headers } });

  it('are followed until the cycle has ended, and go on after the id of the last event', async () => {
    const { api, url, asked, batches, end } = await following();
    const stop = new AbortController();
    batches.push([line(1, 'one'), line(2, 'two')], [line(2, 'three')]);
    const response = await open(url, stop.signal);
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    let text = '';
    const read = (async () => {
      for await (const piece of response.body ?? []) text += Buffer.from(piece).toString();
    })();
    await until('both batches', () => text.includes('three'));
    end();
    await read;
    const ids = [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);
    assert.deepEqual(ids, ['1970-01-01T00:00:00.002Z~1', '1970-01-01T00:00:00.002Z~2']);
    assert.match(text, /event: ended\ndata: \{\}\n\n$/);
    const again = await open(url, stop.signal, { 'last-event-id': ids[1] });
    assert.match(await again.text(), /event: ended/);
    assert.deepEqual(
      asked.map(({ cycle, after }) => [cycle, after]),
      [
        [4, undefined],
        [4, ids[1]],
      ],
    );
    await api.close();
  });

  it('are followed by few at once, and a place is free when one goes', async () => {
    const { api, url, stopped } = await following();
    const stops = Array.from({ length: 5 }, () => new AbortController());
    for (const { signal } of stops) assert.equal((await open(url, signal)).status, 200);
    const more = new AbortController();
    assert.equal((await open(url, more.signal)).status, 429);
    stops[0]?.abort();
    await until('the work behind it to stop', stopped);
    await until('a place', async () => (await open(url, more.signal)).status === 200);
    for (const one of [...stops, more]) one.abort();
    await api.close();
  });
});
