import assert from 'node:assert/strict';
import pino from 'pino';
import { recallActivities } from '../../src/activities/recall.ts';
import { recordActivities } from '../../src/activities/record.ts';
import type { LedgerEntry } from '../../src/activities/types.ts';
import { NO_PREVIOUS } from '../../src/aws/ledger.ts';
import { createStore, type Store } from '../../src/aws/store.ts';
import { keys } from '../../src/names.ts';
import { runActivity } from '../support/activity.ts';
import { laptopCloud } from '../support/cloud.ts';
import { tinyFrozen } from '../support/plan.ts';
import { keptVersion } from '../workflows/theatre.ts';

const AT = '2026-01-01T00:00:00.000Z';

describe('recalling a model', () => {
  let store: Store;
  let activities: ReturnType<typeof recallActivities> & ReturnType<typeof recordActivities>;
  const recall = (model: string) => runActivity(activities.recall, { model });

  before(async function () {
    this.timeout(180_000);
    const { aws, config } = await laptopCloud();
    store = createStore(aws.s3, config.bucket);
    const deps = { config, aws, store, log: pino({ level: 'silent' }) };
    activities = { ...recallActivities(deps), ...recordActivities(deps) };
  });

  /** Writes entries as a model does, each with its plan. */
  async function write(model: string, drafts: readonly Pick<LedgerEntry, 'event' | 'facts'>[]): Promise<void> {
    const plan = tinyFrozen({ model });
    let previous = NO_PREVIOUS;
    for (const [index, draft] of drafts.entries()) {
      const entry = { ...draft, at: AT, by: 'ann', seq: index + 1, previous };
      previous = (await runActivity(activities.record, { model, entry, plan })).hash;
    }
  }

  it('finds nothing of a model that never was', async () => {
    assert.equal(await recall('never-was'), undefined);
  });

  it('finds its plan, its numbers, its last pass, and that its endpoint is not there', async () => {
    const model = 'remembered';
    const planHash = tinyFrozen().hash;
    const kept = keptVersion(model, 1);
    const serving = { endpoint: model, config: `${model}-1-full`, weights: { v1: 100 } };
    await write(model, [
      { event: 'plan applied', facts: { planHash } },
      { event: 'cycle started', facts: { cycle: 1, trigger: 'person' } },
      { event: 'serving', facts: { version: 1, kept, serving, planHash, retired: [] } },
    ]);
    // A later cycle whose entries were never written, and a pass that died before its details were.
    await store.putText(keys.cycle(model, 7, 'train.parquet'), 'x');
    const monitoring = {
      ...{ version: 1, from: AT, to: '2026-01-02T00:00:00.000Z', findings: [], memory: { streaks: {} } },
      captured: { requests: 12 },
      quality: { labelled: 3 },
    };
    await store.putText(keys.monitor(model, '2026-01-01', 'monitoring.json'), '{}');
    await store.putText(keys.monitor(model, '2026-01-02', 'monitoring.json'), JSON.stringify(monitoring));
    const found = (await recall(model)) ?? assert.fail('it was not found');
    assert.deepEqual(found.frozen, tinyFrozen({ model }));
    assert.deepEqual(found.servingPlan, found.frozen);
    assert.deepEqual([found.cycles, found.running?.cycle, found.ledger.seq], [7, 1, 3]);
    assert.deepEqual(found.serving, { kept, since: AT, serving, planHash });
    assert.deepEqual(
      [found.monitored?.to, found.monitored?.requests, found.monitored?.labelled],
      [monitoring.to, 12, 3],
    );
    assert.deepEqual([found.endpoint, found.problems], [undefined, []]);
  });

  it('says when its ledger was changed, or a plan is missing', async () => {
    const model = 'tampered';
    await write(model, [
      { event: 'plan applied', facts: { planHash: 'e'.repeat(64) } },
      { event: 'paused', facts: {} },
    ]);
    const uri = store.uri(keys.ledger(model, 1));
    await store.putText(keys.ledger(model, 1), (await store.getText(uri)).replace('ann', 'eve'));
    const { problems = [] } = (await recall(model)) ?? {};
    assert.match(problems.join('\n'), /the plan eeeeeeeeeeee is not in the bucket/);
    assert.match(problems.join('\n'), /the ledger: entry 2: it names/);
  });
});
