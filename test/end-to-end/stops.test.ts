import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeTrainingJobCommand,
  ListModelsCommand,
  ListTrainingJobsCommand,
  ListTransformJobsCommand,
} from '@aws-sdk/client-sagemaker';
import { DuckDBInstance } from '@duckdb/node-api';
import { readLedger, verifyLedger } from '../../src/aws/ledger.ts';
import { createStore } from '../../src/aws/store.ts';
import { cycleWorkflowId, jobName } from '../../src/names.ts';
import { applyPlan, connect, decide, type Operator, requestCycle, status } from '../../src/operations/index.ts';
import { loadPlan } from '../../src/plan/load.ts';
import { progress } from '../../src/workflows/messages.ts';
import { bundleFile } from '../support/bundle.ts';
import { type LaptopCloud, laptopCloud } from '../support/cloud.ts';
import { until } from '../support/until.ts';
import { startWorker, type WorkerProcess } from '../support/worker.ts';

const MODEL = 'stopping';
const BY = 'tests';

const PLAN = `
model: ${MODEL}
problem: regression
objective: Tell how high a point lies.
owner: { team: Tests, contact: tests@example.com }
collect: { sources: { points: { uri: points.csv } } }
prepare: { label: height, inputs: [x, y], split: { by: random, validation: 20%, test: 20% } }
train:
  objective: { metric: rmse, goal: minimize }
  candidates: [{ algorithm: script, name: patient, script: code/patient.py }]
approve: { mode: manual, timeout: 1h }
deploy: {}
`;

/** It trains until a file is there. */
const SCRIPT = (file: string) => `
import os, time


class Mean:
    def __init__(self, mean):
        self.mean = mean

    def predict(self, rows):
        return [self.mean] * len(rows)


def fit(data, hyperparameters):
    while not os.path.exists(${JSON.stringify(file)}):
        time.sleep(0.05)
    return Mean(float(data.train.label.mean()))
`;

describe('jobs that really run', function () {
  this.timeout(300_000);
  let cloud: LaptopCloud;
  let operator: Operator;
  let worker: WorkerProcess;
  let folder: string;

  before(async () => {
    [cloud] = await Promise.all([laptopCloud(), bundleFile()]);
    worker = startWorker(cloud.env);
    folder = await mkdtemp(join(tmpdir(), 'perennial-stopping-'));
    await writePlan(folder);
    operator = await connect({ taskQueue: cloud.config.taskQueue });
    await worker.ready;
    await applyPlan(operator, { frozen: await loadPlan(folder), by: BY });
  });
  after(async () => {
    await worker?.stop();
    await operator?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const letTrain = () => writeFile(join(folder, 'enough'), '');
  const begin = () => requestCycle(operator, { model: MODEL, trigger: 'person', by: BY });
  const handleOf = (cycle: number) => operator.client.workflow.getHandle(cycleWorkflowId(MODEL, cycle));
  const patient = (cycle: number) => jobName(MODEL, cycle, 'train-1');

  /** The state of the job of a cycle that trains until it is let. */
  async function state(cycle: number): Promise<string | undefined> {
    const wanted = new DescribeTrainingJobCommand({ TrainingJobName: patient(cycle) });
    return (await cloud.aws.sagemaker.send(wanted)).TrainingJobStatus;
  }

  const training = (cycle: number) =>
    until(
      `cycle ${cycle} to train`,
      async () => {
        const running = { NameContains: patient(cycle), StatusEquals: 'InProgress' } as const;
        const { TrainingJobSummaries } = await cloud.aws.sagemaker.send(new ListTrainingJobsCommand(running));
        return TrainingJobSummaries?.length === 1;
      },
      120_000,
    );

  /** Every job that a cycle paid for, with the instant at which it was made. */
  async function jobs(cycle: number): Promise<string[]> {
    const mine = { NameContains: `${MODEL}-${cycle}-` };
    const { TrainingJobSummaries: trained = [] } = await cloud.aws.sagemaker.send(new ListTrainingJobsCommand(mine));
    const { TransformJobSummaries: scored = [] } = await cloud.aws.sagemaker.send(new ListTransformJobsCommand(mine));
    const made = [
      ...trained.map(({ TrainingJobName: name, CreationTime: at }) => ({ name, at })),
      ...scored.map(({ TransformJobName: name, CreationTime: at }) => ({ name, at })),
    ];
    return made.map(({ name, at }) => `${name} ${at?.toISOString()}`).sort();
  }

  /** The run of a cycle that waits for approval. */
  const waiting = (cycle: number, notThe?: string) =>
    until(
      `cycle ${cycle} to wait for approval`,
      async () => {
        const { runId } = await handleOf(cycle).describe();
        return runId !== notThe && (await handleOf(cycle).query(progress)).approval !== undefined && runId;
      },
      180_000,
    );

  const outcome = (cycle: number) =>
    until(
      `cycle ${cycle} to end`,
      async () => (await status(operator, { model: MODEL })).outcomes.find((one) => one.cycle === cycle)?.outcome,
      120_000,
    );

  it('are stopped when their cycle is terminated, and the model goes on', async () => {
    await begin();
    await training(1);
    await handleOf(1).terminate('by hand');
    assert.equal(await outcome(1), 'failed');
    await begin();
    await training(2);
    assert.equal(await state(1), 'Stopped', 'nothing else begins before');
  });

  it('go on when their worker is told to end, and the next one waits for them', async () => {
    await worker.stop();
    assert.equal(await state(2), 'InProgress');
    await letTrain();
    worker = startWorker(cloud.env);
    await waiting(2);
    assert.equal(await state(2), 'Completed');
    assert.equal((await jobs(2)).length, 3, 'the candidate, the baseline, and one that scores');
  });

  it('are not paid for again when their cycle is reset to its beginning', async () => {
    const before = await jobs(2);
    const runId = await waiting(2);
    const { events = [] } = await handleOf(2).fetchHistory();
    await operator.client.workflowService.resetWorkflowExecution({
      namespace: operator.client.options.namespace,
      workflowExecution: { workflowId: cycleWorkflowId(MODEL, 2), runId },
      reason: 'a test',
      workflowTaskFinishEventId: events?.find((event) => event.workflowTaskCompletedEventAttributes)?.eventId,
      requestId: randomUUID(),
    });
    await waiting(2, runId);
    assert.deepEqual(await jobs(2), before);
    await decide(operator, { model: MODEL, cycle: 2, decision: 'reject', by: BY });
    assert.equal(await outcome(2), 'not approved');
  });

  it('leave no model behind, and a ledger that tells what was stopped', async () => {
    const store = createStore(cloud.aws.s3, cloud.config.bucket);
    const ledger = await until('the ledger', async () => {
      const entries = await readLedger(store, MODEL);
      return entries.filter(({ event }) => event === 'cycle ended').length === 2 && entries;
    });
    assert.deepEqual(verifyLedger(ledger), []);
    const cleared = ledger.find(({ event }) => event === 'cleared away');
    assert.match(String(cleared?.reason), new RegExp(`^cycle 1 was lost: stopped .*training ${patient(1)}`));
    const { Models } = await cloud.aws.sagemaker.send(new ListModelsCommand({ NameContains: `${MODEL}-` }));
    assert.deepEqual(Models, []);
  });
});

async function writePlan(folder: string): Promise<void> {
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  await connection.run(
    `COPY (SELECT x, y, x + y + random() AS height FROM (SELECT random() AS x, random() AS y FROM range(3000)))
     TO '${join(folder, 'points.csv')}' (HEADER)`,
  );
  connection.closeSync();
  database.closeSync();
  await mkdir(join(folder, 'code'));
  await writeFile(join(folder, 'code', 'patient.py'), SCRIPT(join(folder, 'enough')));
  await writeFile(join(folder, 'features.sql'), 'SELECT row_id, height, x, y FROM points');
  await writeFile(join(folder, 'plan.yaml'), PLAN);
}
