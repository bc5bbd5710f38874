import assert from 'node:assert/strict';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { cycleWorkflowId, rolloutWorkflowId } from '../../src/names.ts';
import * as operations from '../../src/operations/index.ts';
import * as say from '../../src/workflows/messages.ts';
import { type Changes, type FakeWorld, fakeWorld, stillRunning } from '../support/fake-activities.ts';
import { long } from '../support/long.ts';
import {
  AT_ONCE,
  beginModel,
  devServer,
  freshPlan,
  type Living,
  type Stage,
  settled,
  until,
  withWorker,
  workflowBundle,
} from './theatre.ts';

/** Where cycle 2 stands when it is terminated: the first call that is held there, and what holds it. */
const STAGES: Readonly<Record<string, (name: string) => boolean>> = {
  train: (call) => /^watchJob .*-2-train/.test(call),
  evaluate: (call) => /^watchJob .*-2-score/.test(call),
  'the canary': (call) => /^watchEndpoint .*-2-canary/.test(call),
  'what follows its rollout': (call) => /^retireVersions/.test(call),
};

describe('what is terminated', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    [env] = await Promise.all([devServer(), workflowBundle()]);
  });
  after(() => env?.teardown());

  /** Version 1 serves, and cycle 2 is held at a call until `held.at` is undefined. */
  async function play(at: string, act: (living: Living, stage: Stage, free: () => void) => Promise<void>) {
    let held = STAGES[at];
    const holding: Changes = (world, usual) => {
      const hold =
        <I, O>(usually: (input: I) => Promise<O>) =>
        async (input: I): Promise<O> =>
          held?.(world.calls.at(-1) ?? '') ? Promise.reject(stillRunning(at)) : usually(input);
      const { watchJob, watchEndpoint, retireVersions } = usual;
      return { watchJob: hold(watchJob), watchEndpoint: hold(watchEndpoint), retireVersions: hold(retireVersions) };
    };
    await withWorker(env, fakeWorld(holding), async (stage) => {
      const living = await beginModel(stage, freshPlan(AT_ONCE));
      await living.cycle(1);
      await living.handle.signal(say.wishCycle, { trigger: 'person', by: 'ann' });
      await until(() => stage.world.calls.some((call) => STAGES[at]?.(call)));
      await act(living, stage, () => {
        held = undefined;
      });
    });
  }

  /** Nothing of cycle 2 runs, and the champion is as it was. */
  const isAsBefore = ({ jobs, models, endpoint }: FakeWorld, name: string): void => {
    assert.deepEqual(
      [...jobs].filter(([, state]) => state === 'running'),
      [],
    );
    assert.deepEqual([...models], [`${name}-1-model`]);
    assert.deepEqual(endpoint?.weights, { v1: 100 });
  };

  for (const at of ['train', 'evaluate', 'the canary'])
    it(`as a cycle in ${at} leaves no job and no model, and the champion where it was${long(at === 'evaluate')}`, () =>
      play(at, async (living, { world, env: { client } }, free) => {
        await client.workflow.getHandle(cycleWorkflowId(living.name, 2)).terminate('by hand');
        free();
        const { outcome, failure } = await living.outcome(2);
        assert.deepEqual([outcome, failure], ['failed', 'TerminatedFailure']);
        await until(() => world.called(`deleteModel ${living.name}-2-model`).length > 0);
        await settled(living, 2);
        isAsBefore(world, living.name);
        assert.equal((await living.cycle(3)).outcome, 'deployed');
      }));

  it('as a cycle whose version serves already is brought back to the champion that the model knows', () =>
    play('what follows its rollout', async (living, { world, env: { client } }, free) => {
      assert.deepEqual(world.endpoint?.weights, { v2: 100 });
      await client.workflow.getHandle(cycleWorkflowId(living.name, 2)).terminate('by hand');
      await living.outcome(2);
      free();
      const back = await until(async () => (await living.handle.query(say.status)).lastRollback);
      assert.match(back.reason, /version 1/);
      assert.deepEqual((await settled(living, 2)).champion?.version, 1);
      assert.deepEqual(world.endpoint?.weights, { v1: 100 });
    }));

  it('as a rollout is brought back to the champion @long', () =>
    play('the canary', async (living, { world, env: { client } }, free) => {
      await client.workflow.getHandle(rolloutWorkflowId(living.name, '2')).terminate('by hand');
      free();
      assert.equal((await living.outcome(2)).outcome, 'failed');
      await until(async () => (await living.handle.query(say.status)).lastRollback);
      assert.deepEqual(world.endpoint?.weights, { v1: 100 });
      assert.equal((await living.cycle(3)).outcome, 'deployed');
    }));

  it('as a model stops its cycle, and the model that is applied again goes on when that is over', () =>
    play('the canary', async (living, { world, operator, env: { client } }, free) => {
      const frozen = (await living.handle.query(say.plan)) ?? assert.fail();
      await client.workflow.getHandle(living.handle.workflowId).terminate('by hand');
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      const waits = await until(async () => {
        const { problems } = await operations.status(operator, { model: living.name });
        return problems.find((problem) => problem.includes('cycle 2'));
      });
      assert.match(waits, /ended without a word: what it began is being stopped/);
      free();
      const told = await settled({ ...living, handle: operations.modelHandle(operator, living.name) }, 2);
      assert.equal(told.champion?.version, 1);
      await until(() => world.called(`deleteModel ${living.name}-2-model`).length > 0);
      isAsBefore(world, living.name);
      const { status } = await client.workflow.getHandle(rolloutWorkflowId(living.name, '2')).describe();
      assert.equal(status.name, 'CANCELLED');
    }));
});
