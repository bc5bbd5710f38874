import assert from 'node:assert/strict';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { permanent } from '../../src/failures.ts';
import { monitorWorkflowId } from '../../src/names.ts';
import * as say from '../../src/workflows/messages.ts';
import type { monitor } from '../../src/workflows/monitor.ts';
import { ALARM, type Changes, fakeWorld, monitorReport } from '../support/fake-activities.ts';
import {
  AT_ONCE,
  beginModel,
  freshPlan,
  type Living,
  type Stage,
  settled,
  timeSkipping,
  until,
  withWorker,
  workflowBundle,
} from './theatre.ts';

describe('a model and time', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    [env] = await Promise.all([timeSkipping(), workflowBundle()]);
  });
  after(() => env?.teardown());

  const play = <T>(changes: Changes, retrain: object, act: (living: Living, stage: Stage) => Promise<T>): Promise<T> =>
    withWorker(env, fakeWorld(changes), async (stage) =>
      act(await beginModel(stage, freshPlan({ ...AT_ONCE, retrain })), stage),
    );
  const calendar = { trigger: 'schedule', by: 'calendar' } as const;

  it('an automatic wish cools down after a cycle, a person does not', async () => {
    await play(
      () => ({}),
      { cooldown: '3h' },
      async (living) => {
        await living.cycle(1);
        const { outcomes } = await settled(living, 1);
        const due = new Date(Date.parse(outcomes[0]?.endedAt ?? '') + 3 * 3_600_000).toISOString();
        await living.handle.signal(say.wishCycle, calendar);
        const { queue, current } = await living.handle.query(say.status);
        assert.equal(queue[0]?.notBefore, due);
        assert.equal(current, undefined);

        await env.sleep('4h');
        const second = await living.outcome(2);
        assert.equal(second.trigger, 'schedule');
        assert.ok(second.startedAt >= due);
        await settled(living, 2);
        assert.equal((await living.cycle(3)).outcome, 'deployed');
      },
    );
  });

  it('a wish lapses when another version than the one it is about serves by the time it could start', async () => {
    await play(
      () => ({
        inspectModel: async ({ id, champion, from, to }) =>
          monitorReport({ id, version: champion.version, from, to, findings: [ALARM] }),
      }),
      { cooldown: '1h', on: ['drift'] },
      async (living, { world, operator: { taskQueue } }) => {
        await living.cycle(1);
        await settled(living, 1);
        const workflowId = monitorWorkflowId(living.name);
        const args: [{ model: string }] = [{ model: living.name }];
        await env.client.workflow.execute<typeof monitor>('monitor', { workflowId, taskQueue, args });
        await until(async () => (await living.handle.query(say.status)).queue.length === 1);
        await living.cycle(2);
        await settled(living, 2);
        await env.sleep('2h');
        const entry = await until(() => world.ledger.find(({ event }) => event === 'wish dismissed'));
        assert.match(String(entry.facts.why), /about version 1, and version 2 serves now/);
        assert.equal((await living.handle.query(say.status)).cycles, 2);
      },
    );
  });

  it('a ledger that cannot be written does not hold the model up, is told, and is written later, all of it', async () => {
    let broken = true;
    const denied = () => Promise.reject(permanent('AccessDenied', 'no right to write'));
    await play(
      (_, usual) => ({ record: async (input) => (broken ? denied() : usual.record(input)) }),
      {},
      async (living, { world }) => {
        await living.cycle(1);
        const told = await living.handle.query(say.status);
        assert.match(told.problems.join(), /the ledger cannot be written: no right to write/);
        broken = false;
        await env.sleep('10m');
        const { problems } = await settled(living, 1);
        assert.deepEqual(problems, []);
        assert.equal(world.ledger.length, 5);
      },
    );
  });
});
