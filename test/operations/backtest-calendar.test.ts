import assert from 'node:assert/strict';
import { calendarOf } from '../../src/operations/backtest-calendar.ts';
import { tinyFrozen } from '../support/plan.ts';

const weekly = tinyFrozen({ retrain: { schedule: '0 3 * * 1', timeZone: 'Europe/Berlin' } });
const DAY = 86_400_000;

describe('the instants of a backtest', () => {
  it("are those of the plan's own calendar, in its own zone, both ends among them", () => {
    const { calendar, instants } = calendarOf({
      frozen: weekly,
      from: '2026-03-16T02:00:00.000Z',
      to: '2026-04-06T01:00:00.000Z',
    });
    assert.equal(calendar, '0 3 * * 1 Europe/Berlin');
    // Three in the morning, before and after the change to summer time on 29 March.
    assert.deepEqual(instants, [
      '2026-03-16T02:00:00.000Z',
      '2026-03-23T02:00:00.000Z',
      '2026-03-30T01:00:00.000Z',
      '2026-04-06T01:00:00.000Z',
    ]);
  });

  it('are even steps where a person says how often', () => {
    const every = 2 * DAY;
    const found = calendarOf({
      frozen: weekly,
      from: '2026-03-01T00:00:00.000Z',
      to: '2026-03-06T00:00:00.000Z',
      every,
    });
    assert.equal(found.calendar, 'every 2 days');
    assert.deepEqual(
      found.instants.map((at) => at.slice(0, 10)),
      ['2026-03-01', '2026-03-03', '2026-03-05'],
    );
  });

  it('are refused with the mend when there is none, one, or too many', () => {
    const from = '2026-03-01T00:00:00.000Z';
    const to = '2026-03-05T00:00:00.000Z';
    const of = (more: object) => () => calendarOf({ frozen: weekly, from, to, ...more });
    assert.throws(of({ frozen: tinyFrozen() }), /no retrain.schedule/);
    assert.throws(of({}), /one instant/);
    assert.throws(of({ to: from }), /is not before/);
    assert.throws(of({ every: DAY / 24 }), /more than 30 instants/);
    assert.equal(calendarOf({ frozen: weekly, from, to: '2026-03-31T00:00:00.000Z', every: DAY }).instants.length, 31);
  });
});
