import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  codeFolder,
  fixtureChannels,
  measured,
  ourScript,
  PYTHON,
  ROOT,
  remove,
  script,
  train,
  workFolder,
} from './support.ts';

const CONTAINER = join(ROOT, 'container');

describe('train.py in the XGBoost container', () => {
  let folder: string;
  let data: string;
  let variants: string;

  before(async () => {
    ({ folder, data } = await workFolder());
    variants = join(folder, 'variants');
    execFileSync(PYTHON, [join(import.meta.dirname, 'variants.py'), data, variants]);
    await mkdir(join(folder, 'empty'));
  });
  after(() => remove(folder));

  it('gives the same bytes for the same data and seed, and others for another seed', async () => {
    const parameters = { algorithm: 'xgboost', num_round: 8, subsample: 0.7, colsample_bytree: 0.7 };
    const bytes = async (seed: number): Promise<Buffer> => {
      const job = await train(folder, fixtureChannels(data), ourScript({ ...parameters, seed }));
      assert.equal(job.code, 0, job.log);
      return readFile(join(job.model, 'xgboost-model'));
    };
    const [first, again, other] = [await bytes(3), await bytes(3), await bytes(4)];
    assert.ok(first.equals(again), 'two runs gave different models');
    assert.ok(!first.equals(other), 'the seed changed nothing');
  });

  it('tells in model.json what each feature is worth to it', async () => {
    const job = await train(folder, fixtureChannels(data), ourScript({ algorithm: 'xgboost', num_round: 8 }));
    const { features, importance } = JSON.parse(await readFile(join(job.model, 'model.json'), 'utf8'));
    assert.deepEqual(Object.keys(importance.increase), features);
    assert.equal(importance.measure, 'log_loss');
    assert.ok(Math.max(...Object.values<number>(importance.increase)) > 0.01, JSON.stringify(importance));
  });

  it('logs a line a round that the metric definitions of the job match', async () => {
    const job = await train(
      folder,
      fixtureChannels(data),
      ourScript({ algorithm: 'xgboost', num_round: 4, objective_metric: 'auc' }),
    );
    const rounds = job.log.match(/^\[([0-9]+)\] validation-auc:0\.\d+ validation-log_loss:0\.\d+$/gm);
    assert.equal(rounds?.length, 4, job.log);
  });

  it('stops early on the objective, keeps the best rounds and says so', async () => {
    const job = await train(
      folder,
      fixtureChannels(data),
      ourScript({ algorithm: 'xgboost', num_round: 300, eta: 0.5, early_stopping_rounds: 5, objective_metric: 'auc' }),
    );
    const kept = job.log.match(/early stopping on validation auc: kept (\d+) of at most 300 rounds/)?.[1];
    assert.ok(Number(kept) < 300, job.log);
    const scores = [...job.log.matchAll(/^\[\d+\] validation-auc:([0-9.]+)/gm)].map((match) => Number(match[1]));
    assert.equal(scores.length, Number(kept) + 5);
    assert.ok(Math.abs(measured(job.log, 'auc') - Math.max(...scores)) < 2e-6, 'the best round was not kept');
  });

  const refusals: [string, Record<string, unknown>, RegExp][] = [
    [
      'an unknown hyperparameter',
      { max_dept: 3 },
      /max_dept: xgboost takes no such hyperparameter; did you mean max_depth\?/,
    ],
    ["another algorithm's hyperparameter", { C: 1 }, /C: xgboost takes no such hyperparameter; it takes num_round,/],
    ['text for a number', { eta: 'fast' }, /eta: found 'fast'; it may be a number from 0\.0001 to 1/],
    ['a number out of range', { subsample: 1.5 }, /subsample: found '1\.5'; it may be a number from 0\.01 to 1/],
    ['a fraction for a whole number', { max_depth: 2.5 }, /max_depth: found '2\.5'; it may be a whole number/],
    ['not-a-number', { eta: 'nan' }, /eta: found 'nan'/],
    ['a word for a number', { num_round: true }, /num_round: found 'true'/],
    [
      'an unknown algorithm',
      { algorithm: 'forest' },
      /algorithm: found 'forest'; it may be xgboost, gradient-boosting, logistic-regression, linear-regression, script/,
    ],
    ['an unknown metric', { objective_metric: 'luck' }, /objective_metric: found 'luck'; it may be auc,/],
    ['a negative seed', { seed: -1 }, /seed: found '-1'; it may be a whole number from 0/],
  ];
  it('refuses hyperparameters by name, saying what they may be', () => {
    const asked = refusals.map(([, parameters]) =>
      Object.entries({ algorithm: 'xgboost', ...parameters }).flatMap(([name, value]) => [`--${name}`, String(value)]),
    );
    const options = {
      input: JSON.stringify(asked),
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: CONTAINER },
    } as const;
    const said = JSON.parse(execFileSync(PYTHON, [join(import.meta.dirname, 'settings.py')], options));
    for (const [at, [what, , words]] of refusals.entries()) assert.match(said[at] ?? 'accepted', words, what);
    assert.equal(said.length, refusals.length);
  });

  it('tells a refusal as the reason of the failed job and leaves no model', async () => {
    const job = await train(folder, fixtureChannels(data), ourScript({ algorithm: 'xgboost', max_dept: 3 }));
    assert.equal(job.code, 1);
    assert.match(
      job.failure,
      /^ExecuteUserScriptError:\nExitCode 1\nErrorMessage "TrainingFailure: hyperparameter max_dept/,
    );
    assert.deepEqual(await readdir(job.model), []);
  });

  const broken: [string, string, RegExp][] = [
    ['a constant label', 'constant', /channel train, label bought: is 0 in all 3000 rows; both are needed/],
    ['rows without a label', 'unlabelled', /channel train, label bought: 300 of 3000 rows have none/],
    ['a label that is not 0 or 1', 'other-label', /channel train, label bought: found 2; only 0 and 1/],
    ['a channel without rows', 'rowless', /channel train: has no rows/],
    ['a channel that lacks a feature', 'narrow', /channel train: lacks amount; it has row_id, bought, hour,/],
    ['a truncated file', 'truncated', /channel train: cannot be read as Parquet/],
  ];
  for (const [what, variant, words] of broken)
    it(`refuses ${what}`, async () => {
      const channels = { ...fixtureChannels(data), train: { folder: join(variants, variant) } };
      const job = await train(folder, channels, ourScript({ algorithm: 'logistic-regression' }));
      assert.equal(job.code, 1);
      assert.match(job.failure, words);
      assert.deepEqual(await readdir(job.model), []);
    });

  it("refuses another plan's label", async () => {
    const job = await train(folder, fixtureChannels(data), ourScript({ algorithm: 'xgboost', label: 'late' }));
    assert.match(job.failure, /label: found 'late', but the transform makes 'bought'/);
  });

  it('refuses a missing and an empty channel by name', async () => {
    const { validation: _, ...without } = fixtureChannels(data);
    const missing = await train(folder, without, ourScript({ algorithm: 'xgboost' }));
    assert.match(missing.failure, /channel validation is missing: the job has train, transform/);
    const nothing = { ...fixtureChannels(data), validation: { folder: join(folder, 'empty') } };
    const empty = await train(folder, nothing, ourScript({ algorithm: 'xgboost' }));
    assert.match(empty.failure, /channel validation is empty/);
  });

  it('refuses a transform that is no archive', async () => {
    const wrong = await codeFolder(folder, { 'transform.tar.gz': 'not gzip' });
    const job = await train(
      folder,
      { ...fixtureChannels(data), transform: { folder: wrong } },
      ourScript({ algorithm: 'xgboost' }),
    );
    assert.match(job.failure, /channel transform: transform\.tar\.gz cannot be used/);
  });

  it('refuses a program that the archive does not have', async () => {
    const job = await train(folder, fixtureChannels(data), script(join(folder, 'empty'), {}));
    assert.equal(job.code, 1);
    assert.match(job.failure, /has no train\.py; put it at the top of the archive/);
  });
});
