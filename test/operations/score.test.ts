import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { keys } from '../../src/names.ts';
import type { Evidence } from '../../src/operations/score/evidence.ts';
import { score, scoreOf, scoreShape } from '../../src/operations/score.ts';
import { ML_TEST_NAMES, type MlTest } from '../../src/plan/ml-tests.ts';
import { tinyPlan } from '../support/plan.ts';
import { type Chronicle, chronicle, MODEL, PLAN } from './chronicle.ts';

const at = (hour: number) => `2026-01-01T${String(hour).padStart(2, '0')}:00:00.000Z`;
const entry = (seq: number, event: string, facts: Record<string, unknown>, by = 'ada') => ({
  ...{ seq, at: at(seq), event, by, facts, previous: '' },
});
const estimate = (value: number, half = 0.05) => ({ value, low: value - half, high: value + half });

/** Evidence of a model that is looked after in every way that can be computed. */
const RICH = tinyPlan({
  collect: {
    sources: { rows: { uri: 'rows.parquet' } },
    expect: [{ rows: { min: 1 } }, { column: 'x', min: 0 }],
  },
  train: {
    objective: { metric: 'auc', goal: 'maximize' },
    candidates: [{ algorithm: 'xgboost', tune: { parameters: { eta: { min: 0.1, max: 0.3 } }, jobs: 4 } }],
    budget: { perCycleUsd: 5 },
  },
  evaluate: { slices: ['x'], gates: [{ metric: 'auc', min: 0.5, slice: 'x' }] },
  monitor: { quality: [{ metric: 'auc', min: 0.6 }], notify: ['mailto:ops@example.com'] },
  retrain: { schedule: '0 3 * * 1' },
});
const LEDGER = [
  entry(1, 'plan applied', { planHash: PLAN }),
  entry(2, 'serving', { version: 1, planHash: PLAN }),
  entry(3, 'cycle ended', { cycle: 2, verdicts: [{ requests: 70 }, { requests: 30 }] }),
  entry(4, 'serving', { version: 2, planHash: PLAN }),
  entry(5, 'rollback asked', { from: 2, to: 1 }),
  entry(6, 'serving', { version: 1, planHash: PLAN }),
];
const rich = {
  plan: RICH,
  planHash: PLAN,
  made: RICH,
  ledger: LEDGER,
  events: [
    { kind: 'rollback', seq: 5, at: at(5), by: 'ada', from: 2, to: 1, outcome: 'deployed' },
    { kind: 'cycle', cycle: 2, outcome: 'deployed', planHash: PLAN },
  ],
  champion: {
    ...{ version: 1, cycle: 1, since: at(6), planHash: PLAN, algorithm: 'xgboost' },
    ...{ put: { seq: 6, at: at(6), by: 'ada' }, decided: { seq: 2, at: at(2), by: 'bob' } },
  },
  evaluation: {
    ...{ objective: 'auc', asOf: at(0), rows: 100, challenger: { metrics: { auc: estimate(0.7) } } },
    ...{ trained: { candidate: 'xgboost' }, gates: [{ gate: 'auc at least 0.5', held: true, found: '0.7' }] },
    ...{ data: { transform: {} }, importance: { measure: 'log_loss', rows: 50, increase: { x: 0.1 } } },
  },
  pass: {
    ...{ version: 1, captured: { rows: 500 }, findings: [], data: { inputs: [{}] } },
    skew: { rows: 40, differing: 0, findings: [], columns: [] },
    service: { latencyP99: 20, memory: 0.4, limits: { latencyP99: 200 } },
    quality: { judged: true, labelled: 300, scores: { metrics: { auc: estimate(0.68) } } },
  },
  backtest: { origins: [{}, {}], verdict: 'auc falls by 0.01 a week' },
} as unknown as Evidence;

/** What only people can tell. */
const BY_HAND: readonly MlTest[] = ['privacy', 'features-tested', 'inclusion'];

const pointsOf = (evidence: Evidence) =>
  Object.fromEntries(
    scoreOf(evidence).sections.flatMap(({ tests }) => tests.map(({ test, points }) => [test, points])),
  ) as Record<MlTest, number>;

const of = (more: object): Evidence => ({ ...rich, ...more });
const planned = (change: (plan: Evidence['plan']) => object) => of({ plan: { ...RICH, ...change(RICH) } });
const passed = (more: object) => of({ pass: { ...rich.pass, ...more } });
const served = (more: object) => of({ champion: { ...rich.champion, ...more } });
const evaluated = (more: object) => of({ evaluation: { ...rich.evaluation, ...more } });

/** For each test, what takes its point away. */
const LACKING: Partial<Record<MlTest, readonly [Evidence, points?: number]>> = {
  'feature-schema': [planned(({ collect }) => ({ collect: { ...collect, expect: collect.expect.slice(0, 1) } }))],
  'features-worth': [evaluated({ importance: { measure: 'log_loss', rows: 50, increase: { x: 0.1, y: -0.001 } } })],
  'features-cost': [planned(({ train }) => ({ train: { ...train, budget: undefined } }))],
  'features-allowed': [of({ champion: undefined })],
  'features-quick': [
    of({ ledger: LEDGER.map((one) => (one.seq === 1 ? { ...one, at: '2025-01-01T00:00:00.000Z' } : one)) }),
  ],
  reviewed: [served({ decided: { seq: 2, at: at(2), by: 'ada' } })],
  'offline-online': [passed({ quality: { ...rich.pass?.quality, scores: { metrics: { auc: estimate(0.5) } } } })],
  tuned: [evaluated({ trained: { candidate: 'other' } })],
  staleness: [of({ backtest: undefined })],
  simpler: [of({ made: { ...RICH, train: { ...RICH.train, baseline: 'none' } } })],
  slices: [planned(({ evaluate }) => ({ evaluate: { ...evaluate, gates: [] } })), 0.5],
  reproducible: [served({ algorithm: 'script' })],
  'specification-tested': [served({ algorithm: 'script' })],
  integration: [of({ planHash: 'another' })],
  gates: [evaluated({ gates: [] })],
  debuggable: [evaluated({ data: {} })],
  canary: [of({ ledger: LEDGER.filter(({ event }) => event !== 'cycle ended') })],
  rollback: [of({ events: [] }), 0.5],
  dependencies: [planned(({ monitor }) => ({ monitor: { ...monitor, notify: [] } }))],
  invariants: [of({ pass: undefined })],
  skew: [passed({ skew: { problem: 'the endpoint failed' } })],
  fresh: [planned(({ retrain }) => ({ retrain: { ...retrain, schedule: undefined } }))],
  stable: [of({ pass: undefined }), 0.5],
  resources: [passed({ service: { limits: { latencyP99: 200 } } })],
  'served-quality': [passed({ quality: { judged: false, labelled: 3, estimated: { rows: 500, metrics: {} } } }), 0.5],
};

describe('the ML Test Score', () => {
  it('gives a point for all that is computed and holds', () => {
    const points = pointsOf(rich);
    for (const test of ML_TEST_NAMES) assert.equal(points[test], BY_HAND.includes(test) ? 0 : 1, test);
  });

  for (const test of ML_TEST_NAMES.filter((name) => !BY_HAND.includes(name)))
    it(`takes the point of ${test} away when it does not hold, says why, and how to come by it`, () => {
      const [evidence, points = 0] = LACKING[test] ?? assert.fail(`nothing takes ${test} away`);
      const found = scoreOf(evidence)
        .sections.flatMap(({ tests }) => tests)
        .find((one) => one.test === test);
      assert.equal(found?.points, points, found?.found);
      assert.ok(found?.found && found.mend);
    });

  it('counts half what people wrote in the plan, where nothing more is computed', () => {
    const tested = { privacy: 'reviewed on 2026-01-02, DPO-7', staleness: 'tried by hand in a notebook' };
    const points = pointsOf(of({ plan: { ...RICH, tested } }));
    assert.deepEqual([points.privacy, points.staleness], [0.5, 1]);
  });

  it('is explained in docs/ml-test-score.md, test by test', async () => {
    const text = await readFile('docs/ml-test-score.md', 'utf8');
    for (const test of ML_TEST_NAMES) assert.ok(text.includes(`| \`${test}\` |`), test);
  });

  it('is the least of its four sums', () => {
    const { score, sections, meaning } = scoreOf(rich);
    assert.deepEqual(
      sections.map(({ section, points }) => [section, points]),
      [
        ['data', 5],
        ['model', 6],
        ['infrastructure', 7],
        ['monitoring', 7],
      ],
    );
    assert.deepEqual([score, meaning], [5, 'well tested and watched; fit for what matters']);
    assert.match(
      scoreOf(of({ champion: undefined, pass: undefined, events: [], ledger: [] })).meaning,
      /a piece of research/,
    );
  });
});

describe('the ML Test Score of what lies in the bucket', () => {
  let told: Chronicle;
  before(async () => {
    told = await chronicle();
    await told.tell(0, 'plan applied', { planHash: PLAN });
  });
  after(() => told.store.remove());

  it('is there before anything serves, and once something does', async () => {
    const before = scoreShape.parse(await score(told.archive, { model: MODEL }));
    assert.deepEqual([before.version, before.score], [undefined, 0]);
    await told.cycle(1);
    const after = scoreShape.parse(await score(told.archive, { model: MODEL }));
    assert.equal(after.version, 1);
    const points = Object.fromEntries(
      after.sections.flatMap(({ tests }) => tests.map((one) => [one.test, one.points])),
    );
    assert.equal(points.integration, 1);
    assert.equal(points.staleness, 0);
  });

  it('reads the newest pass of the version that serves, and the backtest that looked at the latest instants', async () => {
    const pass = (id: string, version: number, rows: number) =>
      told.store.putText(
        keys.monitor(MODEL, id, 'monitoring.json'),
        JSON.stringify({
          ...{ version, captured: { rows }, findings: [], data: { inputs: [] } },
          ...{ service: { limits: {} }, quality: { judged: false, labelled: 0 } },
        }),
      );
    await Promise.all([pass('2026-01-01', 1, 10), pass('2026-01-02', 1, 20), pass('2026-01-03', 2, 30)]);
    const backtest = (name: string, last: string, verdict: string) =>
      told.store.putText(
        keys.backtest(MODEL, name, 'backtest.json'),
        JSON.stringify({ instants: ['2025', last], origins: [], verdict }),
      );
    await Promise.all([backtest('a', '2026-02', 'later'), backtest('b', '2026-01', 'earlier')]);
    const { sections } = await score(told.archive, { model: MODEL });
    const found = Object.fromEntries(sections.flatMap(({ tests }) => tests.map((one) => [one.test, one.found])));
    assert.match(found.invariants ?? '', /20 rows/);
    assert.match(found.staleness ?? '', /later/);
  });

  it('is refused where the plan is gone', async () => {
    await told.tell(9, 'plan applied', { planHash: 'e'.repeat(64) });
    await assert.rejects(score(told.archive, { model: MODEL }), /the plan of tiny is gone from the bucket/);
  });
});
