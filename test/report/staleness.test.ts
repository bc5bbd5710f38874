import assert from 'node:assert/strict';
import type { BacktestDetails } from '../../src/data/backtest.ts';
import { renderStaleness } from '../../src/report/staleness.ts';

const ref = { uri: 's3://b/k', sha256: 'ab'.repeat(32), bytes: 1 };
const around = (value: number) => ({ value, low: value - 0.01, high: value + 0.01 });
const INSTANTS = ['2026-01-05T03:00:00.000Z', '2026-01-12T03:00:00.000Z', '2026-01-19T03:00:00.000Z'];

const origin = (at: number): BacktestDetails['origins'][number] => ({
  origin: at,
  asOf: INSTANTS[at] ?? '',
  candidate: 'forest <of trees>',
  artifact: 's3://b/model.tar.gz',
  scored: {
    ...{ kind: 'transform', name: `m-bx-${at}-score`, output: 's3://b/out', metrics: {}, billableSeconds: 1 },
    ...{ startedAt: INSTANTS[0] ?? '', endedAt: INSTANTS[0] ?? '' },
  },
  later: { inputs: ref, labels: ref, rows: [1200, 900], unlabelled: 3 },
  costUsd: 0.5,
  facts: { sha256: 'cd'.repeat(32), target: { problem: 'binary' } },
});

const details = (more: Partial<BacktestDetails> = {}): BacktestDetails => ({
  ...{ format: 1, model: 'rides', backtest: 'x', objective: 'Tell <late> rides', planHash: 'ab'.repeat(32), seed: 1 },
  ...{ calendar: '0 3 * * 1 UTC', instants: INSTANTS, horizon: 2, metrics: ['log_loss'], failed: {} },
  windows: INSTANTS.slice(1).map((to, at) => ({ from: INSTANTS[at] ?? '', to })),
  origins: [origin(0), origin(1)],
  cells: [
    { origin: 0, end: 1, age: 1, rows: 1200, metrics: { log_loss: around(0.4) } },
    { origin: 0, end: 2, age: 2, rows: 900, metrics: { log_loss: around(0.4567) } },
    { origin: 1, end: 2, age: 1, rows: 900, metrics: { log_loss: around(0.42) } },
  ],
  curves: {
    log_loss: [
      { age: 1, windows: 2, metric: around(0.41), paired: 0 },
      { age: 2, windows: 1, metric: around(0.4567), worse: around(0.0367), paired: 1 },
    ],
  },
  verdict: 'nothing can be said of age',
  ...more,
});

describe('the backtest report', () => {
  it('is the same page for the same details, fetches nothing, and escapes what it shows', async () => {
    const page = await renderStaleness(details());
    assert.equal(page, await renderStaleness(details()));
    assert.match(page, /Nothing can be said of age\./);
    assert.match(page, /forest &lt;of trees&gt;/);
    assert.match(page, /\+0\.0367/);
    assert.doesNotMatch(page, /<late>|<script|src=/);
  });

  it('shows every version on every window that it scored, and why an instant gave none', async () => {
    const page = await renderStaleness(details({ failed: { [INSTANTS[2] ?? '']: 'too few rows then' } }));
    assert.equal(page.match(/0\.4567<br>/g)?.length, 1);
    assert.match(page, /too few rows then/);
    assert.match(page, /1 came to nothing/);
  });

  it('is a page even when nothing could be measured', async () => {
    const page = await renderStaleness(details({ cells: [], curves: { log_loss: [] } }));
    assert.match(page, /<\/html>/);
  });
});
