import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { cycleWorkflowId, DEPLOYMENT, dataTaskQueue } from '../../src/names.ts';
import * as operations from '../../src/operations/index.ts';
import type { Replayed } from '../../src/temporal/replay.ts';
import { createWorkers, versioning } from '../../src/temporal/worker.ts';
import { perennial } from '../support/cli.ts';
import { fakeWorld, stillRunning } from '../support/fake-activities.ts';
import { readPrinted } from '../support/printed.ts';
import { AT_ONCE, devServer, freshPlan, until, workflowBundle } from './theatre.ts';

describe('builds of the worker', function () {
  this.timeout(120_000);
  let env: TestWorkflowEnvironment;
  let operator: operations.Operator;
  const taskQueue = 'versions';
  /** With Temporal's TaskQueueType: workflows are 1, activities 2. */
  const QUEUES = [`${taskQueue} 1`, `${taskQueue} 2`, `${dataTaskQueue(taskQueue)} 2`];
  before(async () => {
    [env] = await Promise.all([devServer(), workflowBundle()]);
    operator = { client: env.client, taskQueue, address: env.address, close: async () => {} };
  });
  after(() => env?.teardown());

  /** A worker of a build, on the one task queue of all. */
  async function start(build: string, world = fakeWorld()): Promise<() => Promise<void>> {
    const { nativeConnection: connection, namespace = 'default' } = env;
    const { activities } = world;
    const parts = { connection, namespace, taskQueue, activities, workflowBundle: await workflowBundle() };
    const ending = { shutdownGraceTime: 0, shutdownForceTime: 2_000 };
    const workers = await createWorkers(parts, { ...versioning(build), ...ending });
    const running = workers.run();
    // Temporal promotes a build when it has seen it on each task queue of the one before: also on that of data.
    const deploymentVersion = { deploymentName: DEPLOYMENT, buildId: build };
    await until(async () => {
      const known = await env.client.workflowService
        .describeWorkerDeploymentVersion({ namespace, deploymentVersion })
        .catch(() => undefined);
      const seen = known?.versionTaskQueues?.map(({ name, type }) => `${name} ${type}`) ?? [];
      return QUEUES.every((queue) => seen.includes(queue));
    });
    return async () => {
      workers.shutdown();
      await running;
    };
  }

  const buildOf = async (workflowId: string): Promise<string | undefined> => {
    const { raw } = await env.client.workflow.getHandle(workflowId).describe();
    return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined;
  };

  it('keep the cycles that began on them, hand the model on between two, and begin what is new on the current one', async () => {
    let hold = true;
    const old = fakeWorld((_, usual) => ({
      watchJob: async (input) => (hold ? Promise.reject(stillRunning(input.name)) : usual.watchJob(input)),
    }));
    const stops = [await start('b1', old)];
    try {
      const frozen = freshPlan(AT_ONCE);
      const { model } = frozen.plan;
      await operations.promoteVersion(operator, { build: 'b1', by: 'ann' });
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      await operations.requestCycle(operator, { model, trigger: 'person', by: 'ann' });
      await until(() => old.called('watchJob').length > 0);

      // Build b2 begins with what b1 knew: the ledger is one.
      const fresh = fakeWorld();
      Object.assign(fresh, { ledger: old.ledger });
      stops.push(await start('b2', fresh));
      await operations.promoteVersion(operator, { build: 'b2', by: 'ann' });
      await operations.requestCycle(operator, { model, trigger: 'person', by: 'ann' });
      assert.equal(await buildOf(`model/${model}`), 'b1', 'a model with a cycle in hand stays with it');
      hold = false;
      const outcomes = await until(async () => {
        const told = await operations.status(operator, { model });
        return told.outcomes.length === 2 && told.outcomes;
      });
      assert.deepEqual(
        outcomes.map(({ outcome }) => outcome),
        ['deployed', 'deployed'],
      );
      assert.deepEqual(
        [
          await buildOf(cycleWorkflowId(model, 1)),
          await buildOf(cycleWorkflowId(model, 2)),
          await buildOf(`model/${model}`),
        ],
        ['b1', 'b2', 'b2'],
      );
      assert.ok(
        old.called(`submitTraining ${model}-1`).length === 1 && fresh.called(`submitTraining ${model}-2`).length === 1,
      );
      const told = await until(async () => {
        const builds = await operations.versions(operator);
        return builds.find(({ build }) => build === 'b2')?.open.model === 1 && builds;
      });
      assert.deepEqual(
        told.map(({ build, current, open }) => [build, current, open]),
        [
          ['b2', true, { model: 1 }],
          ['b1', false, {}],
        ],
      );
    } finally {
      for (const stop of stops) await stop();
    }
  });

  it('are promoted only when what runs would go on with the code at hand', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'perennial-bundles-'));
    const world = fakeWorld(() => ({ watchJob: async ({ name }) => Promise.reject(stillRunning(name)) }));
    const stops = [await start('b3', world)];
    try {
      const { codePath: good } = await workflowBundle();
      const bad = join(folder, 'bad.js');
      // A change that nobody guarded: another activity in the place of the first one of a cycle.
      await writeFile(bad, (await readFile(good, 'utf8')).replaceAll('.preflight(', '.collectSource('));
      const frozen = freshPlan(AT_ONCE);
      const { model } = frozen.plan;
      await operations.promoteVersion(operator, { build: 'b3', by: 'ann' });
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      await operations.requestCycle(operator, { model, trigger: 'person', by: 'ann' });
      await until(() => world.called('watchJob').length > 0);
      stops.push(await start('b4'));

      const env = { TEMPORAL_ADDRESS: operator.address, PERENNIAL_TASK_QUEUE: taskQueue };
      const promote = (bundle: string) => perennial(['versions', '--promote', 'b4', '--bundle', bundle, '--json'], env);
      const current = async () => (await operations.versions(operator)).find((build) => build.current)?.build;
      const refused = await promote(bad);
      assert.equal(refused.exitCode, 3, refused.stderr);
      const told = readPrinted<Replayed & { promoted: boolean }>('versions', refused);
      assert.equal(told.promoted, false);
      const [broken] = told.broken.filter(({ open }) => open);
      assert.equal(broken?.workflowId, cycleWorkflowId(model, 1));
      assert.match(broken?.problem ?? '', /preflight|collectSource/);
      assert.ok((broken?.event ?? 0) > 0, JSON.stringify(broken));
      assert.equal(await current(), 'b3');

      const promoted = await promote(good);
      assert.equal(promoted.exitCode, 0, promoted.stderr);
      readPrinted('versions', promoted);
      assert.equal(await current(), 'b4');
    } finally {
      for (const stop of stops) await stop();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('that no worker has told of are not promoted', async () => {
    await assert.rejects(operations.promoteVersion(operator, { build: 'nobody', by: 'ann' }), /nobody|not found/i);
  });
});
