import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { checkPlan } from '../../src/plan/load.ts';
import { candidateMaxWait, candidatesOf, trialsOf } from '../../src/plan/meaning.ts';
import { METRICS, METRICS_OF } from '../../src/plan/metrics.ts';
import { brokenRules } from '../../src/plan/rules.ts';
import { planSchema } from '../../src/plan/schema.ts';

type Parts = Readonly<Record<string, unknown>>;
const base = parse(await readFile('plans/flight-delays/plan.yaml', 'utf8')) as Record<string, Parts>;

/** The example plan with parts replaced, and what its rules say: `path: found`. */
const rulesOf = (changes: Readonly<Record<string, unknown>>): string[] => {
  const parts = Object.entries(changes).map(([name, part]) => [
    name,
    typeof part === 'object' ? { ...base[name], ...(part as Parts) } : part,
  ]);
  const plan = planSchema.parse({ ...base, ...Object.fromEntries(parts) });
  return brokenRules(plan).map(({ path, found }) => `${path.join('.')}: ${found}`);
};
const candidate = (more: Parts) => ({ train: { candidates: [{ algorithm: 'xgboost', ...more }] } });
const tune = (more: Parts) => candidate({ tune: { parameters: { max_depth: [2, 8] }, ...more } });

describe('the rules of a plan', () => {
  it('let the example through', () => assert.deepEqual(rulesOf({}), []));

  it('refuse a uri that carries a secret, by its place and without a word of it', () => {
    const flights = (uri: string) => ({
      collect: { sources: { ...(base.collect?.sources as Parts), flights: { uri, time: 'date' } } },
    });
    const place = 'collect.sources.flights.uri';
    for (const uri of [
      'https://ann:s3cr3t@example.com/x.csv',
      's3://s3cr3t@bucket/x.csv',
      'https:ann:s3cr3t@example.com/x.csv',
    ])
      assert.deepEqual(rulesOf(flights(uri)), [`${place}: a user or password stands before its host`]);
    assert.deepEqual(rulesOf(flights('https://example.com/x.csv?v=1&X-Amz-Signature=s3cr3t')), [
      `${place}: its query carries "X-Amz-Signature"`,
    ]);
    assert.deepEqual(rulesOf({ monitor: { notify: ['mailto:a@b.example', 'https://example.com/?token=s3cr3t'] } }), [
      'monitor.notify.1: its query carries "token"',
    ]);
    const broken = { ...base, monitor: { notify: ['ftp://ann:s3cr3t@example.com/'] } };
    assert.throws(
      () => checkPlan(stringify(broken)),
      (error) => {
        assert.match(String(error), /monitor\.notify\[0\]: found/);
        return !String(error).includes('s3cr3t');
      },
    );
  });

  it('measure each kind of problem by its own measures', () => {
    const regression = {
      problem: 'regression',
      train: { objective: { metric: 'rmse', goal: 'minimize' }, candidates: [{ algorithm: 'xgboost' }] },
      evaluate: { gates: [], slices: [] },
      monitor: { quality: [] },
      retrain: { on: [] },
    };
    assert.deepEqual(rulesOf(regression), []);
    assert.deepEqual(rulesOf({ ...regression, evaluate: { gates: [{ metric: 'auc', min: 0.6 }] } }), [
      'evaluate.gates.0.metric: auc is no measure of a regression problem',
    ]);
    assert.deepEqual(rulesOf({ ...regression, train: { ...regression.train, classWeights: 'balanced' } }), [
      'train.classWeights: a regression has no classes',
    ]);
    const gates = [
      { metric: 'f1', min: 0.5 },
      { metric: 'f1', class: 'rain', min: 0.5 },
      { metric: 'brier', class: 'rain', max: 1 },
    ];
    assert.deepEqual(rulesOf({ problem: 'multiclass', evaluate: { gates }, train: candidate({}).train }), [
      'evaluate.gates.0.metric: f1 is no measure of a multiclass problem',
      'evaluate.gates.2.metric: brier is not measured of one class',
    ]);
    assert.deepEqual(rulesOf({ evaluate: { gates: [{ metric: 'f1', class: 'late', min: 0.5 }] } }), [
      'evaluate.gates.0.class: a binary problem has no such class',
    ]);
    assert.deepEqual(new Set(Object.values(METRICS_OF).flat().concat(['precision', 'recall', 'f1'])), new Set(METRICS));
  });

  it('give each algorithm the problems and the parts that it has', () => {
    assert.deepEqual(rulesOf(candidate({ algorithm: 'linear-regression' })), [
      'train.candidates.0.algorithm: linear-regression does not solve a classification',
    ]);
    assert.deepEqual(rulesOf(candidate({ algorithm: 'script' })), ['train.candidates.0.script: it is missing']);
    assert.deepEqual(rulesOf(candidate({ script: 'mine/train.py' })), [
      'train.candidates.0.script: xgboost takes no script',
    ]);
    assert.deepEqual(
      rulesOf(candidate({ algorithm: 'script', script: 'mine/train.py', hyperparameters: { any: 'x' } })),
      [],
    );
    assert.deepEqual(rulesOf(candidate({ name: 'baseline' })), [
      'train.candidates.0: another candidate is called "baseline"',
    ]);
  });

  it('refuse what SageMaker could not tune', () => {
    assert.deepEqual(rulesOf(tune({ parameters: {} })), ['train.candidates.0.tune.parameters: there is none']);
    assert.deepEqual(rulesOf(tune({ strategy: 'grid' })), [
      'train.candidates.0.tune.parameters.max_depth: a grid tries values',
    ]);
    assert.deepEqual(rulesOf(tune({ strategy: 'hyperband', earlyStopping: true })), [
      'train.candidates.0.tune.earlyStopping: hyperband stops jobs by itself',
    ]);
    const parameters = {
      max_depth: [8, 2],
      eta: { min: 0, max: 0.3, scale: 'log' },
      depth: [1, 2],
      gamma: { values: ['a'] },
    };
    assert.deepEqual(rulesOf(tune({ parameters })), [
      'train.candidates.0.tune.parameters.max_depth: 8 is not below 2',
      'train.candidates.0.tune.parameters.eta: a log scale begins at 0',
      'train.candidates.0.tune.parameters.eta: found 0',
      'train.candidates.0.tune.parameters.depth: xgboost takes no such hyperparameter',
      'train.candidates.0.tune.parameters.gamma: found "a"',
    ]);
    const ten = { values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] };
    assert.deepEqual(
      rulesOf(tune({ strategy: 'grid', parameters: { max_depth: ten, num_round: ten, eta: { values: [0.1, 0.2] } } })),
      ['train.candidates.0.tune.parameters: the grid has 200 combinations'],
    );
  });
});

describe('the candidates of a plan', () => {
  const plan = (more: Parts) => planSchema.parse({ ...base, train: { ...base.train, ...more } });

  it('have a linear one among them unless the plan says otherwise', () => {
    const boosted = [{ algorithm: 'xgboost' }];
    assert.deepEqual(
      candidatesOf(plan({ candidates: boosted })).map(({ algorithm }) => algorithm),
      ['xgboost', 'logistic-regression'],
    );
    assert.equal(candidatesOf(plan({ candidates: boosted, baseline: 'none' })).length, 1);
    assert.equal(candidatesOf(plan({})).length, 2);
  });

  it('take as many jobs and as long as their trials do', () => {
    const { candidates, ...rest } = plan({
      candidates: [
        {
          algorithm: 'xgboost',
          tune: { parameters: { max_depth: { values: [2, 4, 6] }, eta: { values: [0.1, 0.2] } }, strategy: 'grid' },
        },
        { algorithm: 'gradient-boosting', tune: { parameters: { max_depth: [2, 6] }, jobs: 7, parallel: 3 } },
      ],
      instance: { maxRuntime: '10m', spot: true },
    }).train;
    assert.deepEqual(candidates.map(trialsOf), [6, 7]);
    const [grid, bayesian] = candidates;
    assert.ok(grid && bayesian);
    const whole = { ...plan({}), train: { candidates, ...rest } };
    assert.equal(candidateMaxWait(whole, grid), 3 * 20 * 60_000);
    assert.equal(candidateMaxWait(whole, bayesian), 3 * 20 * 60_000);
  });
});
