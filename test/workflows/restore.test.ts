import assert from 'node:assert/strict';
import fc from 'fast-check';
import { remembered } from '../../src/activities/remembered.ts';
import type { Finding, LedgerEntry } from '../../src/activities/types.ts';
import { hashOf, NO_PREVIOUS } from '../../src/aws/ledger.ts';
import { cycleEnded, deployed } from '../../src/workflows/ended.ts';
import { take } from '../../src/workflows/findings.ts';
import { restore } from '../../src/workflows/restore.ts';
import { OUTCOMES } from '../../src/workflows/shapes.ts';
import { type ModelState, newModel, putInForce, sortOut } from '../../src/workflows/state.ts';
import { pause, resume } from '../../src/workflows/stops.ts';
import { grant } from '../../src/workflows/windows.ts';
import { nextWish, start, wish } from '../../src/workflows/wishes.ts';
import { ALARM, fakeWorld, monitorReport } from '../support/fake-activities.ts';
import { tinyFrozen } from '../support/plan.ts';
import { enthrone } from './theatre.ts';

const FROZEN = tinyFrozen({
  retrain: { on: ['drift', 'quality'], cooldown: '1h', attempts: 1, budget: { cyclesPerMonth: 9, usdPerMonth: 40 } },
  deploy: { keep: 2 },
});
const BAD: Finding = { ...ALARM, kind: 'data' };
const LOW: Finding = { ...ALARM, kind: 'quality' };
const HOUR = 3_600_000;

/** What may happen to a model; each takes an instant and a number that chooses how. */
const HAPPENINGS: readonly ((state: ModelState, at: string, choice: number) => void)[] = [
  (state, at) => void wish(state, { trigger: 'person', by: 'ann', reason: 'because' }, at),
  (state, at) => void wish(state, { trigger: 'schedule', by: 'calendar', asOf: at }, at),
  (state, at, choice) => {
    const window = grant(state, { monitor: at, id: at, to: at });
    if ('refused' in window) return;
    const findings = [[], [ALARM], [BAD], [LOW], [ALARM, BAD]][choice % 5] ?? [];
    const { from, champion } = window;
    take(state, { report: monitorReport({ id: at, version: champion.version, from, to: at, findings }), asOf: at }, at);
  },
  (state, at, choice) => {
    const chosen = state.current ? undefined : nextWish(state, at);
    if (!chosen) return;
    const cycle = start(state, chosen, at);
    if (choice % 7 === 0) return;
    end(state, at, choice, cycle);
  },
  (state, at) => {
    if (!state.paused) pause(state, { by: 'bob', reason: 'freeze' }, at);
  },
  (state, at) => {
    if (state.paused || state.quarantine || state.breaker) resume(state, { by: 'bob' }, at);
  },
];

function end(state: ModelState, at: string, choice: number, cycle: number): void {
  const outcome = OUTCOMES[choice % OUTCOMES.length] ?? 'failed';
  const { trigger, by, asOf = at } = state.current ?? assert.fail();
  const told = { cycle, outcome, trigger, by, asOf, startedAt: at, endedAt: at, reason: 'so', costUsd: choice % 6 };
  cycleEnded(state, { outcome: told });
  if (outcome !== 'deployed') return;
  serve(state, at, cycle + 1);
}

function serve(state: ModelState, at: string, version: number): void {
  const champion = { ...enthrone(fakeWorld(), FROZEN, version), since: at };
  const { retire } = sortOut(state.versions, champion.kept, FROZEN.plan.deploy.keep);
  deployed(state, { champion, retired: retire.map((kept) => kept.version.version) }, 'ann', 'it is better');
}

function ledgerOf({ outbox }: ModelState): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const { plan: _, ...draft } of outbox) {
    const last = entries.at(-1);
    // What S3 keeps is JSON.
    const entry = { ...draft, seq: entries.length + 1, previous: last ? hashOf(last) : NO_PREVIOUS };
    entries.push(JSON.parse(JSON.stringify(entry)) as LedgerEntry);
  }
  return entries;
}

/** What must be as it was; `attempts` may be more, because calm passes are in no ledger. */
const compared = ({ cycles, wishes, queue, champion, versions, outcomes, month, ...state }: ModelState) => ({
  ...{ cycles, wishes, champion, versions, month, lastEndedAt: state.lastEndedAt, paused: state.paused },
  quarantine: state.quarantine,
  breaker: state.breaker,
  plan: state.applied,
  queue: queue.map(({ id, trigger, by, reason, at }) => ({ id, trigger, by, reason, at })),
  outcomes: outcomes.map(({ cycle, outcome, by, endedAt, costUsd }) => ({ cycle, outcome, by, endedAt, costUsd })),
});

describe('a model that was lost', () => {
  it('is again what its ledger says, whatever happened', () => {
    const happening = fc.record({
      what: fc.integer({ min: 0, max: HAPPENINGS.length - 1 }),
      choice: fc.nat(1000),
      hours: fc.integer({ min: 1, max: 200 }),
    });
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (life) => {
        const state = newModel('tiny');
        let clock = Date.parse('2026-01-01T00:00:00.000Z');
        const at = () => new Date(clock).toISOString();
        putInForce(state, FROZEN, 'ann', at());
        serve(state, at(), 1);
        for (const { what, choice, hours } of life) {
          clock += hours * HOUR;
          HAPPENINGS[what]?.(state, at(), choice);
        }
        if (state.current) end(state, at(), 4, state.current.cycle);
        const entries = ledgerOf(state);
        const again = newModel('tiny');
        const known = remembered(entries);
        const { champion } = state;
        const endpoint = champion && { status: 'InService', shape: champion.serving };
        restore(again, { ...known, frozen: FROZEN, servingPlan: FROZEN, endpoint }, at());
        const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
        assert.deepEqual(plain(compared(again)), plain(compared(state)));
        assert.deepEqual(again.problems, {});
        assert.equal(again.ledger.seq, entries.length);
        assert.ok(again.attempts >= state.attempts);
      }),
      { numRuns: 300 },
    );
  });

  /** Its first cycle runs. */
  const running = (): ModelState => {
    const state = newModel('tiny');
    putInForce(state, FROZEN, 'ann', '2026-01-01T00:00:00.000Z');
    wish(state, { trigger: 'person', by: 'ann' }, '2026-01-01T00:00:00.000Z');
    start(state, nextWish(state, '2026-01-01T00:00:00.000Z') ?? assert.fail(), '2026-01-01T00:00:00.000Z');
    return state;
  };

  it('counts the cycle that ran as failed, and is to clear away what it left', () => {
    const again = newModel('tiny');
    restore(again, { ...remembered(ledgerOf(running())), frozen: FROZEN }, '2026-01-02T00:00:00.000Z');
    assert.deepEqual([again.outcomes[0]?.outcome, again.current, again.lost], ['failed', undefined, 1]);
    assert.match(again.notices[0]?.message ?? '', /what it began with it/);
  });

  it('knows how the cycle ended that it saw end before it was set back', () => {
    const [again, at] = [newModel('tiny'), '2026-01-02T00:00:00.000Z'];
    const { trigger, by } = { trigger: 'person', by: 'ann' } as const;
    const told = { cycle: 1, outcome: 'not approved', trigger, by, asOf: at, startedAt: at, endedAt: at, reason: 'so' };
    const setBack = {
      forgotten: ['cycle ended, ann: so'],
      ended: { outcome: { ...told, outcome: 'not approved' } },
    } as const;
    restore(again, { ...remembered(ledgerOf(running())), frozen: FROZEN }, at, setBack);
    assert.deepEqual([again.outcomes[0]?.outcome, again.current, again.lost], ['not approved', undefined, undefined]);
    assert.deepEqual(
      again.outbox.map(({ event }) => event),
      ['recalled', 'cycle ended'],
    );
    assert.match(again.notices[0]?.message ?? '', /goes on from its ledger/);
  });

  it('whose ledger was written before entries said how to serve, says so and serves nothing', () => {
    const facts = { version: 1, config: 'tiny-1-full' };
    const old = { at: '2026-01-01T00:00:00.000Z', event: 'serving', by: 'ann', facts, seq: 1, previous: NO_PREVIOUS };
    const again = newModel('tiny');
    restore(again, remembered([old]), '2026-01-02T00:00:00.000Z');
    assert.equal(again.champion, undefined);
    assert.match(Object.values(again.problems).join(), /entry 1 of the ledger does not say how to serve/);
  });
});
