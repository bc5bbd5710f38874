import assert from 'node:assert/strict';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { monitorScheduleId } from '../../src/names.ts';
import * as operations from '../../src/operations/index.ts';
import type { ModelStatus } from '../../src/workflows/messages.ts';
import * as say from '../../src/workflows/messages.ts';
import { fakeWorld, stillRunning } from '../support/fake-activities.ts';
import { AT_ONCE, devServer, freshPlan, until, withWorker, workflowBundle } from './theatre.ts';

const SOON = { every: 50 } as const;

describe('a model that is applied again', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    [env] = await Promise.all([devServer(), workflowBundle()]);
  });
  after(() => env?.teardown());

  const cycle = async (operator: operations.Operator, model: string, n: number) => {
    await operations.requestCycle(operator, { model, trigger: 'person', by: 'ann' });
    for await (const _ of operations.waitForCycle(operator, { model, cycle: n, ...SOON }));
  };
  const calm = (operator: operations.Operator, model: string): Promise<ModelStatus> =>
    until(async () => {
      const told = await operations.status(operator, { model });
      return !told.current && !told.rollback && told.ledger.pending === 0 && told;
    });

  it('is what it was when Temporal lost it: from its ledger and what serves', async () => {
    const frozen = freshPlan({ ...AT_ONCE, retrain: { cooldown: '24h', attempts: 5 } });
    const { model } = frozen.plan;
    let hold = false;
    const world = fakeWorld((_, usual) => ({
      watchJob: async (input) => (hold ? Promise.reject(stillRunning(input.name)) : usual.watchJob(input)),
    }));
    await withWorker(env, world, async ({ operator }) => {
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      await cycle(operator, model, 1);
      await cycle(operator, model, 2);
      await operations.requestCycle(operator, { model, trigger: 'drift', by: 'monitor', reason: 'hour drifted' });
      await operations.pause(operator, { model, by: 'ann', reason: 'freeze' });
      hold = true;
      await operations.requestCycle(operator, { model, trigger: 'person', by: 'bob' });
      await until(() => world.called(`watchJob ${model}-3-train`).length > 0);
      const before = await until(async () => {
        const told = await operations.status(operator, { model });
        return told.ledger.pending === 0 && told;
      });
      await operations.modelHandle(operator, model).terminate('lost');

      await operations.applyPlan(operator, { frozen, by: 'ann' });
      const after = await calm(operator, model);
      for (const key of ['champion', 'versions', 'paused', 'cycles', 'cyclesThisMonth', 'plan'] as const)
        assert.deepEqual(after[key], before[key], key);
      assert.deepEqual(
        after.queue.map(({ id, trigger, reason }) => [id, trigger, reason]),
        before.queue.map(({ id, trigger, reason }) => [id, trigger, reason]),
      );
      assert.deepEqual(
        after.outcomes.map(({ cycle: n, outcome }) => [n, outcome]),
        [
          [3, 'failed'],
          [2, 'deployed'],
          [1, 'deployed'],
        ],
      );
      assert.ok(after.api && after.topicArn);
      const [recalled] = world.ledger.filter(({ event }) => event === 'recalled');
      assert.equal(recalled?.facts.version, 2);

      hold = false;
      await operations.resume(operator, { model, by: 'ann' });
      await cycle(operator, model, 4);
      const { label } = await operations.rollback(operator, { model, to: 1, by: 'ann', reason: 'odd' });
      const back = await operations.waitForRollback(operator, { model, label, ...SOON });
      assert.equal(back.outcome, 'deployed');
    });
  });

  it('brings an endpoint back that was left in a canary', async () => {
    const frozen = freshPlan(AT_ONCE);
    const { model } = frozen.plan;
    const world = fakeWorld();
    await withWorker(env, world, async ({ operator }) => {
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      await cycle(operator, model, 1);
      await calm(operator, model);
      await operations.modelHandle(operator, model).terminate('lost');
      world.endpoint = { endpoint: model, config: `${model}-2-canary`, weights: { v1: 90, v2: 10 } };
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      const told = await calm(operator, model);
      assert.equal(told.champion?.version, 1);
      assert.deepEqual(world.endpoint?.weights, { v1: 100 });
      assert.match(told.lastRollback?.reason ?? '', /version 1/);
    });
  });

  it('says that its endpoint is gone, and makes it anew', async () => {
    const frozen = freshPlan(AT_ONCE);
    const { model } = frozen.plan;
    const world = fakeWorld();
    await withWorker(env, world, async ({ operator }) => {
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      await cycle(operator, model, 1);
      await calm(operator, model);
      await operations.modelHandle(operator, model).terminate('lost');
      world.endpoint = undefined;
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      const told = await calm(operator, model);
      assert.equal(told.champion, undefined);
      assert.match(told.problems.join(), /the endpoint .* is gone, which served version 1/);
      await cycle(operator, model, 2);
      const again = await calm(operator, model);
      assert.deepEqual([again.champion?.version, again.problems], [2, []]);
    });
  });

  it('tells why it cannot be what it was, and does not begin as another', async () => {
    const frozen = freshPlan(AT_ONCE);
    const world = fakeWorld(() => ({ recall: () => Promise.reject(new Error('not now')) }));
    await withWorker(env, world, async ({ operator }) => {
      const refused = assert.rejects(operations.applyPlan(operator, { frozen, by: 'ann' }));
      await until(() => world.called('recall').length > 1);
      const told = await operations.modelHandle(operator, frozen.plan.model).query(say.status);
      assert.equal(told.plan, undefined);
      await operations.modelHandle(operator, frozen.plan.model).terminate();
      await refused;
    });
  });

  it('begins anew after it was retired, with its numbers and its ledger', async () => {
    const frozen = freshPlan(AT_ONCE);
    const { model } = frozen.plan;
    const world = fakeWorld();
    await withWorker(env, world, async ({ operator }) => {
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      await cycle(operator, model, 1);
      const told = await operations.retire(operator, { model, by: 'ann', reason: 'it is replaced', ...SOON });
      assert.equal(told.retired?.by, 'ann');
      assert.equal(world.endpoint, undefined);
      await assert.rejects(env.client.schedule.getHandle(monitorScheduleId(model)).describe());
      const last = world.ledger.at(-1);
      assert.deepEqual([last?.event, last?.by, last?.reason], ['retired', 'ann', 'it is replaced']);
      assert.ok(world.notices.some(({ subject }) => subject === 'retired by ann'));
      await assert.rejects(
        operations.requestCycle(operator, { model, trigger: 'person', by: 'ann' }),
        /there is no model/,
      );

      await operations.applyPlan(operator, { frozen, by: 'bob' });
      const again = await calm(operator, model);
      assert.deepEqual([again.champion, again.versions, again.cycles], [undefined, [], 1]);
      await cycle(operator, model, 2);
      assert.equal((await calm(operator, model)).champion?.version, 2);
      world.ledger.forEach(({ seq }, at) => {
        assert.equal(seq, at + 1);
      });
    });
  });
});
