/** A Temporal server, one bundle of the workflows, and workers with fake activities: what tests of workflows play in. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Workflow, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  type WorkerOptions,
  type WorkflowBundlePath,
} from '@temporalio/worker';
import { FAIR } from '../../local/services.ts';
import type { FrozenPlan } from '../../src/activities/types.ts';
import { cycleWorkflowId, modelWorkflowId, rolloutWorkflowId } from '../../src/names.ts';
import { ensureSearchAttributes } from '../../src/operations/connect.ts';
import type { Operator } from '../../src/operations/types.ts';
import { createWorkers } from '../../src/temporal/worker.ts';
import type { cycle } from '../../src/workflows/cycle.ts';
import {
  type Champion,
  type CycleOutcome,
  type Kept,
  type ModelStatus,
  status,
  wishCycle,
} from '../../src/workflows/messages.ts';
import type { model } from '../../src/workflows/model.ts';
import type { RolloutInput, rollout } from '../../src/workflows/rollout.ts';
import { MODEL, SEARCH_ATTRIBUTES } from '../../src/workflows/search.ts';
import { newModel, putInForce } from '../../src/workflows/state.ts';
import type { CycleInput } from '../../src/workflows/story.ts';
import { bundleFile } from '../support/bundle.ts';
import { AN_INSTANT, FACTS, type FakeWorld, object } from '../support/fake-activities.ts';
import { tinyFrozen } from '../support/plan.ts';
import { until as anAnswer } from '../support/until.ts';

/** A program of the project's own Python environment. */
export const found = (name: string): string => fileURLToPath(new URL(`../../.venv/bin/${name}`, import.meta.url));

export const workflowBundle = async (): Promise<WorkflowBundlePath> => {
  quiet();
  return { codePath: await bundleFile() };
};

let installed = false;
function quiet(): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    // The time-skipping server calls itself older than it is, and the core warns of it at every worker.
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }), forward: {} },
    },
  });
}

/** Skips time while a result is waited for; knows no schedules. */
export async function timeSkipping(): Promise<TestWorkflowEnvironment> {
  quiet();
  const executable = { type: 'existing-path', path: found('temporal-test-server') } as const;
  const env = await started(() => TestWorkflowEnvironment.createTimeSkipping({ server: { executable } }));
  const searchAttributes = Object.fromEntries(
    SEARCH_ATTRIBUTES.map(({ name, type }) => [name, type === 'INT' ? 3 : 2]),
  );
  await env.connection.operatorService.addSearchAttributes({ namespace: env.namespace ?? 'default', searchAttributes });
  return env;
}

/** The server of the CLI, in real time. */
export async function devServer(...extraArgs: string[]): Promise<TestWorkflowEnvironment> {
  quiet();
  const executable = { type: 'existing-path', path: found('temporal') } as const;
  const fair = FAIR.flatMap((setting) => ['--dynamic-config-value', setting]);
  const server = { executable, extraArgs: ['--log-level', 'never', ...fair, ...extraArgs], ip: '127.0.0.1' };
  const env = await started(() => TestWorkflowEnvironment.createLocal({ server }));
  await ensureSearchAttributes({ client: env.client, taskQueue: '', address: env.address, close: async () => {} });
  return env;
}

/** The SDK gives a server five seconds to start, which a busy machine may need twice. */
async function started<T>(start: () => Promise<T>, tries = 4): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (tries === 1 || !String(error).includes('did not start within')) throw error;
    return started(start, tries - 1);
  }
}

export interface Stage {
  readonly env: TestWorkflowEnvironment;
  readonly operator: Operator;
  readonly world: FakeWorld;
}

/** Runs a worker on a task queue of its own while `play` runs. */
export async function withWorker<T>(
  env: TestWorkflowEnvironment,
  world: FakeWorld,
  play: (stage: Stage) => Promise<T>,
  taskQueue = `test-${randomUUID()}`,
  more: Partial<WorkerOptions> = {},
): Promise<T> {
  const { nativeConnection: connection, namespace = 'default' } = env;
  const parts = {
    connection,
    namespace,
    taskQueue,
    activities: world.activities,
    workflowBundle: await workflowBundle(),
  };
  // In a thread of their own, workflows would play the same, and its start takes longer than most tests.
  const inThisThread = { debugMode: true };
  const soon = { shutdownGraceTime: 0, shutdownForceTime: 2_000 };
  const workers = await createWorkers(parts, { ...soon, ...inThisThread, ...more });
  const operator: Operator = { client: env.client, taskQueue, address: env.address, close: async () => {} };
  return workers.runUntil(play({ env, operator, world }));
}

let models = 0;
/** A plan of a model that no other test has; `more` replaces sections. */
export function freshPlan(more: Readonly<Record<string, unknown>> = {}): FrozenPlan {
  models += 1;
  const sections = { model: `model-${models}`, approve: { mode: 'auto' }, ...more };
  return tinyFrozen({ deploy: { rollout: { steps: [10, 50], bake: '10m', probation: 0 } }, ...sections });
}

/** Asks until there is an answer; gives up before mocha does, so that the test's worker ends with it. */
export const until = <T>(ask: () => Promise<T | undefined | false> | T | undefined | false): Promise<T> =>
  anAnswer('an answer', ask, 50_000);

/** Plays one cycle by itself, without its model. */
export async function playCycle({ env, operator }: Stage, input: CycleInput): Promise<WorkflowHandle<typeof cycle>> {
  const { taskQueue } = operator;
  const workflowId = cycleWorkflowId(input.model, input.cycle);
  return env.client.workflow.start<typeof cycle>('cycle', { workflowId, taskQueue, args: [input] });
}

/** Plays one rollout by itself, without its model. */
export async function playRollout(
  { env, operator }: Stage,
  input: RolloutInput,
): Promise<WorkflowHandle<typeof rollout>> {
  const { taskQueue } = operator;
  const workflowId = rolloutWorkflowId(input.model, input.label);
  return env.client.workflow.start<typeof rollout>('rollout', { workflowId, taskQueue, args: [input] });
}

export const cycleInput = (frozen: FrozenPlan, more: Partial<CycleInput> = {}): CycleInput => ({
  model: frozen.plan.model,
  cycle: 7,
  frozen,
  trigger: 'person',
  by: 'ann',
  versions: [],
  ...more,
});

export function keptVersion(model: string, version: number): Kept {
  const planHash = 'a'.repeat(64);
  const made = { packageArn: `arn:package/${version}`, artifact: `s3://bucket/v${version}`, cycle: version, planHash };
  const refs = { baseline: object('baseline'), predictions: object('predictions'), evaluation: object('evaluation') };
  const modelName = `${model}-${version}-model`;
  return {
    version: { version, modelName, algorithm: 'xgboost', facts: FACTS, registeredAt: AN_INSTANT, ...made, ...refs },
    metrics: {},
  };
}

/** A champion that serves: the world is given its endpoint and its model. */
export function enthrone(world: FakeWorld, frozen: FrozenPlan, version: number): Champion {
  const { model } = frozen.plan;
  const kept = keptVersion(model, version);
  const serving = { endpoint: model, config: `${model}-${version}-full`, weights: { [`v${version}`]: 100 } };
  world.endpoint = serving;
  world.models.add(kept.version.modelName);
  return { kept, since: AN_INSTANT, serving, frozen };
}

/** The failure that ended a workflow. */
export async function failureOf(handle: WorkflowHandle<Workflow>): Promise<Error> {
  try {
    await handle.result();
  } catch (error) {
    if (error instanceof WorkflowFailedError && error.cause) return error.cause;
    throw error;
  }
  throw new Error(`${handle.workflowId} did not fail`);
}

export interface Living {
  readonly handle: WorkflowHandle<typeof model>;
  readonly name: string;
  /** Asks for a cycle of a person and gives its outcome. */
  cycle(n: number): Promise<CycleOutcome>;
  /** The outcome of a cycle, waited for; where time skips, it does so by `step` (a minute). */
  outcome(n: number, step?: number): Promise<CycleOutcome>;
}

/**
 * Starts a model that has its plan, without an update: the time-skipping server forgets updates now and then, so tests
 * that need updates play on the server of the CLI.
 */
export async function beginModel({ env, operator }: Stage, frozen: FrozenPlan): Promise<Living> {
  const name = frozen.plan.model;
  const { taskQueue } = operator;
  const { workflow } = env.client;
  const state = newModel(name);
  putInForce(state, frozen, 'ann', AN_INSTANT);
  const handle = await workflow.start<typeof model>('model', {
    workflowId: modelWorkflowId(name),
    taskQueue,
    args: [{ model: name, state }],
    typedSearchAttributes: [{ key: MODEL, value: name }],
  });
  // Never by its `result()`: when only the model is left, the server would skip to the model's own timeout, years ahead.
  const outcome = (n: number, step = 60_000) =>
    until(async () => {
      if (env.supportsTimeSkipping) await env.sleep(step);
      return (await handle.query(status)).outcomes.find(({ cycle: ended }) => ended === n);
    });
  const cycle = async (n: number) => {
    await handle.signal(wishCycle, { trigger: 'person', by: 'ann' });
    return outcome(n);
  };
  return { handle, name, cycle, outcome };
}

/** One candidate, tuned. */
export const TUNED = {
  train: {
    objective: { metric: 'auc', goal: 'maximize' },
    candidates: [{ algorithm: 'xgboost', tune: { parameters: { max_depth: [2, 6] }, jobs: 6, parallel: 3 } }],
    instance: { maxRuntime: '1h' },
  },
};

/** Where time does not skip, nothing bakes. */
export const AT_ONCE = { deploy: { rollout: { steps: [50], bake: 0, probation: 0 } } } as const;

/** The status once nothing runs, nothing is to be written, and `n` cycles have ended. */
export const settled = ({ handle }: Living, n: number): Promise<ModelStatus> =>
  until(async () => {
    const told = await handle.query(status);
    return !told.current && !told.rollback && told.ledger.pending === 0 && told.cycles >= n && told;
  });

/** A run that has gone some way. */
export interface Past {
  readonly runId: string;
  /** The workflow tasks to which it can be reset, each with the activities and children that were scheduled by it. */
  readonly tasks: readonly { readonly event: number; readonly scheduled: string }[];
}

export async function pastOf({ client }: TestWorkflowEnvironment, id: string): Promise<Past> {
  const { runId } = await client.workflow.getHandle(id).describe();
  const { events } = await client.workflow.getHandle(id, runId).fetchHistory();
  const tasks: { event: number; scheduled: string }[] = [];
  for (const event of events ?? []) {
    if (event.workflowTaskCompletedEventAttributes) tasks.push({ event: Number(event.eventId), scheduled: '' });
    const last = tasks.at(-1);
    const activity = event.activityTaskScheduledEventAttributes?.activityType?.name;
    const child = event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowType?.name;
    if (last && (activity || child)) last.scheduled += ` ${activity ?? child}`;
  }
  return { runId, tasks };
}

/** The task to reset to, so that this is scheduled again. */
export const scheduledBefore = ({ tasks }: Past, what: string): number =>
  tasks.find(({ scheduled }) => scheduled.includes(what))?.event ?? 0;

/** Resets a run to a workflow task: what it did after that it does again. */
export async function resetTo(
  env: TestWorkflowEnvironment,
  workflowId: string,
  past: Past,
  event: number,
): Promise<void> {
  await env.client.workflowService.resetWorkflowExecution({
    namespace: env.namespace ?? 'default',
    workflowExecution: { workflowId, runId: past.runId },
    reason: 'a test',
    // A 64-bit number, as which the wire takes a usual one.
    workflowTaskFinishEventId: event as never,
    requestId: randomUUID(),
  });
}
