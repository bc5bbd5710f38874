import assert from 'node:assert/strict';
import { CancelledFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { verifyLedger } from '../../src/aws/ledger.ts';
import { cycleWorkflowId, monitorWorkflowId } from '../../src/names.ts';
import * as say from '../../src/workflows/messages.ts';
import type { monitor } from '../../src/workflows/monitor.ts';
import { ALARM, type Changes, evaluation, fakeWorld, monitorReport, stillRunning } from '../support/fake-activities.ts';
import {
  AT_ONCE,
  beginModel,
  devServer,
  failureOf,
  freshPlan,
  type Living,
  type Stage,
  settled,
  until,
  withWorker,
  workflowBundle,
} from './theatre.ts';

describe('a model', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    [env] = await Promise.all([devServer(), workflowBundle()]);
  });
  after(() => env?.teardown());

  const play = <T>(
    changes: Changes,
    plan: Readonly<Record<string, unknown>>,
    act: (living: Living, stage: Stage) => Promise<T>,
  ): Promise<T> =>
    withWorker(env, fakeWorld(changes), async (stage) =>
      act(await beginModel(stage, freshPlan({ ...AT_ONCE, ...plan })), stage),
    );

  const person = { trigger: 'person', by: 'ann' } as const;
  const drift = { trigger: 'drift', by: 'monitor', reason: 'hour drifted' } as const;
  const wish = ({ handle }: Living, request: say.CycleRequest) =>
    handle.executeUpdate(say.requestCycle, { args: [request] });

  it('leaves a question alone that makes no sense, and lives on', async () => {
    await play(
      () => ({}),
      {},
      async (living) => {
        for (const nonsense of [undefined, null, 7, {}, { cycle: 1, asker: '', question: 'q' }])
          await living.handle.signal('rolloutWanted', nonsense);
        assert.equal((await living.cycle(1)).outcome, 'deployed');
      },
    );
  });

  it('runs one cycle at a time, however many are wished, and merges what is not a person', async () => {
    let running = 0;
    let most = 0;
    await play(
      (_, usual) => ({
        preflight: async (input) => {
          running += 1;
          most = Math.max(most, running);
          return usual.preflight(input);
        },
        judge: async (input) => {
          running -= 1;
          return usual.judge(input);
        },
      }),
      { retrain: { cooldown: 0 } },
      async (living) => {
        const persons = await Promise.all([1, 2, 3].map(() => wish(living, person)));
        const asOf = new Date().toISOString();
        const storm = await Promise.all(Array.from({ length: 100 }, () => wish(living, { ...drift, asOf })));
        assert.deepEqual(persons.map(({ cycle }) => cycle).sort(), [1, 2, 3]);
        assert.ok(storm.every(({ accepted, note }) => accepted || /looked back from .* already/.test(note ?? '')));
        await until(async () => (await living.handle.query(say.status)).cycles >= 3);
        const told = await settled(living, 3);
        assert.equal(most, 1);
        // What drifted was said of no version, or of one that no longer serves: at most one cycle comes of it.
        assert.ok(told.cycles <= 4, `${told.cycles} cycles`);
      },
    );
  });

  it('starts no more automatic cycles in a month than its budget allows', async () => {
    await play(
      () => ({}),
      { retrain: { cooldown: 0, budget: { cyclesPerMonth: 1 } } },
      async (living) => {
        await living.cycle(1);
        await settled(living, 1);
        const answer = await wish(living, drift);
        assert.equal(answer.accepted, false);
        assert.match(answer.note ?? '', /the budget of 1 cycles in \d{4}-\d\d is spent/);
        assert.equal((await wish(living, person)).accepted, true);
        await settled(living, 2);
      },
    );
  });

  it('writes each decision to the ledger, in order, each naming the one before', async () => {
    const world = await play(
      () => ({}),
      {},
      async (living, stage) => {
        await living.cycle(1);
        await settled(living, 1);
        return stage.world;
      },
    );
    assert.deepEqual(
      world.ledger.map(({ event }) => event),
      ['plan applied', 'cycle wished', 'cycle started', 'serving', 'cycle ended'],
    );
    assert.deepEqual(verifyLedger(world.ledger), []);
    const serving = world.ledger.find(({ event }) => event === 'serving');
    assert.deepEqual([serving?.facts.version, serving?.facts.before], [1, undefined]);
  });

  it('tells people how each cycle ended, once there is somewhere to tell it', async () => {
    await play(
      () => ({ judge: async ({ cycle }) => evaluation(cycle === 1, false) }),
      {},
      async (living, { world }) => {
        await living.cycle(1);
        await settled(living, 1);
        await living.cycle(2);
        await settled(living, 2);
        const told = await until(() => world.notices.length >= 2 && world.notices.map(({ subject }) => subject));
        assert.deepEqual(told, ['cycle 1 deployed', 'cycle 2 rejected by gates']);
      },
    );
  });

  it('survives a cycle that somebody terminates', async () => {
    await play(
      () => ({ preflight: async () => Promise.reject(stillRunning('x')) }),
      {},
      async (living, { env: { client } }) => {
        await wish(living, person);
        const running = client.workflow.getHandle(cycleWorkflowId(living.name, 1));
        await until(() => running.describe().then(Boolean, () => false));
        await running.terminate('by hand');
        const { outcomes } = await settled(living, 1);
        assert.equal(outcomes[0]?.outcome, 'failed');
        assert.match(outcomes[0]?.reason ?? '', /terminated/i);
      },
    );
  });

  it('rolls back by cancelling the cycle that runs', async () => {
    let hold = false;
    await play(
      (_, usual) => ({
        watchJob: async (input) => (hold ? Promise.reject(stillRunning(input.name)) : usual.watchJob(input)),
      }),
      {},
      async (living, { world, env: { client } }) => {
        await living.cycle(1);
        await living.cycle(2);
        await settled(living, 2);
        hold = true;
        await wish(living, person);
        await until(() => world.called(`watchJob ${living.name}-3-train`).length > 0);
        const ask = { by: 'ann', reason: 'complaints' };
        const started = await living.handle.executeUpdate(say.rollback, { args: [ask] });
        assert.deepEqual([started.from, started.to], [2, 1]);
        await assert.rejects(living.handle.executeUpdate(say.rollback, { args: [ask] }));
        const running = client.workflow.getHandle(cycleWorkflowId(living.name, 3));
        assert.ok((await failureOf(running)) instanceof CancelledFailure);
        const told = await settled(living, 3);
        assert.deepEqual([told.champion?.version, told.lastRollback?.outcome], [1, 'deployed']);
        assert.equal(told.outcomes[0]?.outcome, 'cancelled');
        assert.deepEqual(world.endpoint?.weights, { v1: 100 });
        assert.deepEqual(
          told.versions.map(({ version }) => version),
          [1, 2],
        );
        const serving = world.ledger.filter(({ event }) => event === 'serving').at(-1);
        assert.deepEqual([serving?.by, serving?.reason, serving?.facts.version], ['ann', 'complaints', 1]);
      },
    );
  });

  it('waits while a person holds it, and its rollout, too', async () => {
    let hold = true;
    await play(
      (_, usual) => ({
        watchJob: async (input) => (hold ? Promise.reject(stillRunning(input.name)) : usual.watchJob(input)),
      }),
      { retrain: { cooldown: 0 } },
      async (living, { world, env: { client } }) => {
        const word = { by: 'ann', reason: 'freeze' };
        await wish(living, person);
        await until(() => world.called('watchJob').length > 0);
        await living.handle.executeUpdate(say.pause, { args: [word] });
        await assert.rejects(living.handle.executeUpdate(say.pause, { args: [word] }));
        await living.handle.signal(say.wishCycle, drift);
        hold = false;
        const running = client.workflow.getHandle(cycleWorkflowId(living.name, 1));
        await until(async () => {
          const { stages } = await running.query(say.progress);
          return stages.some(({ lines }) => lines.some((line) => /paused: its rollout waits/.test(line)));
        });
        assert.equal(world.endpoint, undefined);
        await living.handle.executeUpdate(say.resume, { args: [{ by: 'bob' }] });
        assert.equal((await living.outcome(1)).outcome, 'deployed');
        await living.outcome(2);
        const words = world.ledger.filter(({ event }) => event === 'paused' || event === 'resumed');
        assert.deepEqual(
          words.map(({ event, by }) => `${event} ${by}`),
          ['paused ann', 'resumed bob'],
        );
      },
    );
  });

  it('refuses to steer a rollout where none runs, and to resume what nothing holds', async () => {
    await play(
      () => ({}),
      {},
      async ({ handle }) => {
        const action = { action: 'promote', by: 'ann' } as const;
        await assert.rejects(handle.executeUpdate(say.steerRollout, { args: [action] }), /failed/);
        await assert.rejects(handle.executeUpdate(say.resume, { args: [{ by: 'ann' }] }));
        await assert.rejects(handle.executeUpdate(say.retire, { args: [{ by: ' ' }] }));
      },
    );
  });

  describe('monitored', () => {
    let pass = 0;
    const look = async ({ env: { client }, operator: { taskQueue } }: Stage, model: string, asOf?: string) => {
      pass += 1;
      const workflowId = `${monitorWorkflowId(model)}-${pass}`;
      return client.workflow.execute<typeof monitor>('monitor', { workflowId, taskQueue, args: [{ model, asOf }] });
    };
    const finding: Changes = () => ({
      inspectModel: async ({ id, champion, from, to }) =>
        monitorReport({ id, version: champion.version, from, to, findings: [ALARM] }),
    });

    it('looks at windows that follow one another exactly, from the moment the champion serves', async () => {
      await play(
        () => ({}),
        {},
        async (living, stage) => {
          assert.deepEqual(await look(stage, living.name), { note: 'nothing is deployed yet' });
          await living.cycle(1);
          const { champion } = await settled(living, 1);
          const windows = [];
          for (let i = 0; i < 3; i += 1) {
            windows.push((await look(stage, living.name)).report);
          }
          assert.equal(windows[0]?.from, champion?.since);
          assert.equal(windows[1]?.from, windows[0]?.to);
          assert.equal(windows[2]?.from, windows[1]?.to);
        },
      );
    });

    it('starts one cycle of a storm of passes, of which one at a time has the window', async () => {
      await play(finding, { retrain: { on: ['drift'], cooldown: 0 } }, async (living, stage) => {
        await living.cycle(1);
        await settled(living, 1);
        const asOf = '2001-05-29T00:00:00.000Z';
        const passes = await Promise.all(Array.from({ length: 20 }, () => look(stage, living.name, asOf)));
        await until(async () => (await living.handle.query(say.status)).cycles >= 2);
        const told = await settled(living, 2);
        assert.equal(told.cycles, 2);
        const { trigger, asOf: from } = told.outcomes[0] ?? {};
        assert.deepEqual([trigger, from], ['drift', asOf]);
        const { ledger, notices } = stage.world;
        const started = ledger.filter(({ event }) => event === 'cycle started').at(-1);
        assert.equal(started?.reason, ALARM.message);
        assert.equal(notices.filter(({ subject }) => subject.startsWith('alarm')).length, 1, 'told once');
        const windows = passes.flatMap(({ report }) => report ?? []).sort((x, y) => (x.to < y.to ? -1 : 1));
        // On a slow machine the last of them find the next version, whose windows begin when it serves.
        for (const [at, { from, version }] of windows.entries()) {
          const before = windows[at - 1];
          if (before?.version === version) assert.equal(from, before.to);
        }
        assert.ok(passes.every(({ report, note }) => report || /looks at|looked at already/.test(note ?? '')));
      });
    });

    it('gives the window of a pass that was killed to the next one', async () => {
      let stuck = true;
      const dying: Changes = (_, usual) => ({
        inspectModel: (input) => (stuck ? Promise.reject(stillRunning('the pass')) : usual.inspectModel(input)),
      });
      await play(dying, {}, async (living, stage) => {
        await living.cycle(1);
        const { champion } = await settled(living, 1);
        const { client } = stage.env;
        const { taskQueue } = stage.operator;
        const args: [{ model: string }] = [{ model: living.name }];
        const workflowId = `${monitorWorkflowId(living.name)}-dying`;
        const dies = await client.workflow.start<typeof monitor>('monitor', { workflowId, taskQueue, args });
        await until(() => stage.world.called('inspectModel').length > 0);
        assert.match((await look(stage, living.name)).note ?? '', /dying looks at/);
        await dies.terminate();
        stuck = false;
        const { report } = await look(stage, living.name);
        assert.equal(report?.from, champion?.since);
      });
    });

    it('does not retrain on findings that the plan does not name', async () => {
      await play(finding, { retrain: { on: ['quality'], cooldown: 0 } }, async (living, stage) => {
        await living.cycle(1);
        await settled(living, 1);
        await look(stage, living.name);
        await until(() => stage.world.ledger.some(({ event }) => event === 'findings'));
        const told = await settled(living, 1);
        assert.deepEqual([told.cycles, told.queue.length], [1, 0]);
      });
    });

    it('fails clearly when the model is not there', async () => {
      await withWorker(env, fakeWorld(), async (stage) => {
        await assert.rejects(look(stage, 'nobody'));
      });
    });
  });
});
