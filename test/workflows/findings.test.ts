import assert from 'node:assert/strict';
import type { Finding, MonitorReport } from '../../src/activities/types.ts';
import { cycleEnded } from '../../src/workflows/ended.ts';
import { take } from '../../src/workflows/findings.ts';
import type { CycleOutcome } from '../../src/workflows/shapes.ts';
import { type ModelState, newModel, putInForce } from '../../src/workflows/state.ts';
import { pause, resume } from '../../src/workflows/stops.ts';
import { grant } from '../../src/workflows/windows.ts';
import { nextWish, start, wish } from '../../src/workflows/wishes.ts';
import { ALARM, fakeWorld, monitorReport } from '../support/fake-activities.ts';
import { tinyFrozen } from '../support/plan.ts';
import { enthrone } from './theatre.ts';

const BAD: Finding = { ...ALARM, kind: 'data', subject: 'hour', message: 'hour is missing in 90 % of the rows' };
const at = (day: number, hour = 0): string =>
  `2026-03-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00.000Z`;

/** A model whose version 3 serves since the first of March. */
function living(retrain: object = {}): ModelState {
  const state = newModel('tiny');
  putInForce(state, tinyFrozen({ retrain: { on: ['drift', 'quality'], cooldown: 0, ...retrain } }), 'ann', at(1));
  state.champion = { ...enthrone(fakeWorld(), tinyFrozen(), 3), since: at(1) };
  return state;
}

/** A pass that ends at `to`: asks for its window and reports. */
function pass(state: ModelState, to: string, findings: readonly Finding[], more: Partial<MonitorReport> = {}): void {
  const window = grant(state, { monitor: `monitor-${to}`, id: to, to });
  assert.ok(!('refused' in window), JSON.stringify(window));
  const { id, from } = window;
  take(state, { report: monitorReport({ version: 3, id, from, to, findings, ...more }), asOf: to }, to);
}

/** Starts the cycle that is wished, and ends it. */
function cycle(state: ModelState, when: string, outcome: CycleOutcome['outcome'] = 'rejected by gates'): void {
  const wished = nextWish(state, when) ?? assert.fail('no cycle is wished');
  const n = start(state, wished, when);
  const { trigger, by } = wished;
  const told = { cycle: n, outcome, trigger, by, asOf: when, startedAt: when, endedAt: when, reason: '' };
  cycleEnded(state, { outcome: told });
}

const events = ({ outbox }: ModelState): string[] => outbox.map(({ event }) => event);
const told = ({ notices }: ModelState): string[] => notices.map(({ subject }) => subject);

describe('the windows of a model', () => {
  it('follow one another exactly, from the moment the champion serves', () => {
    const state = living();
    for (const day of [2, 4, 5]) pass(state, at(day), []);
    assert.equal(state.monitored?.from, at(4));
    assert.deepEqual(grant(state, { monitor: 'late', id: 'late', to: at(5) }), {
      refused: `everything until ${at(5)} was looked at already`,
    });
  });

  it('count once: of passes beside each other only the last that was given the window', () => {
    const state = living();
    const first = grant(state, { monitor: 'a', id: 'a', to: at(2) });
    const second = grant(state, { monitor: 'b', id: 'b', to: at(2, 1) });
    assert.ok(!('refused' in first) && !('refused' in second));
    assert.equal(second.from, first.from);
    const report = (id: string, to: string) =>
      take(state, { report: monitorReport({ version: 3, id, from: at(1), to, findings: [ALARM] }), asOf: to }, to);
    report('a', at(2));
    assert.deepEqual([state.monitored, state.queue.length], [undefined, 0]);
    report('b', at(2, 1));
    report('b', at(2, 1));
    assert.equal(state.monitored?.to, at(2, 1));
    assert.deepEqual(
      events(state).filter((event) => event.startsWith('pass') || event === 'findings'),
      ['pass dismissed', 'findings', 'pass dismissed'],
    );
  });

  it('hand on what a pass learned, to passes on the same version only', () => {
    const state = living();
    const memory = { streaks: { 'drift hour': 1 }, raised: [], volumes: [2] };
    pass(state, at(2), [], { memory });
    const next = grant(state, { monitor: 'n', id: 'n', to: at(3) });
    assert.deepEqual('memory' in next && next.memory, memory);
    state.champion = { ...enthrone(fakeWorld(), tinyFrozen(), 4), since: at(2, 1) };
    const other = grant(state, { monitor: 'o', id: 'o', to: at(3) });
    assert.equal('memory' in other && other.memory, undefined);
  });
});

describe('what a pass finds', () => {
  it('is told once a day while it stays the same', () => {
    const state = living({ on: [] });
    pass(state, at(2), [ALARM]);
    pass(state, at(2, 1), [ALARM]);
    assert.equal(state.notices.length, 1);
    pass(state, at(3), [ALARM]);
    assert.equal(state.notices.length, 2);
  });

  it('starts a cycle for what the plan names, and not for an estimate', () => {
    const state = living({ on: ['quality'] });
    pass(state, at(2), [ALARM, { ...ALARM, kind: 'quality', estimated: true }]);
    assert.equal(state.queue.length, 0);
    pass(state, at(3), [{ ...ALARM, kind: 'quality', subject: 'auc', message: 'auc is low' }]);
    assert.deepEqual(
      state.queue.map(({ trigger, reason, about }) => [trigger, reason, about]),
      [['quality', 'auc is low', 3]],
    );
  });

  it('of another version than serves now leads to nothing', () => {
    const state = living();
    pass(state, at(2), [ALARM, BAD], { version: 2 });
    assert.deepEqual([state.queue.length, state.notices.length, state.quarantine], [0, 0, undefined]);
  });
});

describe('bad data', () => {
  it('quarantine the model instead of retraining it, until a pass finds them right', () => {
    const state = living();
    pass(state, at(2), [ALARM, BAD]);
    assert.equal(state.queue.length, 0);
    assert.equal(state.quarantine?.reason, BAD.message);
    const refused = wish(state, { trigger: 'schedule', by: 'calendar' }, at(2));
    assert.match(refused.note ?? '', /bad data since 2026-03-02.*hour is missing/);
    assert.equal(wish(state, { trigger: 'person', by: 'ann' }, at(2)).accepted, true);
    state.queue = [];
    pass(state, at(3), [], { judged: false });
    assert.ok(state.quarantine, 'a pass that could not judge ends nothing');
    pass(state, at(4), [ALARM]);
    assert.equal(state.quarantine, undefined);
    assert.equal(state.queue[0]?.trigger, 'drift');
    assert.deepEqual(
      told(state).filter((subject) => subject.startsWith('quarantine')),
      ['quarantined: bad data', 'quarantine ended'],
    );
    assert.deepEqual(
      events(state).filter((event) => event.startsWith('quarantine')),
      ['quarantined', 'quarantine ended'],
    );
  });

  it('make a wish lapse that waits', () => {
    const state = living({ cooldown: '24h' });
    state.lastEndedAt = at(2);
    pass(state, at(2), [ALARM]);
    assert.equal(state.queue.length, 1);
    pass(state, at(2, 1), [BAD]);
    assert.equal(nextWish(state, at(4)), undefined);
    assert.equal(state.queue.length, 0);
  });

  it('stop standing in the way when a person says so', () => {
    const state = living();
    pass(state, at(2), [BAD]);
    assert.deepEqual(resume(state, { by: 'ann', reason: 'known' }, at(2)), ['quarantine']);
    assert.equal(wish(state, { trigger: 'schedule', by: 'calendar' }, at(2)).accepted, true);
  });
});

describe('the breaker', () => {
  const broken = (): ModelState => {
    const state = living({ attempts: 2 });
    for (const day of [2, 3]) {
      pass(state, at(day), [ALARM]);
      cycle(state, at(day, 1));
    }
    pass(state, at(4), [ALARM]);
    return state;
  };

  it('opens when cycles did not help, tells a person once, and lets the calendar and persons go on', () => {
    const state = broken();
    assert.equal(state.cycles, 2);
    assert.equal(state.queue.length, 0);
    assert.match(state.breaker?.reason ?? '', /2 cycles for drift or quality did not help/);
    pass(state, at(5), [ALARM]);
    assert.equal(told(state).filter((subject) => subject === 'retrained and still not well').length, 1);
    assert.match(wish(state, { trigger: 'drift', by: 'x' }, at(5)).note ?? '', /did not help, since 2026-03-04/);
    assert.equal(wish(state, { trigger: 'schedule', by: 'calendar' }, at(5)).accepted, true);
    assert.equal(wish(state, { trigger: 'person', by: 'ann' }, at(5)).accepted, true);
  });

  it('closes when a pass is calm that could see it, or a person resumes', () => {
    const state = broken();
    pass(state, at(5), [], { drift: {} });
    assert.ok(state.breaker, 'drift was not judged');
    pass(state, at(6), []);
    assert.deepEqual([state.breaker, state.attempts], [undefined, 0]);
    const other = broken();
    resume(other, { by: 'ann' }, at(5));
    pass(other, at(6), [ALARM]);
    assert.equal(other.queue.length, 1);
  });

  it('stays closed when calm passes lie between the cycles', () => {
    const state = living({ attempts: 2 });
    for (const day of [2, 4, 6, 8]) {
      pass(state, at(day), [ALARM]);
      cycle(state, at(day, 1), 'deployed');
      pass(state, at(day + 1), []);
    }
    assert.deepEqual([state.cycles, state.breaker], [4, undefined]);
  });
});

describe('a pause', () => {
  it('keeps automatic wishes waiting, and persons go on', () => {
    const state = living();
    pause(state, { by: 'ann', reason: 'freeze' }, at(2));
    wish(state, { trigger: 'schedule', by: 'calendar' }, at(2));
    assert.equal(nextWish(state, at(9)), undefined);
    assert.equal(state.queue.length, 1);
    wish(state, { trigger: 'person', by: 'bob' }, at(2));
    assert.equal(nextWish(state, at(9))?.by, 'bob');
    state.queue = state.queue.filter(({ trigger }) => trigger !== 'person');
    resume(state, { by: 'ann' }, at(3));
    assert.equal(nextWish(state, at(3))?.trigger, 'schedule');
  });
});
