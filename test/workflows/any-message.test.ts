import assert from 'node:assert/strict';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import fc from 'fast-check';
import { nearly, nearlyAsked } from '../fuzz/message-values.ts';
import { mutation, pathsOf } from '../fuzz/mutations.ts';
import { fuzzing } from '../fuzz/runs.ts';
import { fakeWorld } from '../support/fake-activities.ts';
import { AT_ONCE, beginModel, devServer, freshPlan, withWorker, workflowBundle } from './theatre.ts';

const UPDATES = [
  ...['applyPlan', 'requestCycle', 'decide', 'rollback', 'cancelCycle'],
  ...['pause', 'resume', 'steerRollout', 'retire'],
] as const;
const SIGNALS = ['wishCycle', 'approvalWanted', 'openMonitorWindow', 'reportFinding', 'nobodyKnowsIt'] as const;
const ANSWERED_WITHIN_MS = 20_000;

describe('messages of any kind to a model', function () {
  this.timeout(120_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    [env] = await Promise.all([devServer(), workflowBundle()]);
  });
  after(() => env?.teardown());

  it('are taken up, refused or left alone: it goes on, and does what it is asked next', async () => {
    const frozen = freshPlan(AT_ONCE);
    const changed = mutation(pathsOf(frozen.plan)).map((mutate) => ({
      ...frozen,
      hash: 'c'.repeat(64),
      plan: mutate(frozen.plan),
    }));
    const applied = fc.record({ frozen: fc.oneof(changed, nearly(frozen)), by: nearly('ann') });
    const argument = fc.oneof(nearlyAsked, applied, fc.jsonValue(), fc.constant(undefined));
    const message = fc.oneof(
      fc.record({ update: fc.constantFrom(...UPDATES), argument }),
      fc.record({ signal: fc.constantFrom(...SIGNALS), argument }),
    );
    await withWorker(env, fakeWorld(), async (stage) => {
      const { handle } = await beginModel(stage, frozen);
      const answered = <T>(send: () => Promise<T>) =>
        env.client.connection.withDeadline(Date.now() + ANSWERED_WITHIN_MS, send);
      await fc.assert(
        fc.asyncProperty(message, async (message) => {
          const args = message.argument === undefined ? [] : [message.argument];
          if ('signal' in message) return answered(() => handle.signal(message.signal, ...args));
          // A right wish to retire it would be its end.
          if (message.update === 'retire' && isRightWord(message.argument)) return;
          try {
            await answered(() => handle.executeUpdate(message.update, { args: args as [unknown] }));
          } catch (error) {
            if (!(error instanceof WorkflowUpdateFailedError)) throw error;
          }
        }),
        { ...fuzzing(120), endOnFailure: true },
      );
      await answered(() => handle.query('status'));
      const { events } = await handle.fetchHistory();
      assert.deepEqual(
        events?.flatMap((event) => event.workflowTaskFailedEventAttributes?.failure?.message ?? []),
        [],
      );
      const word = { by: 'ann' };
      await answered(() => handle.executeUpdate('resume', { args: [word] })).catch(() => {});
      await answered(() => handle.executeUpdate('pause', { args: [word] }));
    });
  });
});

const isRightWord = (value: unknown): boolean => typeof (value as { by?: unknown } | undefined)?.by === 'string';
