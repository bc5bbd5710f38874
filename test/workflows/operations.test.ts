import assert from 'node:assert/strict';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { SweepLook } from '../../src/activities/types.ts';
import { UserError } from '../../src/errors.ts';
import { modelWorkflowId, monitorScheduleId, retrainScheduleId } from '../../src/names.ts';
import type { CycleNews } from '../../src/operations/index.ts';
import * as operations from '../../src/operations/index.ts';
import { fakeWorld, monitorReport, stillRunning } from '../support/fake-activities.ts';
import { devServer, freshPlan, withWorker, workflowBundle } from './theatre.ts';

const SOON = { every: 50 } as const;

describe('operations on a Temporal server', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    [env] = await Promise.all([devServer(), workflowBundle()]);
  });
  after(() => env?.teardown());

  const fast = { deploy: { rollout: { steps: [10, 50], bake: 1, probation: 0 } } };

  it('take a model from its first plan to a canary, a monitor, a rollback and the list of models', async () => {
    const frozen = freshPlan({ ...fast, retrain: { schedule: '0 3 * * 1', timeZone: 'Europe/Berlin' } });
    const { model } = frozen.plan;
    let looks = 0;
    const world = fakeWorld((_, usual) => ({
      watchJob: async (input) => {
        looks += 1;
        if (looks < 3) throw stillRunning(input.name);
        return usual.watchJob(input);
      },
    }));
    await withWorker(env, world, async ({ operator }) => {
      const applied = await operations.applyPlan(operator, { frozen, by: 'ann' });
      assert.equal(applied.plan?.hash, frozen.hash);
      const again = await operations.applyPlan(operator, { frozen, by: 'bob' });
      assert.equal(again.plan?.by, 'ann');

      const first = await operations.requestCycle(operator, { model, trigger: 'person', by: 'ann' });
      assert.equal(first.cycle, 1);
      const news: CycleNews[] = [];
      for await (const piece of operations.waitForCycle(operator, { model, cycle: 1, ...SOON })) news.push(piece);
      const last = news.at(-1);
      assert.equal(last?.kind === 'ended' && last.outcome.outcome, 'deployed');
      const texts = news.flatMap((piece) => (piece.kind === 'running' ? piece.activities : [])).map(({ text }) => text);
      assert.ok(texts.includes(`${model}-1-train-1 is training`), texts.join());

      await operations.requestCycle(operator, { model, trigger: 'person', by: 'ann', reason: 'again' });
      for await (const _ of operations.waitForCycle(operator, { model, cycle: 2, ...SOON }));
      const status = await operations.status(operator, { model });
      assert.equal(status.champion?.version, 2);
      assert.equal(new Date(status.nextRuns?.retrain ?? '').getUTCDay(), 1);
      assert.ok(status.nextRuns?.monitor);

      const seen = await operations.runMonitor(operator, { model, asOf: '2001-05-01T00:00:00.000Z' });
      assert.equal(seen.report?.from, status.champion?.since);

      const { label } = await operations.rollback(operator, { model, by: 'ann', reason: 'it is odd' });
      const back = await operations.waitForRollback(operator, { model, label, ...SOON });
      assert.equal(back.outcome, 'deployed');
      assert.deepEqual(world.endpoint?.weights, { v1: 100 });

      const listed = await eventually(async () => (await operations.listModels(operator)).find((m) => m.version === 1));
      assert.equal(listed.model, model);
    });
  });

  it('set the calendars that the plan says and remove those that it no longer has', async () => {
    const frozen = freshPlan({ retrain: { schedule: '30 4 * * *' }, monitor: { every: '2h' } });
    const { model } = frozen.plan;
    await withWorker(env, fakeWorld(), async ({ operator }) => {
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      const calendar = env.client.schedule.getHandle(retrainScheduleId(model));
      await calendar.pause('holidays');
      const changed = {
        ...frozen,
        hash: 'e'.repeat(64),
        plan: { ...frozen.plan, retrain: { ...frozen.plan.retrain, schedule: '45 4 * * *' } },
      };
      await operations.applyPlan(operator, { frozen: changed, by: 'ann' });
      const { spec, state } = await calendar.describe();
      assert.equal(spec.calendars?.[0]?.minute?.[0]?.start, 45);
      assert.equal(state.paused, true);
      const monitor = await env.client.schedule.getHandle(monitorScheduleId(model)).describe();
      assert.equal(monitor.spec.intervals?.[0]?.every, 7_200_000);

      const { schedule: _, ...retrain } = frozen.plan.retrain;
      const without = { ...frozen, hash: 'd'.repeat(64), plan: { ...frozen.plan, retrain } };
      await operations.applyPlan(operator, { frozen: without, by: 'ann' });
      await assert.rejects(calendar.describe());
    });
  });

  it('let a calendar start a cycle that looks back from the scheduled time', async () => {
    const frozen = freshPlan({ retrain: { schedule: '0 0 1 1 *', cooldown: 0 } });
    const { model } = frozen.plan;
    await withWorker(env, fakeWorld(), async ({ operator }) => {
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      const start = new Date('2020-12-31T23:00:00Z');
      const end = new Date('2021-01-01T01:00:00Z');
      await env.client.schedule.getHandle(retrainScheduleId(model)).backfill({ start, end, overlap: 'ALLOW_ALL' });
      for await (const _ of operations.waitForCycle(operator, { model, cycle: 1, ...SOON }));
      const { outcomes } = await operations.status(operator, { model });
      assert.equal(outcomes[0]?.trigger, 'schedule');
      // The jitter is at most a minute.
      assert.match(outcomes[0]?.asOf ?? '', /^2021-01-01T00:00/);
    });
  });

  it('sweep what a living model does not need, and of one that is gone its calendars, too', async () => {
    const frozen = freshPlan({ ...fast, retrain: { schedule: '30 4 * * *' } });
    const { model } = frozen.plan;
    const orphan = { kind: 'model', name: `${model}-9-model`, model, why: 'no version of its cycle is kept' };
    const asked = { model, olderThan: 1, by: 'ann' };
    const looks: SweepLook[] = [];
    const world = fakeWorld(() => ({
      findOrphans: async (look) => {
        looks.push(look);
        const gone = look.living.some((one) => one.model === model) ? [] : [model];
        return { found: [orphan], gone, unknown: [] };
      },
    }));
    await withWorker(env, world, async ({ operator }) => {
      const calendars = [monitorScheduleId(model), retrainScheduleId(model)];
      const listed = async () => {
        const ids: string[] = [];
        for await (const { scheduleId } of env.client.schedule.list()) ids.push(scheduleId);
        return ids.filter((id) => calendars.includes(id)).sort();
      };
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      await operations.requestCycle(operator, { model, trigger: 'person', by: 'ann' });
      for await (const _ of operations.waitForCycle(operator, { model, cycle: 1, ...SOON }));
      await eventually(async () => (await listed()).length === 2 || undefined);

      const dry = await operations.sweep(operator, { ...asked, remove: false });
      assert.deepEqual(dry, { found: [orphan], deleted: 0, unknown: [] });
      assert.deepEqual(looks[0]?.living.find((one) => one.model === model)?.kept, ['1']);
      assert.equal(looks[0]?.only, model);
      assert.equal(world.called('deleteOrphans').length, 0);
      assert.equal((await operations.sweep(operator, { ...asked, remove: true })).deleted, 1);
      assert.equal((await listed()).length, 2);

      await env.client.workflow.getHandle(modelWorkflowId(model)).terminate('its database is lost');
      const { found, deleted } = await operations.sweep(operator, { ...asked, remove: true });
      assert.deepEqual(found.map(({ name }) => name).sort(), [orphan.name, ...calendars].sort());
      assert.equal(deleted, 3);
      await eventually(async () => (await listed()).length === 0 || undefined);
    });
  });

  it('tell a person what is wrong and what mends it', async () => {
    const refused = async (act: () => Promise<unknown>, message: RegExp) =>
      assert.rejects(act, (error) => {
        assert.ok(error instanceof UserError, String(error));
        assert.match(error.message, message);
        assert.ok(error.hint);
        return true;
      });
    const frozen = freshPlan();
    const { model } = frozen.plan;
    await withWorker(env, fakeWorld(), async ({ operator }) => {
      await refused(() => operations.status(operator, { model: 'nobody' }), /there is no model "nobody"/);
      await refused(() => operations.runMonitor(operator, { model: 'nobody' }), /there is no model "nobody"/);
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      const ask = { model, trigger: 'person', by: 'ann' } as const;
      await refused(() => operations.requestCycle(operator, { ...ask, asOf: 'yesterday' }), /asOf: found "yesterday"/);
      await refused(() => operations.requestCycle(operator, { ...ask, by: ' ' }), /"by"/);
      await refused(
        () => operations.decide(operator, { model, cycle: 1, decision: 'approve', by: 'ann' }),
        /cycle 1 does not wait/,
      );
      await refused(() => operations.rollback(operator, { model, by: 'ann', reason: 'x' }), /nothing is deployed yet/);
      await refused(() => operations.cancelCycle(operator, { model, by: 'ann' }), /no cycle/);
      await refused(() => operations.steerRollout(operator, { model, action: 'abort', by: 'ann' }), /no cycle/);
      const wrong = {
        ...frozen,
        hash: 'x',
        plan: { ...frozen.plan, retrain: { ...frozen.plan.retrain, schedule: '99 99 * * *' } },
      };
      await refused(() => operations.applyPlan(operator, { frozen: wrong, by: 'ann' }), /retrain.schedule/);
      assert.equal((await operations.status(operator, { model })).plan?.hash, frozen.hash);
      assert.deepEqual(await operations.runMonitor(operator, { model }), { note: 'nothing is deployed yet' });
    });
  });

  it('end the waiting when the one who waits no longer wants to', async () => {
    const frozen = freshPlan();
    const { model } = frozen.plan;
    const world = fakeWorld(() => ({ watchJob: async ({ name }) => Promise.reject(stillRunning(name)) }));
    await withWorker(env, world, async ({ operator }) => {
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      await operations.requestCycle(operator, { model, trigger: 'person', by: 'ann' });
      const controller = new AbortController();
      await assert.rejects(
        async () => {
          for await (const piece of operations.waitForCycle(operator, {
            model,
            cycle: 1,
            signal: controller.signal,
            ...SOON,
          }))
            if (piece.kind === 'running' && piece.activities.length) controller.abort();
        },
        { name: 'AbortError' },
      );
      const word = { model, by: 'ann', reason: 'wrong data' };
      await assert.rejects(operations.cancelCycle(operator, { ...word, cycle: 7 }), /cycle 7 does not run/);
      assert.equal(await operations.cancelCycle(operator, word), 1);
      let outcome: string | undefined;
      for await (const piece of operations.waitForCycle(operator, { model, cycle: 1, ...SOON }))
        if (piece.kind === 'ended') outcome = `${piece.outcome.outcome}: ${piece.outcome.reason}`;
      assert.equal(outcome, 'cancelled: cancelled by ann: wrong data');
    });
  });

  it('go on waiting while the worker is away', async () => {
    const frozen = freshPlan(fast);
    const { model } = frozen.plan;
    const world = fakeWorld();
    const taskQueue = await withWorker(env, world, async ({ operator }) => {
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      return operator.taskQueue;
    });
    const away = { client: env.client, taskQueue, address: env.address, close: async () => {} };
    let outcome: string | undefined;
    const waiting = (async () => {
      for await (const piece of operations.waitForCycle(away, { model, cycle: 1, ...SOON }))
        if (piece.kind === 'ended') outcome = piece.outcome.outcome;
    })();
    const back = async () => {
      await operations.requestCycle(away, { model, trigger: 'person', by: 'ann' });
      await waiting;
    };
    await withWorker(env, world, back, taskQueue);
    assert.equal(outcome, 'deployed');
  });

  it('say soon that nobody answers where Temporal should be', async () => {
    const before = process.env.TEMPORAL_ADDRESS;
    process.env.TEMPORAL_ADDRESS = '127.0.0.1:1';
    try {
      await assert.rejects(operations.connect({ taskQueue: 'x', timeoutMs: 300 }), (error) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, /Temporal does not answer at 127.0.0.1:1/);
        return true;
      });
    } finally {
      if (before === undefined) delete process.env.TEMPORAL_ADDRESS;
      else process.env.TEMPORAL_ADDRESS = before;
    }
  });

  it('start a cycle from what a monitor found, with its reason, looking back from where the monitor was told', async () => {
    const frozen = freshPlan({ ...fast, retrain: { on: ['quality'], cooldown: 0 } });
    const { model } = frozen.plan;
    const message = 'calibration_error is 0.09, more than 0.06';
    const finding = {
      kind: 'quality',
      severity: 'alarm',
      subject: 'calibration_error',
      value: 0.09,
      limit: 0.06,
      message,
    } as const;
    const world = fakeWorld(() => ({
      inspectModel: async ({ id, champion, from, to }) =>
        monitorReport({ id, version: champion.version, from, to, findings: [finding] }),
    }));
    await withWorker(env, world, async ({ operator }) => {
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      await operations.requestCycle(operator, { model, trigger: 'person', by: 'ann' });
      for await (const _ of operations.waitForCycle(operator, { model, cycle: 1, ...SOON }));
      const asOf = '2001-05-29T00:00:00.000Z';
      await operations.runMonitor(operator, { model, asOf });
      for await (const _ of operations.waitForCycle(operator, { model, cycle: 2, ...SOON }));
      const { outcomes, monitor } = await operations.status(operator, { model });
      assert.equal(outcomes[0]?.trigger, 'quality');
      assert.equal(outcomes[0]?.asOf, asOf);
      assert.equal(monitor?.findings[0]?.message, message);
      const started = world.ledger.filter(({ event }) => event === 'cycle started').at(-1);
      assert.equal(started?.reason, message);
      await eventually(async () => world.notices.find(({ message: told }) => told.includes(message)));
    });
  });
});

/** Asks until there is an answer. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
