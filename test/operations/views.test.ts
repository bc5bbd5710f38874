import assert from 'node:assert/strict';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { keys } from '../../src/names.ts';
import { contestShape } from '../../src/operations/contests.ts';
import { passShape } from '../../src/operations/passes.ts';
import { remembering } from '../../src/operations/remembering.ts';
import { viewsOf } from '../../src/operations/views.ts';
import { type Chronicle, chronicle, instant, MODEL, PLAN } from './chronicle.ts';

const estimate = (value: number) => ({ value, low: value - 0.1, high: value + 0.1 });

describe('what pages read of a model', () => {
  let told: Chronicle;
  before(async () => {
    told = await chronicle();
    await told.tell(0, 'plan applied', { planHash: PLAN });
    for (const cycle of [1, 2, 3]) {
      await told.tell(cycle, 'cycle started', { cycle, trigger: 'person', planHash: PLAN });
      if (cycle === 3) break;
      const evaluated = { challenger: { metrics: { auc: estimate(0.6 + cycle / 10) } } };
      const champion = { champion: { metrics: { auc: estimate(0.65) } } };
      const text = JSON.stringify({ ...evaluated, ...(cycle === 2 && champion) });
      const { uri } = await told.store.putText(keys.cycle(MODEL, cycle, 'evaluate', 'evaluation.json'), text);
      const evaluation = { sha256: 'x', report: uri.replace(/json$/, 'html') };
      const more = { startedAt: instant(cycle), asOf: instant(0), trigger: 'person', evaluation };
      await told.tell(cycle, 'cycle ended', { cycle, outcome: 'deployed', version: cycle, ...more });
    }
  });
  after(() => told.store.remove());

  it('is how champion and challenger did on the same rows, oldest first, by what the plan trains for', async () => {
    const found = await viewsOf(told.archive).contests({ model: MODEL });
    for (const one of found) contestShape.parse(one);
    assert.deepEqual(
      found.map(({ cycle, metric, challenger, champion }) => [cycle, metric, challenger.value, champion?.value]),
      [
        [1, 'auc', 0.7, undefined],
        [2, 'auc', 0.8, 0.65],
      ],
    );
  });

  it('is the report of a cycle that still waits for approval, too', async () => {
    const { report } = viewsOf(told.archive);
    await assert.rejects(report({ model: MODEL, cycle: 3 }), /cycle 3 of tiny has evaluated nothing/);
    await told.store.putText(keys.cycle(MODEL, 3, 'evaluate', 'evaluation.html'), '<title>three</title>');
    for (const asked of [{ cycle: 3 }, {}]) {
      const { html } = await report({ model: MODEL, ...asked });
      assert.equal(html, '<title>three</title>', 'the last one is that of what waits');
    }
  });

  it('is how far columns moved, every look while they are few, else the last of each day', async () => {
    const chiSquare = { statistic: 0, degrees: 1, p: 1 };
    const column = { column: 'x', psi: 0.3, jensenShannon: 0, totalVariation: 0, chiSquare };
    for (const day of ['01', '02', '03'])
      for (const hour of ['06', '18']) {
        const id = `2026-02-${day}T${hour}-00-00-000Z`;
        const drift = { method: 'psi', warn: 0.1, alarm: 0.25, judged: hour === '18', columns: [column] };
        const text = JSON.stringify({
          ...{ id, version: 1, from: instant(0), to: instant(1), captured: { requests: 5 }, quality: { labelled: 0 } },
          ...{ drift: { ...drift, states: { x: { state: 'alarm' } } }, findings: [{ severity: 'alarm' }] },
        });
        await told.store.putText(keys.monitor(MODEL, id, 'monitoring.json'), text);
      }
    const { passes } = viewsOf(told.archive);
    const all = (await passes({ model: MODEL })).map((pass) => passShape.parse(pass));
    assert.equal(all.length, 6);
    assert.deepEqual(all[0]?.drift.columns, [{ column: 'x', value: 0.3, state: 'not judged' }]);
    assert.deepEqual(all[1]?.drift.columns, [{ column: 'x', value: 0.3, state: 'alarm' }]);
    const few = await passes({ model: MODEL, limit: 2 });
    assert.deepEqual(
      few.map(({ id }) => id.slice(0, 13)),
      ['2026-02-02T18', '2026-02-03T18'],
    );
  });

  it('is read from the bucket once, and again when it was written anew', async () => {
    let read = 0;
    const counted = {
      ...told.store,
      getText: (object: Parameters<typeof told.store.getText>[0]) => {
        read += 1;
        return told.store.getText(object);
      },
    };
    const { audit } = viewsOf({ ...told.archive, store: remembering(counted) });
    const { chain } = await audit({ model: MODEL });
    assert.deepEqual([chain.broken, read], [[], chain.entries]);
    await audit({ model: MODEL });
    assert.equal(read, chain.entries, 'what has not changed is kept');
    const key = keys.ledger(MODEL, 1);
    const text = await told.store.getText(told.store.uri(key));
    await told.store.putText(key, text.replace('"by":"ada"', '"by":"eve"'));
    // Another second than that of its writing, as S3 tells it.
    await utimes(join(told.store.folder, key), new Date(0), new Date(0));
    assert.match((await audit({ model: MODEL })).chain.broken[0] ?? '', /entry 2: it names/);
  });

  it('is read once where it is asked for by its hash, as the evaluation and the plans of a score', async () => {
    const asked: string[] = [];
    const counted = {
      ...told.store,
      getText: (object: Parameters<typeof told.store.getText>[0]) => {
        asked.push(typeof object === 'string' ? object : object.uri);
        return told.store.getText(object);
      },
    };
    const store = remembering(counted);
    const plan = await told.store.putText(keys.plan(MODEL, 'a'.repeat(64)), '{"plan":"a"}');
    const details = await told.store.putText(keys.cycle(MODEL, 9, 'evaluate', 'details.json'), '{"details":1}');
    for (const object of [plan.uri, details, { ...details, sha256: 'b'.repeat(64) }])
      for (const _ of [1, 2]) await store.getText(object).catch(() => undefined);
    assert.deepEqual(asked.slice(0, 2), [plan.uri, details.uri]);
    assert.ok(
      asked.slice(2).every((uri) => uri === details.uri),
      'another hash is another text',
    );
    assert.ok(asked.length > 2);
  });

  it('is read once by all parts of a page that ask at the same time', async () => {
    const asked: string[] = [];
    const { store } = told;
    const counted = {
      ...store,
      list: (prefix: string) => {
        asked.push(prefix);
        return store.list(prefix);
      },
      getText: (object: Parameters<typeof store.getText>[0]) => {
        asked.push(String(object));
        return store.getText(object);
      },
    };
    const { audit, contests, history } = viewsOf({ ...told.archive, store: remembering(counted) });
    await Promise.all([audit({ model: MODEL }), contests({ model: MODEL }), history({ model: MODEL })]);
    const entries = asked.filter((one) => one.includes('/ledger/'));
    assert.deepEqual(entries, [...new Set(entries)]);
    await audit({ model: MODEL });
    const lists = asked.filter((one) => one.endsWith('/ledger/'));
    assert.equal(lists.length, 2, 'later it is listed again');
  });
});
