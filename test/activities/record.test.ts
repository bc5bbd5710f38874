import assert from 'node:assert/strict';
import pino from 'pino';
import { recordActivities } from '../../src/activities/record.ts';
import type { LedgerEntry } from '../../src/activities/types.ts';
import { hashOf, NO_PREVIOUS, readLedger, verifyLedger } from '../../src/aws/ledger.ts';
import { createStore, type Store } from '../../src/aws/store.ts';
import { keys } from '../../src/names.ts';
import { runActivity } from '../support/activity.ts';
import { laptopCloud } from '../support/cloud.ts';

const entry = (seq: number, previous: string, event = 'deployed'): LedgerEntry => ({
  seq,
  previous,
  at: '2026-01-01T00:00:00.000Z',
  event,
  by: 'ada',
  reason: 'because',
  facts: { version: seq, gates: ['auc >= 0.65'] },
});

describe('recording in the ledger', () => {
  let store: Store;
  let record: (model: string, entry: LedgerEntry) => Promise<{ hash: string }>;

  before(async function () {
    this.timeout(180_000);
    const { aws, config } = await laptopCloud();
    store = createStore(aws.s3, config.bucket);
    const { record: activity } = recordActivities({ config, aws, store, log: pino({ level: 'silent' }) });
    record = (model, one) => runActivity(activity, { model, entry: one });
  });

  it('leaves a chain of entries that can be checked', async () => {
    const one = await record('chained', entry(1, NO_PREVIOUS));
    const two = await record('chained', entry(2, one.hash));
    await record('chained', entry(3, two.hash));
    const entries = await readLedger(store, 'chained');
    assert.deepEqual(
      entries.map(({ seq }) => seq),
      [1, 2, 3],
    );
    assert.deepEqual(verifyLedger(entries), []);
    assert.deepEqual(entries[0], entry(1, NO_PREVIOUS));
  });

  it('keeps the same entry once, however often it is recorded', async () => {
    const first = await record('again', entry(1, NO_PREVIOUS));
    const { by, at, ...rest } = entry(1, NO_PREVIOUS);
    const second = await record('again', { at, ...rest, by });
    assert.deepEqual(second, first);
    assert.equal(first.hash, hashOf(entry(1, NO_PREVIOUS)));
    assert.equal((await readLedger(store, 'again')).length, 1);
  });

  it('refuses another entry in the same place for good, and leaves the first', async () => {
    await record('taken', entry(1, NO_PREVIOUS));
    await assert.rejects(record('taken', entry(1, NO_PREVIOUS, 'rolled back')), {
      type: 'NameTaken',
      nonRetryable: true,
      message: /ledger of taken, entry 1: another entry is there/,
    });
    assert.equal((await readLedger(store, 'taken'))[0]?.event, 'deployed');
  });

  it('refuses an entry that does not follow from the one before', async () => {
    const { hash } = await record('broken', entry(1, NO_PREVIOUS));
    await assert.rejects(record('broken', entry(3, hash)), { type: 'InvalidRequest', message: /is not there/ });
    await assert.rejects(record('broken', entry(2, 'a'.repeat(64))), { message: /has the sha256/ });
  });

  it('notices that somebody changed the entry before', async () => {
    const { hash } = await record('forged', entry(1, NO_PREVIOUS));
    await store.putText(keys.ledger('forged', 1), '{"seq":1}');
    await assert.rejects(record('forged', entry(2, hash)), { message: /somebody changed it/, nonRetryable: true });
  });
});
