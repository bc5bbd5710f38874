import assert from 'node:assert/strict';
import { cycleEnded } from '../../src/workflows/ended.ts';
import { take } from '../../src/workflows/findings.ts';
import type { CycleRequest } from '../../src/workflows/messages.ts';
import { stepsOf } from '../../src/workflows/overtake.ts';
import type { Outcome } from '../../src/workflows/shapes.ts';
import { type ModelState, newModel, putInForce, rollbackTarget, sortOut } from '../../src/workflows/state.ts';
import { statusOf } from '../../src/workflows/status.ts';
import { pick } from '../../src/workflows/train.ts';
import { grant } from '../../src/workflows/windows.ts';
import { cyclesThisMonth, nextWish, QUEUE_MAX, start, usdLeft, wish } from '../../src/workflows/wishes.ts';
import { ALARM, fakeWorld, jobResult, monitorReport } from '../support/fake-activities.ts';
import { tinyFrozen } from '../support/plan.ts';
import { enthrone, keptVersion } from './theatre.ts';

const NOW = '2026-03-10T12:00:00.000Z';
const person: CycleRequest = { trigger: 'person', by: 'ann' };
const calendar: CycleRequest = { trigger: 'schedule', by: 'calendar' };

const living = (retrain: object = {}): ModelState => {
  const state = newModel('tiny');
  putInForce(state, tinyFrozen({ retrain }), 'ann', NOW);
  return state;
};
const ended = (state: ModelState, at: string, costUsd = 0, outcome: Outcome = 'failed'): void =>
  cycleEnded(state, {
    outcome: {
      cycle: state.cycles,
      outcome,
      trigger: 'person',
      by: 'ann',
      asOf: at,
      startedAt: at,
      endedAt: at,
      reason: '',
      costUsd,
    },
  });

describe('wishes for cycles', () => {
  it('start in the order in which persons wished, before automatic ones', () => {
    const state = living({ cooldown: 0 });
    wish(state, calendar, NOW);
    wish(state, { ...person, reason: 'first' }, NOW);
    wish(state, { ...person, reason: 'second' }, NOW);
    const order: (string | undefined)[] = [];
    for (let next = nextWish(state, NOW); next; next = nextWish(state, NOW)) {
      start(state, next, NOW);
      order.push(next.reason ?? next.trigger);
    }
    assert.deepEqual(order, ['first', 'second', 'schedule']);
  });

  it('tell a person the number that the cycle will have', () => {
    const state = living();
    assert.equal(wish(state, person, NOW).cycle, 1);
    assert.equal(wish(state, person, NOW).cycle, 2);
    start(state, nextWish(state, NOW) ?? assert.fail(), NOW);
    assert.equal(wish(state, person, NOW).cycle, 3);
  });

  it('are merged when they are automatic, and look back from the latest instant', () => {
    const state = living();
    wish(state, { ...calendar, asOf: '2026-03-01T00:00:00.000Z' }, NOW);
    const joined = wish(state, { trigger: 'drift', by: 'monitor', asOf: '2026-03-05T00:00:00.000Z' }, NOW, 3);
    assert.match(joined.note ?? '', /joined wish 1 \(schedule\)/);
    assert.deepEqual(
      state.queue.map(({ joined: n, asOf, about }) => ({ n, asOf, about })),
      [{ n: 1, asOf: '2026-03-05T00:00:00.000Z', about: undefined }],
    );
  });

  it('wait for the cooldown when they are automatic', () => {
    const state = living({ cooldown: '24h' });
    ended(state, NOW);
    wish(state, calendar, NOW);
    assert.equal(nextWish(state, '2026-03-11T11:59:59.999Z'), undefined);
    assert.equal(nextWish(state, '2026-03-11T12:00:00.000Z')?.trigger, 'schedule');
  });

  it('count against the budget of their own month', () => {
    const state = living({ cooldown: 0, budget: { cyclesPerMonth: 2 } });
    for (const at of ['2026-03-01T00:00:00.000Z', '2026-03-31T23:59:59.000Z']) {
      assert.equal(wish(state, calendar, at).accepted, true);
      start(state, nextWish(state, at) ?? assert.fail(), at);
    }
    const refused = wish(state, calendar, '2026-03-31T23:59:59.999Z');
    assert.match(refused.note ?? '', /budget of 2 cycles in 2026-03/);
    assert.equal(cyclesThisMonth(state, '2026-04-01T00:00:00.000Z'), 0);
    assert.equal(wish(state, calendar, '2026-04-01T00:00:00.000Z').accepted, true);
  });

  it('of persons are bounded', () => {
    const state = living();
    for (let n = 0; n < QUEUE_MAX; n += 1) assert.equal(wish(state, person, NOW).accepted, true);
    assert.equal(wish(state, person, NOW).accepted, false);
  });

  it('wait for others to join them', () => {
    const state = living({ cooldown: 0, debounce: '10m' });
    state.champion = enthrone(fakeWorld(), tinyFrozen(), 3);
    const taken = wish(state, { trigger: 'drift', by: 'monitor' }, NOW, 3);
    assert.equal(taken.notBefore, '2026-03-10T12:10:00.000Z');
    for (let n = 0; n < 100; n += 1) wish(state, { trigger: 'quality', by: 'monitor', reason: `${n}` }, NOW, 3);
    assert.equal(nextWish(state, '2026-03-10T12:09:59.999Z'), undefined);
    start(state, nextWish(state, '2026-03-10T12:10:00.000Z') ?? assert.fail(), NOW);
    assert.equal(state.queue.length, 0);
    const { facts } = state.outbox.find(({ event }) => event === 'cycle started') ?? assert.fail();
    assert.equal(facts.joined, 100);
    assert.deepEqual((facts.joinedBy as string[]).slice(0, 2), ['quality, monitor: 0', 'quality, monitor: 1']);
  });

  it('are served by the cycle that runs when they look back no further', () => {
    const state = living({ cooldown: 0 });
    wish(state, { ...calendar, asOf: '2026-03-05T00:00:00.000Z' }, NOW);
    start(state, nextWish(state, NOW) ?? assert.fail(), NOW);
    const drift = { trigger: 'drift', by: 'monitor' } as const;
    const served = wish(state, { ...drift, asOf: '2026-03-05T00:00:00.000Z' }, NOW);
    assert.deepEqual([served.accepted, served.cycle, state.queue.length], [true, 1, 0]);
    assert.equal(wish(state, { ...drift, asOf: '2026-03-05T00:00:01.000Z' }, NOW).wish, 2);
    assert.equal(wish(state, person, NOW).wish, 3);
    ended(state, NOW);
    assert.equal(state.outbox.at(-1)?.facts.joined, 1);
  });

  it('of findings are late when the last cycle has seen what they are about', () => {
    const state = living({ cooldown: 0 });
    const drift = { trigger: 'drift', by: 'monitor', asOf: NOW } as const;
    wish(state, drift, NOW);
    start(state, nextWish(state, NOW) ?? assert.fail(), NOW);
    ended(state, NOW);
    assert.equal(wish(state, drift, NOW).accepted, true, 'a cycle that failed has seen nothing');
    start(state, nextWish(state, NOW) ?? assert.fail(), NOW);
    ended(state, NOW, 0, 'rejected by gates');
    assert.match(wish(state, drift, NOW).note ?? '', /cycle 2 looked back from 2026-03-10T12:00:00.000Z already/);
    assert.equal(wish(state, { ...calendar, asOf: '2026-01-01T00:00:00.000Z' }, NOW).accepted, true);
  });

  it('stay within what the month may cost', () => {
    const state = living({ cooldown: 0, budget: { usdPerMonth: 10 } });
    wish(state, calendar, NOW);
    start(state, nextWish(state, NOW) ?? assert.fail(), NOW);
    assert.equal(usdLeft(state, NOW), 10);
    ended(state, NOW, 8.5);
    assert.equal(usdLeft(state, NOW), 1.5);
    wish(state, person, NOW);
    start(state, nextWish(state, NOW) ?? assert.fail(), NOW);
    ended(state, NOW, 2);
    assert.match(wish(state, calendar, NOW).note ?? '', /budget of 10 USD in 2026-03 is spent \(10\.50\)/);
    assert.equal(usdLeft(state, '2026-04-01T00:00:00.000Z'), 10);
    assert.equal(wish(state, person, NOW).accepted, true);
  });

  it('leave a trace in the ledger when they are dismissed', () => {
    const state = living({ budget: { cyclesPerMonth: 1 } });
    wish(state, person, NOW);
    start(state, nextWish(state, NOW) ?? assert.fail(), NOW);
    wish(state, calendar, NOW);
    assert.equal(state.outbox.at(-1)?.event, 'wish dismissed');
  });
});

describe('the state of a model', () => {
  it('survives a trip through JSON as it is', () => {
    const state = living({ on: ['drift'] });
    state.champion = enthrone(fakeWorld(), tinyFrozen(), 3);
    grant(state, { monitor: 'a', id: 'report', to: NOW });
    take(state, { report: monitorReport({ version: 3, findings: [ALARM] }), asOf: NOW }, NOW);
    wish(state, person, NOW);
    const trip = JSON.parse(JSON.stringify(state)) as ModelState;
    const told = (some: ModelState) => JSON.stringify(statusOf(some, NOW));
    assert.equal(told(trip), told(state));
    assert.equal(nextWish(trip, NOW)?.by, 'ann');
  });

  it('keeps the last ten outcomes, newest first', () => {
    const state = living();
    for (let n = 1; n <= 12; n += 1) {
      wish(state, person, NOW);
      start(state, nextWish(state, NOW) ?? assert.fail(), NOW);
      ended(state, NOW);
    }
    assert.deepEqual(
      state.outcomes.map(({ cycle }) => cycle),
      [12, 11, 10, 9, 8, 7, 6, 5, 4, 3],
    );
  });

  it('knows where a rollback leads', () => {
    const state = living();
    assert.equal(rollbackTarget(state), 'nothing is deployed yet');
    state.champion = enthrone(fakeWorld(), tinyFrozen(), 3);
    state.versions = [1, 2, 3, 5].map((version) => keptVersion('tiny', version));
    const target = (to?: number) => {
      const found = rollbackTarget(state, to);
      return typeof found === 'string' ? found : found.version.version;
    };
    assert.equal(target(), 2);
    assert.equal(target(5), 5);
    assert.equal(target(3), 'version 3 is what serves now');
    assert.equal(target(9), 'version 9 is not kept (kept: 1, 2, 5)');
    state.versions = [keptVersion('tiny', 3)];
    assert.match(String(target()), /no version before 3 is kept/);
  });

  it('keeps the champion and the newest others, whatever the champion is', () => {
    const versions = [1, 2, 3, 4].map((version) => keptVersion('tiny', version));
    const numbers = (keep: number, champion: number) => {
      const sorted = sortOut(versions, keptVersion('tiny', champion), keep);
      return [sorted.keep, sorted.retire].map((some) => some.map(({ version }) => version.version));
    };
    assert.deepEqual(numbers(2, 5), [
      [5, 4, 3],
      [2, 1],
    ]);
    assert.deepEqual(numbers(1, 2), [
      [2, 4],
      [3, 1],
    ]);
  });
});

describe('the choices of a cycle', () => {
  const trained = (candidate: string, metrics: Record<string, number>) => ({
    ...jobResult('training', candidate),
    metrics,
    candidate,
    algorithm: 'xgboost',
  });

  it('the best candidate is the one that the objective says, the earlier when equal', () => {
    const some = [
      trained('a', { auc: 0.6, log_loss: 0.5 }),
      trained('b', { auc: 0.7, log_loss: 0.6 }),
      trained('c', { auc: 0.7, log_loss: 0.5 }),
    ];
    assert.equal(pick(some, { metric: 'auc', goal: 'maximize' })?.candidate, 'b');
    assert.equal(pick(some, { metric: 'log_loss', goal: 'minimize' })?.candidate, 'a');
    assert.equal(pick(some, { metric: 'brier', goal: 'minimize' }), undefined);
    assert.equal(pick([], { metric: 'auc', goal: 'maximize' }), undefined);
  });

  it('a rollout ends at 100 % whatever the plan says', () => {
    const steps = (some: number[]) => stepsOf(tinyFrozen({ deploy: { rollout: { steps: some } } }));
    assert.deepEqual(steps([50, 10, 50]), [10, 50, 100]);
    assert.deepEqual(steps([100]), [100]);
  });
});
