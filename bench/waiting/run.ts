/** One run: so many workflows in wait on one worker process, then their jobs end one after the other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { cycleWorkflowId, rolloutWorkflowId } from '../../src/names.ts';
import { tinyFrozen } from '../../test/support/plan.ts';
import { historyOf, type Told } from './histories.ts';
import { type StandIn, startStandIn } from './sagemaker.ts';

export const WAYS = ['cycle', 'retriedLooks', 'timersOfWorkflows', 'heldSlots'] as const;
export type Way = (typeof WAYS)[number];

export interface Measured {
  /** Megabytes: before the first workflow, and at most while all wait. */
  readonly idle: number;
  readonly waiting: number;
  readonly peak: number;
  /** Describes a second while all wait: on average, and in the busiest second of the run. */
  readonly calls: number;
  readonly busiest: number;
  readonly actions: number;
  readonly events: number;
  /** Of those that deployed. */
  readonly deployed?: { readonly actions: number; readonly events: number };
  /** Milliseconds from a job's end until its workflow knows. */
  readonly p50: number;
  readonly p95: number;
}

interface Asked {
  readonly client: Client;
  readonly address: string;
  readonly bundle: string;
  readonly way: Way;
  readonly n: number;
}

/** How long all wait before the first job ends, and the jobs end within. */
const STEADY_MS = 60_000;
const SPREAD_MS = 60_000;
const LEAST_WAIT_MS = 1_000;
const ANSWER_WITHIN_MS = 30_000;
const TRIES = 5;

export async function measure({ client, address, bundle, way, n }: Asked): Promise<Measured> {
  const standIn = await startStandIn();
  const taskQueue = `bench-${way}-${n}`;
  const worker = await startWorker({ standIn, address, bundle, taskQueue, slots: slotsOf(way, n) });
  try {
    await sleep(LEAST_WAIT_MS * 2);
    const idle = worker.rss();
    const names = Array.from({ length: n }, (_, at) => `w${way.toLowerCase()}${n}-${at}`);
    for (const name of names) await begin(client, way, taskQueue, name);
    while (standIn.trainings.size < n) await sleep(LEAST_WAIT_MS);

    const steadyFrom = Date.now();
    const waiting: number[] = [];
    while (Date.now() < steadyFrom + STEADY_MS) {
      await sleep(LEAST_WAIT_MS);
      waiting.push(worker.rss());
    }
    const steadyTo = Date.now();
    [...standIn.trainings.keys()].forEach((job, at) => {
      standIn.trainings.set(job, steadyTo + (SPREAD_MS * at) / n);
    });

    const told = await Promise.all(names.map((name) => end(client, way, name)));
    const looks = standIn.calls.get('DescribeTrainingJob') ?? [];
    const late = names.map((name, at) => {
      const { watched, ended } = (told[at] as Ended).own;
      return (watched ?? ended) - (standIn.trainings.get(jobOf(way, name)) ?? Number.NaN);
    });
    const gone = told.filter(({ child }) => child);
    return {
      idle,
      waiting: Math.max(...waiting),
      peak: worker.peak(),
      calls: looks.filter((at) => at >= steadyFrom && at < steadyTo).length / ((steadyTo - steadyFrom) / 1_000),
      busiest: busiest(looks),
      actions: mean(told.map(({ own }) => own.actions)),
      events: mean(told.map(({ own }) => own.events)),
      ...(gone.length > 0 && {
        deployed: {
          actions: mean(gone.map(({ own, child }) => own.actions + (child?.actions ?? 0))),
          events: mean(gone.map(({ own, child }) => own.events + (child?.events ?? 0))),
        },
      }),
      p50: quantile(late, 0.5),
      p95: quantile(late, 0.95),
    };
  } finally {
    await worker.stop();
    await standIn.close();
  }
}

/** The naive ways are given all the slots that they ask for. */
const slotsOf = (way: Way, n: number): number | undefined =>
  way === 'heldSlots' ? n + 10 : way === 'timersOfWorkflows' ? 100 : undefined;

const jobOf = (way: Way, name: string): string => (way === 'cycle' ? `${name}-1-train-1` : name);
const idOf = (way: Way, name: string): string => (way === 'cycle' ? cycleWorkflowId(name, 1) : name);

async function begin(client: Client, way: Way, taskQueue: string, name: string): Promise<void> {
  const plan = { approve: { mode: 'auto' }, deploy: { rollout: { steps: [50], bake: 0, probation: 0 } } };
  const cycle = { model: name, cycle: 1, frozen: tinyFrozen({ model: name, ...plan }), trigger: 'person', by: 'bench' };
  const input = way === 'cycle' ? { ...cycle, versions: [] } : { kind: 'training', name };
  // A server that four times as many are begun on may not answer in time; what it has begun, it has.
  const options = {
    workflowId: idOf(way, name),
    taskQueue,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
  } as const;
  for (let left = TRIES; ; left -= 1)
    try {
      await client.connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, () => client.workflow.start(way, options));
      return;
    } catch (error) {
      if (left === 1) throw error;
    }
}

interface Ended {
  readonly own: Told;
  readonly child?: Told;
}

async function end(client: Client, way: Way, name: string): Promise<Ended> {
  const handle = client.workflow.getHandle(idOf(way, name));
  const result = (await handle.result()) as { outcome?: string } | undefined;
  const own = await historyOf(client, handle.workflowId);
  if (result?.outcome !== 'deployed') return { own };
  return { own, child: await historyOf(client, rolloutWorkflowId(name, '1')) };
}

interface Waiter {
  rss(): number;
  peak(): number;
  stop(): Promise<void>;
}

interface WaiterParts {
  readonly standIn: StandIn;
  readonly address: string;
  readonly bundle: string;
  readonly taskQueue: string;
  readonly slots?: number;
}

async function startWorker({ standIn, address, bundle, taskQueue, slots }: WaiterParts): Promise<Waiter> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('./worker.ts', import.meta.url))], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      ...{ TEMPORAL_ADDRESS: address, PERENNIAL_TASK_QUEUE: taskQueue, PERENNIAL_WORKFLOW_BUNDLE: bundle },
      ...{ AWS_ENDPOINT_URL: standIn.url, AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' },
      ...{ PERENNIAL_BUCKET: 'bench', BENCH_SLOTS: slots === undefined ? '' : String(slots) },
      PERENNIAL_JOB_ROLE_ARN: 'arn:aws:iam::000000000000:role/bench',
      PERENNIAL_LAMBDA_ROLE_ARN: 'arn:aws:iam::000000000000:role/bench',
    },
  });
  const sizes: number[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code}`)));
    child.on('message', (told: { ready?: boolean; rss?: number }) => {
      if (told.rss !== undefined) sizes.push(told.rss / 1e6);
      if (told.ready) resolve();
    });
  });
  await ready;
  return { rss: () => sizes.at(-1) ?? Number.NaN, peak: () => Math.max(...sizes), stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

function busiest(instants: readonly number[]): number {
  const seconds = new Map<number, number>();
  for (const at of instants) seconds.set(Math.floor(at / 1_000), (seconds.get(Math.floor(at / 1_000)) ?? 0) + 1);
  return Math.max(...seconds.values());
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
