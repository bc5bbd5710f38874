import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { LedgerEntry } from '../../src/activities/types.ts';
import { canonical, hashOf, NO_PREVIOUS, verifyLedger } from '../../src/aws/ledger.ts';

const entry = (seq: number, previous: string, facts: Record<string, unknown> = {}): LedgerEntry => ({
  seq,
  previous,
  at: '2026-01-01T00:00:00.000Z',
  event: 'deployed',
  by: 'ada',
  facts,
});

/** A ledger of so many entries in which everything is right. */
function chain(length: number): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (let seq = 1; seq <= length; seq += 1) {
    const last = entries.at(-1);
    entries.push(entry(seq, last ? hashOf(last) : NO_PREVIOUS, { version: seq }));
  }
  return entries;
}

describe('canonical JSON', () => {
  it('is the same for equal values, in whatever order their keys were set', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== 'object' || value === null) return value;
      const reversed = Object.entries(value).reverse();
      return Object.fromEntries(reversed.map(([key, inner]) => [key, shuffled(inner)]));
    };
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(canonical(shuffled(value)), canonical(value))));
  });

  it('is JSON that reads back as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) =>
        assert.deepEqual(JSON.parse(canonical(value)), JSON.parse(JSON.stringify(value))),
      ),
    );
  });
});

describe('a ledger', () => {
  it('is right when every entry names the sha256 of the one before', () => {
    assert.deepEqual(verifyLedger(chain(5)), []);
    assert.deepEqual(verifyLedger([]), []);
    const [first] = chain(1);
    const sha256 = createHash('sha256').update(canonical(first)).digest('hex');
    assert.equal(hashOf(first as LedgerEntry), sha256);
  });

  it('tells of an entry that was changed, at the one that follows it', () => {
    const entries = chain(4).map((one) => (one.seq === 2 ? { ...one, by: 'mallory' } : one));
    const wrong = verifyLedger(entries);
    assert.equal(wrong.length, 1);
    assert.match(wrong[0] ?? '', /^entry 3: it names/);
  });

  it('tells of an entry that is gone', () => {
    const wrong = verifyLedger(chain(4).filter(({ seq }) => seq !== 2));
    assert.match(wrong[0] ?? '', /^entry 3: it comes after entry 1/);
  });

  it('tells of a beginning that is cut off', () => {
    assert.match(verifyLedger(chain(3).slice(1))[0] ?? '', /^entry 2: it names/);
  });
});
