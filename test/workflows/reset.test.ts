import assert from 'node:assert/strict';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { verifyLedger } from '../../src/aws/ledger.ts';
import { cycleWorkflowId, rolloutWorkflowId } from '../../src/names.ts';
import * as say from '../../src/workflows/messages.ts';
import { type FakeWorld, fakeWorld, stillRunning } from '../support/fake-activities.ts';
import {
  AT_ONCE,
  beginModel,
  devServer,
  freshPlan,
  pastOf,
  resetTo,
  scheduledBefore,
  settled,
  until,
  withWorker,
  workflowBundle,
} from './theatre.ts';

describe('what is reset', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    [env] = await Promise.all([devServer(), workflowBundle()]);
  });
  after(() => env?.teardown());

  const paid = ({ jobs }: FakeWorld): string[] => [...jobs.keys()].sort();
  const live = (world: FakeWorld) => structuredClone([world.endpoint, [...world.models].sort(), paid(world)]);

  it('as a cycle that runs finds its jobs again, and waits for the rollout that it began', async () => {
    let held = 'watchJob';
    const world = fakeWorld((played, usual) => ({
      watchJob: async (input) =>
        held === 'watchJob' && input.name.includes('-2-train')
          ? Promise.reject(stillRunning(input.name))
          : usual.watchJob(input),
      watchEndpoint: async (input) =>
        held === 'watchEndpoint' && input.shape.config.endsWith('-2-canary')
          ? Promise.reject(stillRunning(played.endpoint?.config ?? ''))
          : usual.watchEndpoint(input),
    }));
    await withWorker(env, world, async (stage) => {
      const living = await beginModel(stage, freshPlan(AT_ONCE));
      await living.cycle(1);
      const cycle = cycleWorkflowId(living.name, 2);
      await living.handle.signal(say.wishCycle, { trigger: 'person', by: 'ann' });
      await until(() => world.called(`watchJob ${living.name}-2-train`).length > 1);
      const training = await pastOf(env, cycle);
      await resetTo(env, cycle, training, scheduledBefore(training, 'submitTraining'));
      await until(() => world.called(`submitTraining ${living.name}-2`).length > 1);
      held = 'watchEndpoint';
      await until(() => world.called(`watchEndpoint ${living.name}-2-canary`).length > 1);
      const rolling = await pastOf(env, cycle);
      await resetTo(env, cycle, rolling, scheduledBefore(rolling, 'judge'));
      await until(() => world.called('registerVersion').length > 2);
      const waiting = await until(async () => {
        const progress = await env.client.workflow.getHandle(cycle).query(say.progress);
        return progress.stages.flatMap(({ lines }) => lines).find((line) => line.includes('runs already'));
      });
      assert.equal(waiting, 'its rollout runs already: waiting for it');
      held = '';
      assert.equal((await living.outcome(2)).outcome, 'deployed');
      const told = await settled(living, 2);
      assert.equal(told.champion?.version, 2);
      assert.deepEqual(world.endpoint?.weights, { v2: 100 });
      const jobs = ['1-score', '1-train-1', '2-score', '2-score-champion', '2-train-1'];
      assert.deepEqual(
        paid(world),
        jobs.map((job) => `${living.name}-${job}`),
      );
      assert.equal(world.ledger.filter(({ event }) => event === 'cycle ended').length, 2);
    });
  });

  it('as a cycle that is over pays for nothing again and moves nothing, wherever it is reset to', async () => {
    const world = fakeWorld();
    await withWorker(env, world, async (stage) => {
      const living = await beginModel(stage, freshPlan(AT_ONCE));
      await living.cycle(1);
      await living.cycle(2);
      await settled(living, 2);
      const [was, entries] = [live(world), world.ledger.length];
      const cycle = cycleWorkflowId(living.name, 2);
      const past = await pastOf(env, cycle);
      // Where it was answered already that it may roll out, it finds that it has.
      const ends = {
        collectSource: 'rolled back',
        createModel: 'rolled back',
        rollout: 'deployed',
        ensureObservability: 'deployed',
      };
      for (const [what, expected] of Object.entries(ends)) {
        await resetTo(env, cycle, past, scheduledBefore(past, what));
        const { outcome } = await env.client.workflow.getHandle(cycle).result();
        assert.equal(outcome.outcome, expected, `reset to before ${what}: ${outcome.reason}`);
        assert.deepEqual(live(world), was, `reset to before ${what}`);
      }
      assert.equal(world.ledger.length, entries);
      assert.equal((await living.handle.query(say.status)).champion?.version, 2);
    });
  });

  it('as a rollout goes on from where the endpoint stands, and one of another time moves nothing', async () => {
    let held = true;
    const world = fakeWorld((_, usual) => ({
      shiftTraffic: async (input) => (held ? Promise.reject(stillRunning('shift')) : usual.shiftTraffic(input)),
    }));
    await withWorker(env, world, async (stage) => {
      const living = await beginModel(stage, freshPlan(AT_ONCE));
      await living.cycle(1);
      await living.handle.signal(say.wishCycle, { trigger: 'person', by: 'ann' });
      await until(() => world.called(`shiftTraffic ${living.name}-2-canary`).length > 0);
      const rollout = rolloutWorkflowId(living.name, '2');
      const past = await pastOf(env, rollout);
      await resetTo(env, rollout, past, scheduledBefore(past, 'describeEndpoint'));
      held = false;
      assert.equal((await living.outcome(2)).outcome, 'deployed');
      await living.cycle(3);
      await settled(living, 3);
      const was = live(world);
      const over = await pastOf(env, rollout);
      await resetTo(env, rollout, over, scheduledBefore(over, 'describeEndpoint'));
      const { outcome, reason } = await env.client.workflow.getHandle(rollout).result();
      assert.deepEqual([outcome, /is on .*-3-full, not on .*-1-full: it is left/.test(reason)], ['rolled back', true]);
      assert.deepEqual(live(world), was);
    });
  });

  it('as a model goes on from its ledger: no cycle runs twice, no entry is doubled', async () => {
    const world = fakeWorld();
    await withWorker(env, world, async (stage) => {
      const living = await beginModel(stage, freshPlan(AT_ONCE));
      await living.cycle(1);
      await living.cycle(2);
      await living.handle.executeUpdate(say.rollback, { args: [{ by: 'ann', reason: 'complaints' }] });
      await until(async () => (await living.handle.query(say.status)).lastRollback);
      const told = await settled(living, 2);
      const [was, entries] = [live(world), world.ledger.length];
      const past = await pastOf(env, living.handle.workflowId);
      await resetTo(env, living.handle.workflowId, past, past.tasks[0]?.event ?? assert.fail());
      await until(() => world.ledger.some(({ event }) => event === 'recalled'));
      const again = await settled(living, 2);
      assert.deepEqual(live(world), was);
      for (const key of ['champion', 'versions', 'cycles', 'plan'] as const)
        assert.deepEqual(again[key], told[key], key);
      assert.deepEqual(verifyLedger(world.ledger), []);
      assert.deepEqual(
        world.ledger.slice(entries).map(({ event }) => event),
        ['recalled'],
      );
      assert.equal((await living.cycle(3)).outcome, 'deployed');
    });
  });

  for (const [when, outcome] of [
    ['before it began its cycle', 'failed'],
    ['after it began its cycle', 'deployed'],
  ] as const)
    it(`as a model to ${when} has one cycle at a time, which ends as ${outcome}`, async () => {
      let hold = true;
      const world = fakeWorld((_, usual) => ({
        watchJob: async (input) => (hold ? Promise.reject(stillRunning(input.name)) : usual.watchJob(input)),
      }));
      await withWorker(env, world, async (stage) => {
        const living = await beginModel(stage, freshPlan(AT_ONCE));
        await living.handle.signal(say.wishCycle, { trigger: 'person', by: 'ann' });
        await until(() => world.called('watchJob').length > 0 && world.ledger.length === 3);
        const past = await pastOf(env, living.handle.workflowId);
        const early = outcome === 'failed' && past.tasks[0];
        const to = early ? early.event : past.tasks.at(-1)?.event;
        await resetTo(env, living.handle.workflowId, past, to ?? assert.fail());
        if (early) {
          await until(() => world.jobs.get(`${living.name}-1-train-1`) === 'stopped');
          await until(() => world.called(`deleteModel ${living.name}-1-model`).length > 0);
        }
        hold = false;
        assert.equal((await living.outcome(1)).outcome, outcome);
        assert.equal((await living.cycle(2)).outcome, 'deployed');
        await settled(living, 2);
        assert.deepEqual(verifyLedger(world.ledger), []);
        const started = world.ledger.filter(({ event }) => event === 'cycle started').map(({ facts }) => facts.cycle);
        assert.deepEqual(started, [1, 2]);
        assert.equal(world.called('submitTraining').length, 2);
      });
    });
});
