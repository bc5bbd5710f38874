import assert from 'node:assert/strict';
import { UserError } from '../../src/errors.ts';
import { browse, EVALUATION, lived, ONCE, OURS } from './support.ts';

describe('what people do from a page', function () {
  this.timeout(30_000);
  const told: unknown[][] = [];
  const note =
    <T>(name: string, answer: T) =>
    async (_: unknown, input: unknown) => {
      told.push([name, input]);
      return answer;
    };
  const verbs = {
    status: async () => lived({ paused: { at: '2026-01-01T00:00:00.000Z', by: 'ada' } }),
    planInForce: async () => {
      throw new UserError('tiny has no plan yet', 'apply one');
    },
    decide: note('decide', undefined),
    steerRollout: note('steerRollout', undefined),
    rollback: note('rollback', { label: 'rollback-1', from: 2, to: 1 }),
    pause: note('pause', lived()),
    resume: note('resume', lived()),
    requestCycle: note('requestCycle', { accepted: true, wish: 1, cycle: 4 }),
  };
  beforeEach(() => {
    told.length = 0;
  });

  const about = { once: ONCE, cycle: '3', evaluation: EVALUATION };
  const FORMS = {
    approve: about,
    reject: about,
    promote: { once: ONCE },
    abort: { once: ONCE },
    rollback: { once: ONCE, to: '1' },
    pause: { once: ONCE },
    resume: { once: ONCE },
    run: { once: ONCE },
  } as const;

  it('is the verb with who the token says, the evaluation that the page showed, and the reason', async () => {
    const browser = await browse({ as: 'anna', verbs });
    for (const [action, fields] of Object.entries(FORMS)) {
      const { status, headers, text } = await browser.post(`/models/tiny/${action}`, { ...fields, reason: 'why' });
      assert.deepEqual([status, headers.location], [303, `/models/tiny?done=${action}`], text);
    }
    const said = { model: 'tiny', by: 'anna', updateId: ONCE, reason: 'why' };
    assert.deepEqual(told, [
      ['decide', { ...said, decision: 'approve', cycle: 3, evaluation: EVALUATION }],
      ['decide', { ...said, decision: 'reject', cycle: 3, evaluation: EVALUATION }],
      ['steerRollout', { ...said, action: 'promote' }],
      ['steerRollout', { ...said, action: 'abort' }],
      ['rollback', { ...said, to: 1 }],
      ['pause', said],
      ['resume', said],
      ['requestCycle', { ...said, trigger: 'person' }],
    ]);
    assert.match(
      (await browser.get('/models/tiny?done=approve')).text,
      /role="status"><p>.*Approved: it goes on the canary/,
    );
    assert.doesNotMatch((await browser.get('/models/tiny?done=%3Cb%3Eanything')).text, /anything/);
  });

  it('is shown to, and taken from, those who may', async () => {
    const wanted = { vera: [], oleg: ['pause', 'resume', 'run'], anna: Object.keys(FORMS) } as const;
    for (const [person, allowed] of Object.entries(wanted)) {
      const browser = await browse({ as: person as 'vera', verbs });
      const { text } = await browser.get('/models/tiny');
      const shown = [...text.matchAll(/action="\/models\/tiny\/(\w+)"/g)].map(([, action]) => action);
      for (const action of shown)
        assert.ok((allowed as readonly string[]).includes(action ?? ''), `${person}: ${action}`);
      if (allowed.length > 0) assert.ok(shown.includes('run') && shown.includes('resume'), `${shown}`);
      for (const [action, fields] of Object.entries(FORMS)) {
        const { status } = await browser.post(`/models/tiny/${action}`, fields);
        assert.equal(status, (allowed as readonly string[]).includes(action) ? 303 : 403, `${person}: ${action}`);
      }
    }
  });

  it('is refused from another site, whatever the browser tells of where it comes from', async () => {
    const browser = await browse({ as: 'anna', verbs });
    const foreign: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site', origin: OURS.origin },
      { 'sec-fetch-site': 'same-site', origin: OURS.origin },
      { 'sec-fetch-site': 'none' },
      { origin: 'http://evil.example' },
      { origin: 'http://localhost:81' },
      { origin: 'null' },
      {},
    ];
    for (const headers of foreign)
      for (const path of ['/models/tiny/approve', '/login', '/logout'])
        assert.equal((await browser.post(path, FORMS.approve, headers)).status, 403, JSON.stringify(headers));
    assert.deepEqual(told, []);
    assert.equal((await browser.post('/models/tiny/pause', FORMS.pause, { origin: OURS.origin })).status, 303);
    assert.equal((await browser.get('/models/tiny/approve')).status, 405);
  });

  it('is told on the page, with its mend, when it was not done', async () => {
    const decide = async () => {
      throw new UserError('cycle 3 waits with <another> evaluation', 'look at it first');
    };
    const browser = await browse({ as: 'anna', verbs: { ...verbs, decide } });
    const { status, text } = await browser.post('/models/tiny/approve', FORMS.approve);
    assert.equal(status, 409);
    assert.match(text, /role="alert">[\s\S]*cycle 3 waits with &lt;another&gt; evaluation<\/p><p>look at it first/);
    assert.match(text, /<h2>Version 2 serves/);
    const full = { ...verbs, requestCycle: async () => ({ accepted: false, note: 'it is being retired' }) };
    const refused = await (await browse({ as: 'anna', verbs: full })).post('/models/tiny/run', FORMS.run);
    assert.match(refused.text, /it is being retired/);
  });

  it('says of a form that was tampered with what is wrong, and does nothing', async () => {
    const browser = await browse({ as: 'anna', verbs });
    for (const [action, fields] of [
      ['approve', { ...about, by: 'eve' }],
      ['approve', { once: ONCE, cycle: '3' }],
      ['rollback', { once: ONCE, to: '1e9' }],
      ['pause', { once: 'x'.repeat(300) }],
      ['pause', { once: ONCE, reason: 'x'.repeat(5_000) }],
    ] as const)
      assert.equal((await browser.post(`/models/tiny/${action}`, fields)).status, 400, action);
    assert.deepEqual(told, []);
  });
});
