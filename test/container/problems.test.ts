import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { create } from 'tar';
import { modelIdentity } from '../../src/data/model-identity.ts';
import { METRICS_OF } from '../../src/plan/metrics.ts';
import type { Problem } from '../../src/plan/schema.ts';
import { long } from '../support/long.ts';
import {
  CLASSES,
  described,
  fixture,
  fixtureChannels,
  LABELS,
  measured,
  ourScript,
  PYTHON,
  remove,
  startServer,
  train,
  workFolder,
} from './support.ts';

const TOLERANCE = 1e-8;
const BOOSTED = {
  xgboost: { num_round: 12, max_depth: 3, eta: 0.3 },
  'gradient-boosting': { max_iter: 12, max_leaf_nodes: 8, learning_rate: 0.3 },
};
const ALGORITHMS: Record<Problem, Record<string, object>> = {
  binary: { ...BOOSTED, 'logistic-regression': { C: 0.5 } },
  multiclass: { ...BOOSTED, 'logistic-regression': { C: 0.5 } },
  regression: { ...BOOSTED, 'linear-regression': { alpha: 2 } },
};

/** Each problem and each algorithm once, at least: for when time is short. */
const SHORT = new Set([
  'xgboost binary',
  'xgboost multiclass',
  'logistic-regression binary',
  'linear-regression regression',
  'gradient-boosting regression',
]);

const lines = async (file: string): Promise<Record<string, number>[]> =>
  (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** One process for all: to load scikit-learn takes longer than to measure. */
function startMeasuring() {
  const child = spawn(PYTHON, [join(import.meta.dirname, 'measure.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const measure = async (given: object): Promise<Record<string, number>> => {
    child.stdin.write(`${JSON.stringify(given)}\n`);
    const { value, done } = await answers.next();
    return done ? assert.fail('scikit-learn ended') : JSON.parse(value);
  };
  return { child: child as ChildProcess, measure };
}

const EXPLAINED = 'application/json; perennial=explanation';

interface Explained {
  readonly predictions: readonly {
    readonly probability: number;
    readonly probabilities: Record<string, number>;
    readonly value: number;
  }[];
  readonly features: readonly Record<string, number | null>[];
  readonly contributions: readonly (readonly { class?: string; bias: number; features: Record<string, number> }[])[];
}

/** What the features are said to have done to an answer, and the bias, are the answer on the model's own scale. */
function assertAddsUp({ predictions, features, contributions }: Explained, problem: Problem): void {
  assert.equal(contributions.length, predictions.length);
  for (const [at, outputs] of contributions.entries()) {
    for (const output of outputs) assert.deepEqual(Object.keys(output.features), Object.keys(features[at] ?? {}));
    const sums = outputs.map(({ bias, features }) => Object.values(features).reduce((sum, one) => sum + one, bias));
    const [first = Number.NaN] = sums;
    const { probability, probabilities, value } = predictions[at] ?? assert.fail();
    const close = (a: number, b: number) =>
      assert.ok(Math.abs(a - b) < 1e-4 * Math.max(1, Math.abs(b)), `${a} and ${b}`);
    if (problem === 'binary') close(1 / (1 + Math.exp(-first)), probability);
    else if (problem === 'regression') close(first, value);
    else {
      assert.deepEqual(
        outputs.map((output) => output.class),
        CLASSES,
      );
      const powers = sums.map(Math.exp);
      const all = powers.reduce((sum, one) => sum + one, 0);
      for (const [index, name] of CLASSES.entries()) close((powers[index] ?? 0) / all, probabilities[name] ?? 0);
    }
  }
}

describe('each algorithm on each kind of problem', function () {
  this.timeout(120_000);
  let folder: string;
  const data = {} as Record<Problem, string>;
  let scikitLearn: ReturnType<typeof startMeasuring>;
  before(async () => {
    scikitLearn = startMeasuring();
    ({ folder, data: data.binary } = await workFolder());
    data.multiclass = fixture(folder, 'multiclass');
    data.regression = fixture(folder, 'regression');
  });
  after(() => {
    scikitLearn.child.kill();
    return remove(folder);
  });

  for (const [problem, algorithms] of Object.entries(ALGORITHMS) as [Problem, Record<string, object>][])
    for (const [algorithm, parameters] of Object.entries(algorithms))
      it(`${algorithm}, ${problem}: trains, and what is served measures as it was logged${long(!SHORT.has(`${algorithm} ${problem}`))}`, async () => {
        const label = LABELS[problem];
        const job = await train(folder, fixtureChannels(data[problem]), ourScript({ algorithm, label, ...parameters }));
        assert.equal(job.code, 0, job.log);
        assert.equal(job.failure, '');
        const parts = await readdir(job.model);
        for (const part of ['model.json', 'transform', 'code']) assert.ok(parts.includes(part), `${part} of ${parts}`);
        assert.ok(!parts.some((part) => part.startsWith('.')), `half-made files of ${parts}`);
        const facts = await described(job.model);
        assert.equal(facts.problem, problem);
        assert.deepEqual(facts.classes, problem === 'multiclass' ? CLASSES : undefined);
        assert.equal(facts.threshold, problem === 'binary' ? 0.5 : undefined);
        assert.match(String(facts.sha256), /^[0-9a-f]{64}$/);
        const archive = join(folder, `${problem}-${algorithm}.tar.gz`);
        await create({ gzip: true, file: archive, cwd: job.model }, parts);
        assert.equal(await modelIdentity(archive), facts.sha256, 'an audit computes the same');

        const server = await startServer(folder, job.model);
        const answer = await server.invoke(await readFile(join(data[problem], 'rows.jsonl')), 'application/jsonlines');
        const few = (await lines(join(data[problem], 'rows.jsonl'))).slice(0, 20);
        const explained = await server.invoke(JSON.stringify({ instances: few }), 'application/json', EXPLAINED);
        await server.stop();
        assert.equal(answer.status, 200, answer.text);
        const predictions = answer.text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
        const labels = (await lines(join(data[problem], 'features.jsonl'))).map((row) => row[label]);
        assert.equal(predictions.length, labels.length);
        assertAddsUp(JSON.parse(explained.text), problem);
        const expected = await scikitLearn.measure({ problem, classes: CLASSES, labels, predictions });
        const validation = facts.validation as Record<string, number>;
        assert.deepEqual(Object.keys(validation), METRICS_OF[problem]);
        for (const metric of METRICS_OF[problem]) {
          const said = `${metric}: model.json says ${validation[metric]}, scikit-learn says ${expected[metric]}`;
          const most = TOLERANCE * Math.max(1, Math.abs(Number(expected[metric])));
          assert.ok(Math.abs(Number(validation[metric]) - Number(expected[metric])) < most, said);
          assert.ok(Math.abs(measured(job.log, metric) - Number(expected[metric])) < most, `logged, too; ${said}`);
        }
        const worst = { binary: ['auc', 0.7], multiclass: ['auc', 0.8], regression: ['r2', 0.9] } as const;
        const [metric, least] = worst[problem];
        assert.ok(Number(expected[metric]) > least, `it learnt nothing: ${metric} ${expected[metric]}`);
      });

  for (const [problem, algorithm, parameters] of [
    ['binary', 'xgboost', { num_round: 8, subsample: 0.7, colsample_bytree: 0.7 }],
    ['multiclass', 'gradient-boosting', { max_iter: 20, early_stopping_rounds: 3 }],
    ['multiclass', 'logistic-regression', {}],
    ['regression', 'linear-regression', {}],
  ] as const)
    it(`${algorithm}: a run repeated has the same sha256, and another seed another @long`, async () => {
      const sha256 = async (seed: number): Promise<unknown> => {
        const job = await train(folder, fixtureChannels(data[problem]), ourScript({ algorithm, seed, ...parameters }));
        assert.equal(job.code, 0, job.log);
        return (await described(job.model)).sha256;
      };
      const [first, again, other] = [await sha256(3), await sha256(3), await sha256(4)];
      assert.equal(first, again);
      assert.notEqual(first, other);
    });
});
