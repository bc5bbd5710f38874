import assert from 'node:assert/strict';
import { UserError } from '../../src/errors.ts';
import { aModel, missing } from '../api/support.ts';
import { tinyFrozen } from '../support/plan.ts';
import { browse, left, lived } from './support.ts';

const HOSTILE = `"><script>alert('x')</script><img src=x onerror=alert(1)>`;

describe('the pages of models', function () {
  this.timeout(30_000);
  const verbs = {
    status: async () => lived(),
    planInForce: async () => tinyFrozen({ retrain: { budget: { usdPerMonth: 9 } } }),
    listModels: async () => [{ model: 'tiny', startedAt: '2026-01-01T00:00:00.000Z' }],
  };

  it('show the fleet: what each does, what waits for whom, and the one that does not answer beside the others', async () => {
    const status = async (_: unknown, { model }: { model: string }) => {
      if (model === 'mute') throw new UserError('model "mute" did not answer', 'wait', 'unanswered');
      return lived();
    };
    const listModels = async () => ['mute', 'tiny'].map((model) => ({ model, startedAt: '2026-01-01T00:00:00.000Z' }));
    const { text } = await (await browse({ as: 'vera', verbs: { ...verbs, status, listModels } })).get('/');
    assert.match(text, /<a href="\/models\/tiny">tiny<\/a>: an approver decides about cycle 3/);
    assert.match(text, /✕ model &quot;mute&quot; did not answer/);
    assert.match(text, /✓ deployed<\/span> cycle 2/);
  });

  it('show many models page by page', async () => {
    const names = Array.from({ length: 30 }, (_, at) => `m${String(at).padStart(2, '0')}`);
    const listModels = async () => names.map((model) => ({ model, startedAt: '2026-01-01T00:00:00.000Z' }));
    const browser = await browse({ as: 'vera', verbs: { listModels, status: async () => aModel('any') } });
    const [, next = ''] = /href="(\/\?after=[^"]+)"/.exec((await browser.get('/')).text) ?? [];
    const { text } = await browser.get(next);
    assert.deepEqual(
      [...text.matchAll(/scope="row"><a[^>]*>(m\d\d)/g)].map(([, name]) => name),
      names.slice(25),
    );
  });

  it('show of one model all that is known: the evaluation that waits, cycles, contests, drift, alarms, cost, ledger', async () => {
    const places = { temporalUi: 'https://temporal.example', namespace: 'default' };
    const { text, status } = await (await browse({ as: 'anna', verbs, views: left(), places })).get('/models/tiny');
    assert.equal(status, 200);
    for (const said of [
      /auc at least 0\.5.*✓ held/s,
      /AUC[\s\S]*0\.7000 \(0\.6000 to 0\.8000\)/,
      /xgboost is best/,
      /aria-label="AUC by cycle\. Cycle 1: challenger 0\.7000; Cycle 2: challenger 0\.7000, champion 0\.7000"/,
      /PSI over time; in the last look, until [^"]*x 0\.3000 \(alarm\)/,
      /✕<\/span> 0\.3000/,
      /✕ went off/,
      /This month[\s\S]*9\.00 USD/,
      /1\.00 USD/,
      /120 entries, each names the hash/,
      /href="https:\/\/temporal\.example\/namespaces\/default\/workflows\/model%2Ftiny%2Fcycle%2F3"/,
      /href="\/models\/tiny\/cycles\/2\/report"/,
    ])
      assert.match(text, said);
    assert.doesNotMatch(text, /console\.aws/, 'the console shows nothing of it');
  });

  it('lead to the AWS console where AWS is AWS', async () => {
    const topicArn = 'arn:aws:sns:eu-west-1:123456789012:perennial-tiny';
    const status = async () => lived({ topicArn, dashboard: 'perennial-tiny' });
    const places = { namespace: 'default', console: { bucket: 'b' } };
    const { text } = await (await browse({ as: 'anna', verbs: { ...verbs, status }, places })).get('/models/tiny');
    assert.match(text, /https:\/\/eu-west-1\.console\.aws\.amazon\.com\/s3\/buckets\/b\?prefix=models\/tiny\//);
    assert.match(text, /cloudwatch\/home\?region=eu-west-1#dashboards\/dashboard\/perennial-tiny/);
  });

  it('show what is there when the bucket cannot be read, and say why the rest is missing', async () => {
    const refused = async () => {
      throw new UserError('GetObject is denied', 'docs/iam/reader.json is what this needs', 'elsewhere');
    };
    const views = left({ history: refused, audit: refused });
    const { text, status } = await (await browse({ as: 'anna', verbs, views })).get('/models/tiny');
    assert.equal(status, 200);
    assert.match(text, /<h2>Ledger<\/h2><p>GetObject is denied; docs\/iam\/reader\.json is what this needs/);
    assert.match(text, /<h2>Drift<\/h2><figure>/);
    const without = await (await browse({ as: 'anna', verbs })).get('/models/tiny');
    assert.match(without.text, /set PERENNIAL_BUCKET for it/);
  });

  it('cannot be broken by what people, data or workflows are called', async () => {
    const status = lived({
      plan: { hash: 'f', objective: HOSTILE, appliedAt: HOSTILE, by: HOSTILE },
      paused: { at: HOSTILE, by: HOSTILE, reason: HOSTILE },
      quarantine: { since: HOSTILE, reason: HOSTILE },
      problems: [HOSTILE],
      lastRollback: { label: HOSTILE, from: 2, to: 1, outcome: HOSTILE, reason: HOSTILE, at: HOSTILE },
      queue: [{ id: 1, trigger: 'person', by: HOSTILE, reason: HOSTILE, at: HOSTILE, joined: 0 }],
    });
    const current = status.current as NonNullable<typeof status.current>;
    const told = {
      ...current,
      reason: HOSTILE,
      workflowId: HOSTILE,
      activities: [{ activity: HOSTILE, attempt: 1, text: HOSTILE }],
      rollout: {
        endpoint: 'e',
        weights: { [HOSTILE]: 1 },
        step: HOSTILE,
        paused: false,
        lines: [HOSTILE],
        verdicts: [],
      },
    };
    const estimate = { value: 0.7, low: 0.6, high: 0.8 };
    const views = left({
      contests: async () => [{ cycle: 1, at: HOSTILE, outcome: HOSTILE, metric: HOSTILE, challenger: estimate }],
      alarms: async () => [{ name: HOSTILE, state: 'OK', since: HOSTILE, description: HOSTILE }],
      passes: async () =>
        (await left().passes({ model: 'tiny' })).map((pass) => ({
          ...pass,
          drift: { ...pass.drift, columns: [{ column: HOSTILE, value: 0.2, state: 'warn' as const }] },
        })),
      audit: async ({ model }) => ({
        ...{ model, chain: { entries: 1, head: HOSTILE, broken: [HOSTILE] } },
        entries: [
          {
            seq: 1,
            previous: '',
            hash: '',
            at: HOSTILE,
            event: HOSTILE,
            by: HOSTILE,
            reason: HOSTILE,
            facts: { cycle: HOSTILE },
          },
        ],
      }),
    });
    const browser = await browse({
      as: 'anna',
      verbs: { ...verbs, status: async () => ({ ...status, current: told }) },
      views,
    });
    for (const path of ['/', '/models/tiny', '/models/tiny/now', '/models/tiny/ledger']) {
      const { text } = await browser.get(path);
      assert.match(text, /&lt;script&gt;alert/, path);
      assert.doesNotMatch(text, /<script>|<img|<svg[^>]*>[\s\S]*?<script/, path);
      const tags = text.match(/<[a-z][^>]*>/g) ?? [];
      for (const tag of tags)
        assert.doesNotMatch(tag.replaceAll(/"[^"]*"/g, '""'), /\son[a-z]+=|\sstyle=|javascript:/i, tag);
    }
  });

  it('run nothing and fetch nothing but what the API serves; reports are locked in a box', async () => {
    const browser = await browse({ as: 'vera', verbs, views: left() });
    const shown = await browser.get('/models/tiny');
    const policy = String(shown.headers['content-security-policy']);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/);
    const linked = [...shown.text.matchAll(/(?:href|src)="(\/pages\/[^"]+)"/g)].map(([, path]) => path ?? '');
    assert.equal(linked.length, 2);
    for (const path of linked) {
      const { status, headers } = await browser.get(path);
      assert.equal(status, 200);
      assert.match(String(headers['cache-control']), /immutable/);
    }
    const report = await browser.get('/models/tiny/cycles/2/report');
    assert.equal(report.text, '<title>The report</title>');
    assert.match(String(report.headers['content-security-policy']), /^sandbox; default-src 'none'/);
  });

  it('page through the ledger, newest first, without losing an entry', async () => {
    const browser = await browse({ as: 'vera', verbs, views: left() });
    const seen: number[] = [];
    let path = '/models/tiny/ledger';
    while (path) {
      const { text } = await browser.get(path);
      seen.push(...[...text.matchAll(/<th scope="row">(\d+)</g)].map(([, seq]) => Number(seq)));
      path = /href="([^"]*before=\d+)"/.exec(text)?.[1] ?? '';
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 120 }, (_, at) => 120 - at),
    );
  });

  it('say of what is not there that it is not there', async () => {
    const status = async (_: unknown, { model }: { model: string }) => {
      throw missing(model);
    };
    const { status: code, text } = await (await browse({ as: 'vera', verbs: { ...verbs, status } })).get(
      '/models/gone',
    );
    assert.equal(code, 404);
    assert.match(text, /there is no model &quot;gone&quot;/);
    assert.equal((await (await browse({ as: 'vera', verbs })).get('/models/No!')).status, 400);
  });
});
