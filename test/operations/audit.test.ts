import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keys } from '../../src/names.ts';
import { audit, auditShape, isBroken } from '../../src/operations/audit.ts';
import { type Verification, verify, verifyShape } from '../../src/operations/verify.ts';
import { aModel, type Parts } from './a-model.ts';
import { type Chronicle, chronicle, instant, MODEL, PLAN } from './chronicle.ts';

describe('the audit of a model', () => {
  let told: Chronicle;
  beforeEach(async () => {
    told = await chronicle();
    await told.tell(0, 'plan applied', { planHash: PLAN });
    await told.tell(1, 'approved', { cycle: 1, evaluation: 'e' }, 'bea', 'looks right');
    await told.serve(2, 1, 1);
    await told.tell(3, 'approved', { cycle: 2 }, 'cleo');
    await told.serve(6, 2, 2);
    const verdicts = [
      { step: '10 %', at: instant(4) },
      { step: '50 %', at: instant(5) },
    ];
    await told.tell(7, 'cycle ended', { cycle: 2, version: 2, verdicts });
    await told.tell(9, 'retired', {}, 'bea');
  });
  afterEach(() => told.store.remove());

  const at = async (when: string) => (await audit(told.archive, { model: MODEL, at: when })).served;
  const broken = async () => {
    const found = auditShape.parse(await audit(told.archive, { model: MODEL, verify: true }));
    assert.equal(isBroken(found), found.chain.broken.length + (found.objects?.broken.length ?? 0) > 0);
    return [...found.chain.broken, ...(found.objects?.broken ?? [])];
  };

  it('tells what served at an instant, until when, by whose word, on which data', async () => {
    const served = await at(instant(3));
    assert.deepEqual([served?.version, served?.since, served?.until], [1, instant(2), instant(6)]);
    assert.deepEqual([served?.decided?.by, served?.decided?.reason, served?.put.by], ['bea', 'looks right', 'ada']);
    assert.deepEqual(
      served?.data?.sources.map(({ source, data }) => [source, data.uri]),
      [['rows', told.store.uri(keys.cycle(MODEL, 1, 'rows.parquet'))]],
    );
    assert.equal((await at(instant(6)))?.version, 2, 'from the very instant on');
    assert.equal(await at(instant(1)), undefined, 'nothing was deployed yet');
    assert.equal(await at(instant(10)), undefined, 'it was retired');
    await assert.rejects(at('2025-01-01T00:00:00.000Z'), /begins at 2026-01-01/);
  });

  it('tells of the challenger that had a part of the requests then', async () => {
    assert.deepEqual((await at('2026-01-01T04:30:00.000Z'))?.canary, { cycle: 2, step: '50 %', version: 2 });
    assert.equal((await at(instant(2)))?.canary, undefined);
    assert.equal((await at(instant(8)))?.canary, undefined);
  });

  it('finds everything as it was written when nobody touched it', async () => {
    assert.deepEqual(await broken(), []);
  });

  it('finds an entry that was changed, by the one after it', async () => {
    const key = keys.ledger(MODEL, 2);
    const text = (await told.store.getText(told.store.uri(key))).replace('bea', 'eve');
    await told.store.putText(key, text);
    const [found] = await broken();
    assert.match(found ?? '', /^entry 3: it names [0-9a-f]{64} as the one before/);
  });

  it('finds a last entry that reads the same and is written otherwise', async () => {
    const key = keys.ledger(MODEL, 7);
    await told.store.putText(key, JSON.stringify(JSON.parse(await told.store.getText(told.store.uri(key))), null, 1));
    const [found] = await broken();
    assert.match(found ?? '', /00000007\.json: its bytes are not those that Perennial writes/);
  });

  for (const [what, file] of [
    ['an evaluation', 'evaluation.json'],
    ['a snapshot that only an evaluation names', 'rows.parquet'],
    ['what drift is measured against', 'baseline'],
  ] as const)
    it(`finds ${what} that was changed`, async () => {
      await told.store.putText(keys.cycle(MODEL, 1, file), 'other');
      const [found, ...others] = await broken();
      assert.match(
        found ?? '',
        new RegExp(`cycles/1/${file}: its sha256 is [0-9a-f]{64}, and [0-9a-f]{64} was written`),
      );
      assert.deepEqual(others, []);
    });

  it('finds a model whose archive was changed, and one that is gone, and takes the same one packed anew', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'perennial-audit-'));
    const key = keys.cycle(MODEL, 1, 'model.tar.gz');
    const put = async (parts: Parts) => told.store.putFile(key, (await aModel(join(folder, randomUUID()), parts)).path);
    await put({ model: 'model of cycle 1' });
    assert.deepEqual(await broken(), []);
    for (const parts of [{ model: 'another' }, { model: 'model of cycle 1', transform: '{"steps":[]}' }]) {
      await put(parts);
      const [found, ...others] = await broken();
      assert.match(found ?? '', /model\.tar\.gz: its sha256 is [0-9a-f]{64}, and [0-9a-f]{64} was written/);
      assert.deepEqual(others, []);
    }
    await told.store.putText(key, 'no archive');
    assert.match((await broken())[0] ?? '', /model\.tar\.gz: it is no model that can be read/);
    await rm(join(told.store.folder, key));
    assert.match((await broken())[0] ?? '', /model\.tar\.gz: it is gone/);
    await rm(folder, { recursive: true });
  });

  it('is verified a part at a time, which together are the whole, also while the ledger grows', async () => {
    await told.store.putText(keys.cycle(MODEL, 1, 'baseline'), 'other');
    const { objects: whole } = await audit(told.archive, { model: MODEL, verify: true });
    const parts: Verification[] = [];
    let from: number | undefined = 0;
    while (from !== undefined) {
      const part = verifyShape.parse(await verify(told.archive, { model: MODEL, from, within: 0 }));
      parts.push(part);
      from = part.next;
    }
    assert.equal(parts.length, whole?.objects, 'one at least, however short the time');
    assert.deepEqual(
      parts.flatMap(({ objects }) => objects.broken),
      whole?.broken,
    );
    assert.equal(
      parts.reduce((sum, { objects }) => sum + objects.bytes, 0),
      whole?.bytes,
    );
    await told.serve(10, 3, 3);
    const rest = await verify(told.archive, { model: MODEL, from: whole?.objects, within: 60_000 });
    const { objects: all } = await audit(told.archive, { model: MODEL, verify: true });
    assert.equal(rest.objects.objects, (all?.objects ?? 0) - (whole?.objects ?? 0));
  });

  it('reads the entries a page at a time, each with the hash that the next one names', async () => {
    const { entries = [] } = await audit(told.archive, { model: MODEL });
    for (const [index, entry] of entries.entries())
      assert.equal(entry.hash, entries[index + 1]?.previous ?? entry.hash);
    const first = await audit(told.archive, { model: MODEL, limit: 3 });
    const rest = await audit(told.archive, { model: MODEL, after: first.next });
    assert.deepEqual([...(first.entries ?? []), ...(rest.entries ?? [])], entries);
  });
});
