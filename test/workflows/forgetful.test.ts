import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type Workflow, WorkflowUpdateFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import fc from 'fast-check';
import { cycleWorkflowId, modelWorkflowId, rolloutWorkflowId } from '../../src/names.ts';
import * as operations from '../../src/operations/index.ts';
import * as say from '../../src/workflows/messages.ts';
import type { monitor } from '../../src/workflows/monitor.ts';
import { fuzzing } from '../fuzz/runs.ts';
import { fakeWorld } from '../support/fake-activities.ts';
import { AT_ONCE, beginModel, devServer, freshPlan, type Stage, until, withWorker, workflowBundle } from './theatre.ts';

/**
 * A worker with no room for a second workflow plays one from its beginning for almost every task, as one does that was just
 * started. It meets answers and messages in other tasks than a worker that remembers: what comes of them must not depend on it.
 */
const FORGETS = { maxCachedWorkflows: 1 } as const;

const WORDS = {
  requestCycle: 3,
  wishCycle: 1,
  approve: 6,
  reject: 1,
  rollback: 1,
  cancelCycle: 1,
  pause: 1,
  resume: 2,
  promote: 2,
  abort: 1,
  applyPlan: 1,
  monitor: 2,
} as const;
type WordName = keyof typeof WORDS;
const aWord = fc.oneof(
  ...Object.entries(WORDS).map(([word, weight]) => ({ weight, arbitrary: fc.constant(word as WordName) })),
);
const beats = fc.array(aWord, { minLength: 1, maxLength: 5 });

describe('a worker that forgets', function () {
  this.timeout(180_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    [env] = await Promise.all([devServer(), workflowBundle()]);
  });
  after(() => env?.teardown());

  it('keeps every word that was taken up, once, whatever comes together with it @long', () => {
    const frozen = freshPlan({ ...AT_ONCE, approve: { mode: 'manual', timeout: '1h' } });
    const play = async (stage: Stage) => {
      const { handle, name } = await beginModel(stage, frozen);
      const status = () => operations.status(stage.operator, { model: name });
      const taken: string[] = [];
      let words = 0;
      const send = async (word: WordName): Promise<void> => {
        words += 1;
        const told = { by: 'ann', reason: `word ${words}: ${word}` };
        const hash = words.toString(16).padStart(64, '0');
        const wished = { ...told, trigger: 'person' } as const;
        if (word === 'wishCycle') {
          await handle.signal(say.wishCycle, wished);
          taken.push(told.reason);
          return;
        }
        if (word === 'monitor') {
          const pass = { workflowId: `pass-${randomUUID()}`, taskQueue: stage.operator.taskQueue };
          return void (await env.client.workflow.start<typeof monitor>('monitor', {
            ...pass,
            args: [{ model: name }],
          }));
        }
        const cycle = (await status()).current?.cycle ?? 1;
        const updates: Record<Exclude<WordName, 'wishCycle' | 'monitor'>, () => Promise<unknown>> = {
          requestCycle: () => handle.executeUpdate(say.requestCycle, { args: [wished] }),
          approve: () => handle.executeUpdate(say.decide, { args: [{ ...told, cycle, decision: 'approve' }] }),
          reject: () => handle.executeUpdate(say.decide, { args: [{ ...told, cycle, decision: 'reject' }] }),
          rollback: () => handle.executeUpdate(say.rollback, { args: [told] }),
          cancelCycle: () => handle.executeUpdate(say.cancelCycle, { args: [told] }),
          pause: () => handle.executeUpdate(say.pause, { args: [told] }),
          resume: () => handle.executeUpdate(say.resume, { args: [told] }),
          promote: () => handle.executeUpdate(say.steerRollout, { args: [{ ...told, action: 'promote' }] }),
          abort: () => handle.executeUpdate(say.steerRollout, { args: [{ ...told, action: 'abort' }] }),
          applyPlan: () => handle.executeUpdate(say.applyPlan, { args: [{ ...told, frozen: { ...frozen, hash } }] }),
        };
        if (await updates[word]().then(() => true, isRefused)) taken.push(told.reason);
      };
      for (const beat of fc.sample(beats, fuzzing(12))) await Promise.all(beat.map(send));

      await operations.resume(stage.operator, { model: name, by: 'ann' }).catch(() => undefined);
      const { cycles, problems } = await until(async () => {
        const now = await status();
        if (now.approval) await send('reject');
        return !now.current && !now.rollback && now.queue.length === 0 && now.ledger.pending === 0 && now;
      });
      const entries = stage.world.ledger;
      assert.deepEqual(problems, []);
      for (const reason of taken) {
        const asked = entries.filter((entry) => entry.reason === reason && !LATER.includes(entry.event));
        assert.equal(asked.length, 1, `${reason}: ${asked.map(({ event }) => event)}`);
      }

      const begun = Array.from({ length: cycles }, (_, before) => before + 1);
      const children = begun.flatMap((n) => [cycleWorkflowId(name, n), rolloutWorkflowId(name, String(n))]);
      await Promise.all([modelWorkflowId(name), ...children].map((id) => replays(id)));
    };
    return withWorker(env, fakeWorld(), play, undefined, FORGETS);
  });

  it('hears an update after two tasks without a command as replay does', async () => {
    let [entered, letGo] = [false, () => {}];
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const world = fakeWorld((_, usual) => ({
      record: async (input) => {
        if (input.entry.event === 'paused') {
          entered = true;
          await gate;
        }
        return usual.record(input);
      },
    }));
    const frozen = freshPlan();
    const id = modelWorkflowId(frozen.plan.model);
    const handle = env.client.workflow.getHandle(id);
    const taskQueue = `test-${randomUUID()}`;
    const tasks = async () =>
      (await handle.fetchHistory()).events?.filter((event) => event.workflowTaskCompletedEventAttributes).length ?? 0;
    const oneMore = async (cause: () => Promise<void> | void) => {
      const before = await tasks();
      await cause();
      await until(async () => (await tasks()) > before);
    };
    const first = async (stage: Stage) => {
      const { handle } = await beginModel(stage, frozen);
      await operations.pause(stage.operator, { model: frozen.plan.model, by: 'ann' });
      await until(() => entered);
      await oneMore(() => handle.signal(say.areYouThere));
      await oneMore(letGo);
    };
    const soon = { stickyQueueScheduleToStartTimeout: 100 } as const;
    await withWorker(env, world, first, taskQueue, soon);
    const second = ({ operator }: Stage) => operations.resume(operator, { model: frozen.plan.model, by: 'ann' });
    await withWorker(env, world, second, taskQueue, soon);
    await replays(id);
  });

  /** The history of a run, if there is one, has no failed task and replays. */
  const replays = async (id: string): Promise<void> => {
    const run = env.client.workflow.getHandle<Workflow>(id);
    const history = await run.fetchHistory().catch(() => undefined);
    if (!history) return;
    const failures = history.events?.flatMap(
      (event) => event.workflowTaskFailedEventAttributes?.failure?.message ?? [],
    );
    // The server fails a task that an event has overtaken.
    assert.deepEqual(new Set(failures?.filter((failure) => failure !== 'UnhandledCommand')), new Set(), id);
    await Worker.runReplayHistory({ workflowBundle: await workflowBundle(), replayName: id }, history, id);
  };
});

/** What is written of a word after it was taken up. */
const LATER = ['cycle started', 'cycle ended', 'serving'];

const isRefused = (error: unknown): false => {
  assert.ok(error instanceof WorkflowUpdateFailedError, String(error));
  return false;
};
