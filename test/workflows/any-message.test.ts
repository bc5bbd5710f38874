import assert from 'node:assert/strict';
import { QueryNotRegisteredError, WorkflowUpdateFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import fc from 'fast-check';
import { cycleWorkflowId } from '../../src/names.ts';
import * as operations from '../../src/operations/index.ts';
import * as say from '../../src/workflows/messages.ts';
import { nearly, nearlyAsked } from '../fuzz/message-values.ts';
import { mutation, pathsOf } from '../fuzz/mutations.ts';
import { fuzzing } from '../fuzz/runs.ts';
import { fakeWorld } from '../support/fake-activities.ts';
import { AT_ONCE, beginModel, devServer, freshPlan, until, withWorker, workflowBundle } from './theatre.ts';

/** `retire` is left out: a right word would be the model's end. */
const UPDATES = [say.applyPlan, say.requestCycle, say.decide, say.rollback, say.cancelCycle, say.pause, say.resume];
const SIGNALS = [
  say.wishCycle,
  say.approvalWanted,
  say.cycleCancelled,
  say.openMonitorWindow,
  say.reportFinding,
  say.rolloutWanted,
];
const TO_A_CYCLE = [say.decided, say.held, say.rolloutAnswered];
const names = (...lists: readonly { name: string }[][]) => fc.constantFrom(...lists.flat().map(({ name }) => name));

describe('messages of any kind', function () {
  this.timeout(120_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    [env] = await Promise.all([devServer(), workflowBundle()]);
  });
  after(() => env?.teardown());

  it('are taken up, refused or left alone: the model works, and its history replays @long', async () => {
    const frozen = freshPlan({ ...AT_ONCE, approve: { mode: 'manual', timeout: '1h' } });
    const changed = mutation(pathsOf(frozen.plan)).map((mutate) => ({
      ...frozen,
      hash: 'c'.repeat(64),
      plan: mutate(frozen.plan),
    }));
    const applied = fc.record({ frozen: fc.oneof(changed, nearly(frozen)), by: nearly('ann') });
    const argument = fc.oneof(nearlyAsked, applied, fc.jsonValue(), fc.constant(undefined));
    const message = fc.record({
      kind: fc.constantFrom('update', 'signal', 'query', 'signal to its cycle'),
      update: names(UPDATES, [say.steerRollout, { name: 'nobodyKnowsIt' }]),
      signal: names(SIGNALS, UPDATES, [{ name: 'nobodyKnowsIt' }]),
      query: names([say.status, say.plan, { name: 'nobodyKnowsIt' }]),
      toCycle: names(TO_A_CYCLE, SIGNALS),
      argument,
    });
    const { numRuns, ...seed } = fuzzing(120);
    await withWorker(env, fakeWorld(), async (stage) => {
      const { handle, name } = await beginModel(stage, frozen);
      const first = env.client.workflow.getHandle(cycleWorkflowId(name, 1));
      await handle.signal(say.wishCycle, { trigger: 'person', by: 'ann' });
      await until(async () => (await handle.query(say.status)).approval);

      const send = async ({ kind, update, signal, query, toCycle, argument }: (typeof messages)[number]) => {
        const args = argument === undefined ? [] : [argument];
        if (kind === 'signal') return handle.signal(signal, ...args);
        if (kind === 'signal to its cycle') return first.signal(toCycle, ...args).catch(isOver);
        if (kind === 'query') return handle.query(query, ...args).catch(isUnknown);
        return handle.executeUpdate(update, { args: args as [unknown] }).catch(isRefused);
      };
      const messages = fc.sample(message, { numRuns, ...seed });
      while (messages.length > 0) await Promise.all(messages.splice(0, 10).map(send));

      // What it was asked rightly among all that, it does; then it does what it is asked next.
      const plan = { ...frozen.plan, approve: { ...frozen.plan.approve, mode: 'auto' as const } };
      const right = { ...frozen, hash: 'e'.repeat(64), plan };
      await operations.applyPlan(stage.operator, { frozen: right, by: 'ann' });
      await operations.resume(stage.operator, { model: name, by: 'ann' }).catch(() => undefined);
      await until(async () => {
        const { current, rollback, queue } = await handle.query(say.status);
        if (current) await operations.cancelCycle(stage.operator, { model: name, by: 'ann' }).catch(() => undefined);
        return !current && !rollback && !queue.some(({ trigger }) => trigger === 'person');
      });
      const { cycle } = await operations.requestCycle(stage.operator, { model: name, trigger: 'person', by: 'ann' });
      const ended = await until(async () =>
        (await handle.query(say.status)).outcomes.find((outcome) => outcome.cycle === cycle),
      );
      assert.equal(ended.outcome, 'deployed', ended.reason);

      const options = { workflowBundle: await workflowBundle() };
      for (const run of [handle, first]) {
        const history = await run.fetchHistory();
        const failed = history.events?.flatMap((event) => event.workflowTaskFailedEventAttributes?.failure ?? []);
        assert.deepEqual(failed, []);
        await Worker.runReplayHistory({ ...options, replayName: run.workflowId }, history, run.workflowId);
      }
    });
  });
});

const isRefused = (error: unknown): void => assert.ok(error instanceof WorkflowUpdateFailedError, String(error));
const isUnknown = (error: unknown): void => assert.ok(error instanceof QueryNotRegisteredError, String(error));
const isOver = (error: unknown): void => assert.match(String(error), /workflow execution already completed/);
