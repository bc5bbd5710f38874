/** A small made-up model, prepared as the second stage would: rides that are late when they are long and in the evening. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { create } from 'tar';
import type { Deps } from '../../src/activities/deps.ts';
import { evaluateActivities } from '../../src/activities/evaluate.ts';
import { jobActivities } from '../../src/activities/jobs.ts';
import { trainActivities } from '../../src/activities/train.ts';
import type { CycleScope, JobResult, LabelSummary, Prepared } from '../../src/activities/types.ts';
import type { Store } from '../../src/aws/store.ts';
import { jobName, keys } from '../../src/names.ts';
import { type Plan, planSchema } from '../../src/plan/schema.ts';
import { run, watch } from './activities.ts';

export const ridesPlan = (model = 'rides', changes: Record<string, unknown> = {}): Plan =>
  planSchema.parse({
    model,
    objective: 'Tell whether a ride will be late.',
    owner: { team: 'Rides', contact: 'rides@example.com' },
    collect: { sources: { rides: { uri: 'rides.parquet', time: 'at' } } },
    prepare: {
      label: 'late',
      inputs: ['distance', 'hour'],
      split: { by: 'random', validation: '20%', test: '20%' },
    },
    train: {
      objective: { metric: 'auc', goal: 'maximize' },
      candidates: [
        { algorithm: 'xgboost', hyperparameters: { num_round: 10, max_depth: 3, eta: 0.3 } },
        { algorithm: 'logistic-regression', name: 'simple' },
      ],
      instance: { type: 'ml.m5.large', maxRuntime: '10m' },
      budget: { perCycleUsd: 1 },
    },
    deploy: { rollout: { bake: '1s', probation: 0, maxErrorRate: 0.01, maxLatencyP99: '1s' } },
    ...changes,
  });

export const ridesScope = (plan = ridesPlan(), cycle = 1): CycleScope => ({
  model: plan.model,
  cycle,
  asOf: '2026-01-01T00:00:00.000Z',
  frozen: { plan, features: 'SELECT row_id, late, distance, hour FROM rides', files: {}, hash: 'ab'.repeat(32) },
});

const summary = (positives = 0): LabelSummary => ({ shares: [1 - positives, positives] });

const STATEMENT =
  'SELECT row_id, CAST(late AS DOUBLE) AS late, CAST(distance AS DOUBLE) AS distance, CAST(hour AS DOUBLE) AS hour FROM rides ORDER BY row_id';

/** `rows` of each part, uploaded. */
export async function prepareRides(store: Store, { model, cycle }: CycleScope, rows = 600): Promise<Prepared> {
  const folder = await mkdtemp(join(tmpdir(), 'rides-'));
  const duck = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    const key = (file: string) => keys.cycle(model, cycle, 'prepared', file);
    const put = (file: string) => store.putFile(key(file), join(folder, file));
    await duck.run('SELECT setseed(0.5)');
    await duck.run(`CREATE TABLE rides AS
      SELECT range AS row_id, random() * 100 AS distance, CAST(floor(random() * 24) AS DOUBLE) AS hour, random() AS luck
      FROM range(${rows * 3})`);
    await duck.run('ALTER TABLE rides ADD COLUMN late BOOLEAN');
    await duck.run('UPDATE rides SET late = distance / 100 + hour / 24 + luck > 1.6');
    await duck.run(`CREATE VIEW features AS ${STATEMENT}`);
    for (const [at, part] of ['train', 'validation', 'test'].entries())
      await duck.run(
        `COPY (FROM features WHERE row_id BETWEEN ${at * rows} AND ${(at + 1) * rows - 1}) TO '${join(folder, part)}.parquet'`,
      );
    const test = `FROM rides WHERE row_id >= ${rows * 2} ORDER BY row_id`;
    await duck.run(`COPY (SELECT distance, hour ${test}) TO '${join(folder, 'test.jsonl')}' (FORMAT json)`);
    await duck.run(`COPY (SELECT row_id, late::DOUBLE AS late ${test}) TO '${join(folder, 'labels.parquet')}'`);
    const shares = await Promise.all(['train', 'validation', 'test'].map((part) => positives(part)));

    await writeFile(join(folder, 'transform.json'), JSON.stringify(transform()));
    await create({ file: join(folder, 'transform.tar.gz'), cwd: folder, gzip: true }, ['transform.json']);
    await writeFile(join(folder, 'baseline.json'), '{}');
    return {
      train: await put('train.parquet'),
      validation: await put('validation.parquet'),
      test: await put('test.parquet'),
      testInputs: await put('test.jsonl'),
      testLabels: await put('labels.parquet'),
      transform: await put('transform.tar.gz'),
      baseline: await put('baseline.json'),
      rows: { train: rows, validation: rows, test: rows },
      features: ['distance', 'hour'],
      target: { problem: 'binary' },
      labels: { train: summary(shares[0]), validation: summary(shares[1]), test: summary(shares[2]) },
      leftOut: { duplicates: 0, unlabelled: 0, outliers: {}, history: 0 },
      warnings: [],
    };
  } finally {
    duck.closeSync();
    await rm(folder, { recursive: true, force: true });
  }

  async function positives(part: string): Promise<number> {
    const found = await duck.runAndReadAll(`SELECT avg(late) FROM '${join(folder, part)}.parquet'`);
    return Number(found.getRows()[0]?.[0]);
  }
}

const transform = () => ({
  format: 2,
  problem: 'binary',
  label: 'late',
  source: {
    name: 'rides',
    columns: [
      { name: 'distance', type: 'DOUBLE' },
      { name: 'hour', type: 'DOUBLE' },
      { name: 'late', type: 'BOOLEAN' },
    ],
  },
  inputs: [
    { name: 'distance', type: 'DOUBLE', optional: false },
    { name: 'hour', type: 'DOUBLE', optional: false },
  ],
  references: [],
  features: ['distance', 'hour'],
  duckdb: '1.5.6',
  statement: STATEMENT,
});

export interface Scored {
  readonly instances: readonly unknown[];
  readonly predictions: readonly { readonly probability: number; readonly label: boolean }[];
}

/** Trains the plan's first candidate for real, and scores five rows with it by batch transform. */
export async function trainRides(
  deps: Deps,
  scope: CycleScope,
): Promise<{ prepared: Prepared; result: JobResult; scored: Scored }> {
  const prepared = await prepareRides(deps.store, scope);
  const { model, cycle } = scope;
  const job = jobName(model, cycle, 'train');
  const name = jobName(model, cycle, 'train-model');
  const { watchJob } = jobActivities(deps);
  await run(trainActivities(deps).submitTraining, { ...scope, job, candidate: 0, prepared });
  const { result } = await watch(watchJob, { kind: 'training', name: job });
  const { createModel, submitTransform, deleteModel } = evaluateActivities(deps);
  await run(createModel, { ...scope, name, artifact: result.output, algorithm: 'xgboost' });
  const lines = (await deps.store.getText(prepared.testInputs)).trim().split('\n').slice(0, 5);
  const input = await deps.store.putText(keys.cycle(model, cycle, 'five.jsonl'), `${lines.join('\n')}\n`);
  const transformed = await run(submitTransform, { ...scope, job: `${job}-five`, modelName: name, input });
  const { result: scores } = await watch(watchJob, transformed);
  const answers = (await deps.store.getText(`${scores.output}/five.jsonl.out`)).trim().split('\n');
  await run(deleteModel, { name });
  return {
    prepared,
    result,
    scored: {
      instances: lines.map((line) => JSON.parse(line) as unknown),
      predictions: answers.map((line) => JSON.parse(line) as { probability: number; label: boolean }),
    },
  };
}
