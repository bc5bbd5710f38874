/**
 * The worker that waits: Perennial's own, with its own clients, looks and slots; what has nothing to do with waiting is
 * answered from a small world. Tells its parent when it is ready, and its memory every second.
 */
import { Context } from '@temporalio/activity';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import pino from 'pino';
import { jobActivities } from '../../src/activities/jobs.ts';
import type { JobRef } from '../../src/activities/types.ts';
import { createClients } from '../../src/aws/clients.ts';
import { lookAtJob, submitJob } from '../../src/aws/jobs.ts';
import { createStore } from '../../src/aws/store.ts';
import { cycleTags } from '../../src/aws/tags.ts';
import { readConfig } from '../../src/config.ts';
import { connectWorker, createWorkers } from '../../src/temporal/worker.ts';
import { evaluation, fakeWorld } from '../../test/support/fake-activities.ts';

export interface WaitingActivities {
  submitJob(job: JobRef): Promise<JobRef>;
  isOver(job: JobRef): Promise<boolean>;
  sitBeside(job: JobRef & { every: number }): Promise<void>;
}

// A busy machine is slow at workflow tasks, and the core warns of each.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }), forward: {} } },
});

/** So many of a hundred cycles deploy; the others end at a gate. */
const DEPLOY = 10;

/** Slots of the ways that hold one a job; ours has what it has. */
const slots = Number(process.env.BENCH_SLOTS) || undefined;
const config = readConfig();
const aws = createClients(config.region, slots ? undefined : { rate: config.awsRate });
const { sagemaker } = aws;
const log = pino({ level: 'silent' });
const deps = { config, aws, log, store: createStore(aws.s3, config.bucket) };

const training = {
  roleArn: config.jobRoleArn,
  image: config.image,
  hyperparameters: {},
  channels: { train: 's3://bench/train' },
  output: 's3://bench/models',
  instance: { type: 'ml.m5.xlarge' },
  maxRuntime: 3_600_000,
  metrics: [],
};
const submit = (job: JobRef) => submitJob(sagemaker, { kind: 'training', name: job.name }, training, tags);
const tags = cycleTags('bench', 1);

const world = fakeWorld(() => ({
  ...jobActivities(deps),
  submitTraining: async ({ job }) => submit({ kind: 'training', name: job }),
  submitTransform: async ({ job, modelName }) => {
    const scoring = { modelName, input: 's3://bench/in', output: 's3://bench/out', instance: { type: 'ml.m5.xlarge' } };
    return submitJob(sagemaker, { kind: 'transform', name: job }, scoring, tags);
  },
  judge: async ({ model }) => evaluation(Number(/\d+$/.exec(model)?.[0]) % 100 < DEPLOY, false),
  describeEndpoint: async () => undefined,
  watchEndpoint: async ({ shape }) => shape,
}));

const isOver = async (job: JobRef): Promise<boolean> => (await lookAtJob(sagemaker, job)).state === 'completed';
const waiting: WaitingActivities = {
  submitJob: submit,
  isOver,
  async sitBeside({ every, ...job }) {
    while (!(await isOver(job))) await Context.current().sleep(every);
  },
};

const { connection, namespace } = await connectWorker();
const bundle = config.workflowBundle === undefined ? undefined : { codePath: config.workflowBundle };
const activities = { ...world.activities, ...waiting };
const parts = { connection, namespace, taskQueue: config.taskQueue, activities, workflowBundle: bundle };
const workers = await createWorkers(parts, slots ? { maxConcurrentActivityTaskExecutions: slots } : {});
const running = workers.run();
process.send?.({ ready: true });
const timer = setInterval(() => process.send?.({ rss: process.memoryUsage.rss() }), 1_000);
await running;
clearInterval(timer);
await connection.close();
process.disconnect?.();
