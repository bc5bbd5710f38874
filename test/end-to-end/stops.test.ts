import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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
import { cycleWorkflowId } from '../../src/names.ts';
import { applyPlan, connect, decide, type Operator, requestCycle, status } from '../../src/operations/index.ts';
import { loadPlan } from '../../src/plan/load.ts';
import { progress } from '../../src/workflows/messages.ts';
import { type LaptopCloud, laptopCloud } from '../support/cloud.ts';
import { until } from '../support/until.ts';
import { startWorker, type WorkerProcess } from '../support/worker.ts';

const MODEL = 'stopping';
const BY = 'tests';
/** So many rounds that a job runs until it is stopped. */
const LONG = 10_000;

const plan = (rounds: number) => `
model: ${MODEL}
objective: Tell on which side of a line a point lies.
owner: { team: Tests, contact: tests@example.com }
collect: { sources: { points: { uri: points.csv } } }
prepare: { label: inside, inputs: [x, y], split: { by: random, validation: 20%, test: 20% } }
train:
  objective: { metric: log_loss, goal: minimize }
  candidates: [{ algorithm: xgboost, hyperparameters: { num_round: ${rounds}, max_depth: 6, eta: 0.01 } }]
approve: { mode: manual, timeout: 1h }
deploy: {}
`;

describe('what is stopped on the laptop cloud', function () {
  this.timeout(240_000);
  let cloud: LaptopCloud;
  let operator: Operator;
  let worker: WorkerProcess;
  let folder: string;

  before(async () => {
    cloud = await laptopCloud();
    folder = await mkdtemp(join(tmpdir(), 'perennial-stopping-'));
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(
      `COPY (SELECT x, y, x + y > random() - 0.5 AS inside
             FROM (SELECT random() * 2 - 1 AS x, random() * 2 - 1 AS y FROM range(3000)))
       TO '${join(folder, 'points.csv')}' (HEADER)`,
    );
    connection.closeSync();
    await writeFile(join(folder, 'features.sql'), 'SELECT row_id, inside, x, y FROM points');
    worker = startWorker(cloud.env);
    operator = await connect({ taskQueue: cloud.config.taskQueue });
  });
  after(async () => {
    await worker?.stop();
    await operator?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function begin(rounds: number): Promise<void> {
    await writeFile(join(folder, 'plan.yaml'), plan(rounds));
    await applyPlan(operator, { frozen: await loadPlan(folder), by: BY });
    await requestCycle(operator, { model: MODEL, trigger: 'person', by: BY });
  }

  /** Every job of a cycle, with the instant at which it was made. */
  async function jobs(cycle: number): Promise<string[]> {
    const { sagemaker } = cloud.aws;
    const mine = { NameContains: `${MODEL}-${cycle}-` };
    const trained = await sagemaker.send(new ListTrainingJobsCommand(mine));
    const scored = await sagemaker.send(new ListTransformJobsCommand(mine));
    return [
      ...(trained.TrainingJobSummaries ?? []).map((job) => [job.TrainingJobName, job.CreationTime]),
      ...(scored.TransformJobSummaries ?? []).map((job) => [job.TransformJobName, job.CreationTime]),
    ].map(([name, at]) => `${name} ${(at as Date).toISOString()}`);
  }

  const training = (cycle: number): Promise<string> =>
    until(
      `cycle ${cycle} to train`,
      async () => {
        const running = { NameContains: `${MODEL}-${cycle}-`, StatusEquals: 'InProgress' } as const;
        const { TrainingJobSummaries } = await cloud.aws.sagemaker.send(new ListTrainingJobsCommand(running));
        return TrainingJobSummaries?.[0]?.TrainingJobName;
      },
      120_000,
    );

  /** The run of the cycle that waits for approval. */
  const waiting = (except?: string): Promise<string> =>
    until(
      'the cycle to wait for approval',
      async () => {
        const handle = operator.client.workflow.getHandle(cycleWorkflowId(MODEL, 1));
        const { runId } = await handle.describe();
        return runId !== except && (await handle.query(progress)).approval !== undefined && runId;
      },
      180_000,
    );

  it('no job, when its worker is told to end and another one comes', async () => {
    await begin(400);
    const job = await training(1);
    await worker.stop();
    worker = startWorker(cloud.env);
    await waiting();
    const told = await cloud.aws.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: job }));
    assert.equal(told.TrainingJobStatus, 'Completed');
    assert.equal((await jobs(1)).length, 3, 'the candidate, the baseline, and one that scores');
  });

  it('no job, when the cycle is reset to its beginning: those that are done are found again', async () => {
    const before = await jobs(1);
    const runId = await waiting();
    const id = cycleWorkflowId(MODEL, 1);
    const { events } = await operator.client.workflow.getHandle(id, runId).fetchHistory();
    const first = events?.find((event) => event.workflowTaskCompletedEventAttributes)?.eventId;
    await operator.client.workflowService.resetWorkflowExecution({
      namespace: operator.client.options.namespace,
      workflowExecution: { workflowId: id, runId },
      reason: 'a test',
      workflowTaskFinishEventId: first,
      requestId: randomUUID(),
    });
    await waiting(runId);
    assert.deepEqual(await jobs(1), before);
    await decide(operator, { model: MODEL, cycle: 1, decision: 'reject', by: BY });
    await until('the cycle to end', async () => (await status(operator, { model: MODEL })).outcomes.length === 1);
  });

  it('the job of a cycle that is terminated', async () => {
    await begin(LONG);
    const job = await training(2);
    await operator.client.workflow.getHandle(cycleWorkflowId(MODEL, 2)).terminate('by hand');
    const ended = await until('the job to stop', async () => {
      const told = await cloud.aws.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: job }));
      return told.TrainingJobStatus !== 'InProgress' && told.TrainingJobStatus !== 'Stopping' && told.TrainingJobStatus;
    });
    assert.equal(ended, 'Stopped');
    const store = createStore(cloud.aws.s3, cloud.config.bucket);
    const entries = await until('the ledger', async () => {
      const found = await readLedger(store, MODEL);
      return found.some(({ event }) => event === 'cleared away') && found;
    });
    assert.deepEqual(verifyLedger(entries), []);
    const { Models } = await cloud.aws.sagemaker.send(new ListModelsCommand({ NameContains: `${MODEL}-` }));
    assert.deepEqual(Models, []);
  });
});
