import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import * as check from '../../src/workflows/checks.ts';
import { modelDetails } from '../../src/workflows/details.ts';
import { take } from '../../src/workflows/findings.ts';
import { type ModelState, newModel, putInForce, rollbackTarget } from '../../src/workflows/state.ts';
import { statusOf } from '../../src/workflows/status.ts';
import { pause, resume } from '../../src/workflows/stops.ts';
import { isApprovalWanted, isMonitored, isWindowRequest, isWish } from '../../src/workflows/told.ts';
import { grant } from '../../src/workflows/windows.ts';
import { nextWish, wish } from '../../src/workflows/wishes.ts';
import { fakeWorld } from '../support/fake-activities.ts';
import { tinyFrozen } from '../support/plan.ts';
import { enthrone } from '../workflows/theatre.ts';
import { INSTANT, nearly, nearlyAsked } from './message-values.ts';
import { mutation, pathsOf } from './mutations.ts';
import { fuzzing } from './runs.ts';

/** The largest state that fits into one payload. */
const MOST_BYTES = 2 * 1024 * 1024;

type Told = (state: ModelState, told: never) => unknown;

/** What a model does when it is told something: it is checked, then changes the state. */
const MESSAGES: Readonly<Record<string, Told>> = {
  applyPlan: (state, told: { frozen: ReturnType<typeof tinyFrozen>; by: string }) => {
    check.checkPlan(state, told);
    putInForce(state, told.frozen, told.by, INSTANT);
  },
  requestCycle: (state, told) => {
    check.checkRequest(state, told);
    wish(state, told, INSTANT);
  },
  decide: (state, told) => check.checkDecision(state, told),
  rollback: (state, told: { to: number; by: string; reason: string }) => {
    check.checkRollback(state, told);
    rollbackTarget(state, told.to);
  },
  cancelCycle: (state, told) => check.checkCancel(state, told),
  steerRollout: (state, told) => check.checkSteering(state, told),
  pause: (state, told) => {
    check.checkPause(state, told);
    pause(state, told, INSTANT);
  },
  resume: (state, told) => {
    check.checkResume(state, told);
    resume(state, told, INSTANT);
  },
  wishCycle: (state, told) => isWish(told) && wish(state, told, INSTANT),
  approvalWanted: (state, told) => {
    if (isApprovalWanted(told)) state.approval = told;
  },
  openMonitorWindow: (state, told) => isWindowRequest(told) && grant(state, told),
  reportFinding: (state, told) => isMonitored(told) && take(state, told, INSTANT),
};

describe('what a model is told, broken at random', () => {
  const frozen = tinyFrozen();
  const plans = mutation(pathsOf(frozen.plan)).map((mutate) => ({
    ...frozen,
    hash: 'c'.repeat(64),
    plan: mutate(frozen.plan),
  }));
  const applied = fc.record({ frozen: fc.oneof(plans, nearly(frozen)), by: nearly('ann') });
  const told = fc.oneof(
    { weight: 6, arbitrary: nearlyAsked },
    { weight: 2, arbitrary: applied },
    { weight: 1, arbitrary: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant(undefined)) },
  );
  const messages = fc.array(fc.tuple(fc.constantFrom(...Object.keys(MESSAGES)), told), { minLength: 1, maxLength: 30 });

  it('is refused or leaves a state that can be shown, that travels, and that says what comes next', () => {
    fc.assert(
      fc.property(messages, fc.boolean(), (messages, serves) => {
        const state = newModel('tiny');
        putInForce(state, frozen, 'ann', INSTANT);
        if (serves) state.champion = enthrone(fakeWorld(), frozen, 1);
        for (const [name, told] of messages) {
          try {
            MESSAGES[name]?.(state, told as never);
          } catch (error) {
            if (!(error instanceof ApplicationFailure)) throw error;
            assert.ok(error.message.length < 5_000);
          }
        }
        assert.ok(modelDetails(statusOf(state, INSTANT)));
        nextWish(state, INSTANT);
        assert.ok(JSON.stringify({ ...state, outbox: [] }).length < MOST_BYTES);
      }),
      fuzzing(200),
    );
  });
});
