import assert from 'node:assert/strict';
import { history, historyShape } from '../../src/operations/history.ts';
import { type Chronicle, chronicle, instant, MODEL, PLAN } from './chronicle.ts';

const ended = (cycle: number, outcome: string, more: Record<string, unknown> = {}) => ({
  ...{ cycle, outcome, trigger: 'schedule', asOf: instant(0), startedAt: instant(cycle), ...more },
});

describe('the history of a model', () => {
  let told: Chronicle;
  before(async () => {
    told = await chronicle();
    await told.tell(0, 'plan applied', { planHash: PLAN });
    await told.tell(1, 'cycle started', { cycle: 1, trigger: 'person', planHash: PLAN });
    await told.serve(2, 1, 1);
    const metrics = { auc: { value: 0.7, low: 0.6, high: 0.8 } };
    await told.tell(3, 'cycle ended', ended(1, 'deployed', { version: 1, costUsd: 0.5, metrics, trigger: 'person' }));
    for (let cycle = 2; cycle <= 14; cycle++) {
      await told.tell(4, 'cycle started', { cycle, trigger: 'schedule', planHash: PLAN });
      await told.tell(4, 'cycle ended', ended(cycle, 'rejected by gates'), 'calendar', 'a gate was not held');
    }
    await told.serve(5, 2, 14);
    await told.tell(6, 'rollback asked', { from: 2, to: 1, label: 'rollback-1' }, 'bea', 'too many complaints');
    await told.tell(7, 'serving', { version: 1 }, 'bea');
    await told.tell(8, 'rollback asked', { from: 1, to: 2, label: 'rollback-2' }, 'bea');
    await told.tell(9, 'rollback failed', { from: 1, to: 2 }, 'bea', 'its errors rose');
    await told.tell(10, 'cycle started', { cycle: 15, trigger: 'drift', planHash: PLAN }, 'monitor');
    await told.tell(11, 'retired', {}, 'bea', 'not needed any more');
  });
  after(() => told.store.remove());

  it('has every cycle, also those that are long ago, with what each was worth and cost', async () => {
    const { events, next } = historyShape.parse(await history(told.archive, { model: MODEL, limit: 100 }));
    assert.equal(next, undefined);
    const cycles = events.filter((event) => event.kind === 'cycle');
    assert.deepEqual(
      cycles.map(({ cycle }) => cycle),
      Array.from({ length: 15 }, (_, at) => 15 - at),
    );
    const first = cycles.at(-1);
    assert.deepEqual([first?.outcome, first?.version, first?.costUsd, first?.seconds], ['deployed', 1, 0.5, 7_200]);
    assert.deepEqual([first?.metrics?.auc?.value, first?.objective, first?.planHash], [0.7, 'auc', PLAN]);
    assert.equal(cycles[0]?.outcome, 'running');
  });

  it('has rollbacks with how each ended, and the retirement, newest first', async () => {
    const { events } = await history(told.archive, { model: MODEL, limit: 100 });
    assert.deepEqual(
      events
        .filter(({ kind }) => kind !== 'cycle')
        .map((one) => (one.kind === 'rollback' ? `to v${one.to}: ${one.outcome}` : one.kind)),
      ['retired', 'to v2: failed', 'to v1: deployed', 'plan'],
    );
  });

  it('is read a page at a time without losing or repeating any of it, and not beyond an instant', async () => {
    const all = (await history(told.archive, { model: MODEL, limit: 100 })).events;
    const paged: typeof all = [];
    let before: number | undefined;
    do {
      const page = await history(told.archive, { model: MODEL, limit: 4, before });
      paged.push(...page.events);
      before = page.next;
    } while (before !== undefined);
    assert.deepEqual(paged, all);
    const late = await history(told.archive, { model: MODEL, since: instant(6) });
    assert.deepEqual(
      late.events,
      all.filter(({ at }) => at >= instant(6)),
    );
  });

  it('of a model that never was is refused with the name that may be meant', async () => {
    await assert.rejects(history(told.archive, { model: 'tinny' }), {
      message: /there is no model "tinny"/,
      hint: 'did you mean tiny?',
    });
    await assert.rejects(history(told.archive, { model: 'another' }), { hint: /apply its plan first/ });
  });
});
