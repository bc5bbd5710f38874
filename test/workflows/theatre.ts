/** A Temporal server, one bundle of the workflows, and workers with fake activities: what tests of workflows play in. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { FrozenPlan } from '../../src/activities/types.ts';
import type { Operator } from '../../src/operations/types.ts';
import { workerOptions, workflowsPath } from '../../src/temporal/worker.ts';
import type { FakeWorld } from '../support/fake-activities.ts';
import { tinyFrozen } from '../support/plan.ts';

const found = (name: string): string => fileURLToPath(new URL(`../../.venv/bin/${name}`, import.meta.url));

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;
/** Made once for all tests. */
export const workflowBundle = (): Promise<WorkflowBundleWithSourceMap> => {
  bundle ??= bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  return bundle;
};

let installed = false;
function quiet(): void {
  if (installed) return;
  installed = true;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
}

/** Skips time while a test waits; knows no schedules and no search attributes. */
export async function timeSkipping(): Promise<TestWorkflowEnvironment> {
  quiet();
  const executable = { type: 'existing-path', path: found('temporal-test-server') } as const;
  return TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
}

/** The server of the CLI, in real time. */
export async function devServer(...extraArgs: string[]): Promise<TestWorkflowEnvironment> {
  quiet();
  const executable = { type: 'existing-path', path: found('temporal') } as const;
  return TestWorkflowEnvironment.createLocal({ server: { executable, extraArgs, ip: '127.0.0.1' } });
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
): Promise<T> {
  const taskQueue = `test-${randomUUID()}`;
  const { nativeConnection: connection, namespace = 'default' } = env;
  const parts = {
    connection,
    namespace,
    taskQueue,
    activities: world.activities,
    workflowBundle: await workflowBundle(),
  };
  const worker = await Worker.create({ ...workerOptions(parts), shutdownGraceTime: 0, shutdownForceTime: 2_000 });
  const operator: Operator = { client: env.client, taskQueue, address: env.address, close: async () => {} };
  return worker.runUntil(play({ env, operator, world }));
}

let models = 0;
/** A plan of a model that no other test has; `more` replaces sections. */
export function freshPlan(more: Readonly<Record<string, unknown>> = {}): FrozenPlan {
  models += 1;
  const sections = { model: `model-${models}`, approve: { mode: 'auto' }, ...more };
  return tinyFrozen({ deploy: { rollout: { steps: [10, 50], bake: '10m' } }, ...sections });
}
