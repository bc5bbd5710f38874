import assert from 'node:assert/strict';
import { join } from 'node:path';
import { prepareActivities } from '../../src/activities/prepare.ts';
import { withDuckDB } from '../../src/data/duckdb.ts';
import { firstObjects } from '../../src/data/predictions.ts';
import { type Instance, readTransform, trainingFeatures } from '../../src/data/replay.ts';
import { differences, judgeSkew, type Replayed } from '../../src/data/skew.ts';
import { hexOf, pathOf, preparedFeatures, servedFeatures, unpackTransform } from './serving.ts';
import { newWorld, planOf, quiet, run, scopeOf, type World } from './support.ts';

describe('requests through the transform as training applies it', function () {
  this.timeout(60_000);
  let world: World;
  before(async () => {
    world = await newWorld();
  });
  after(() => world.remove());

  it('become what the prepared rows became and what the container makes of them, to the last bit', async () => {
    const rows = Array.from({ length: 2000 }, (_, at) => ({
      when: new Date(Date.UTC(2001, 0, 1) + at * 3_700_123).toISOString(),
      day: `2001-0${1 + (at % 9)}-15`,
      kind: ['a', "b'", 'é ✈', null, 'null', '', ' a ', '"q"', 'a\0b'][at % 9],
      shop: `s${at % 5}`,
      amount: at % 11 === 0 ? null : at / 7,
      whole: at,
      flag: at % 3 === 0,
      y: (at * 7919) % 10 < 4,
    }));
    const lines = `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
    const sources = {
      rows: { uri: await world.file('rows.jsonl', lines) },
      shops: { uri: await world.file('shops.csv', 'shop,size\ns0,1.5\ns1,0.1\ns2,33\n'), reference: true },
    };
    const plan = planOf({
      collect: { sources },
      prepare: {
        ...{ label: 'y', inputs: ['when', 'day', 'kind?', 'shop', 'amount?', 'whole', 'flag'] },
        ...{ encode: { kind: 'target' }, scale: 'standard', split: { by: 'random', validation: '10%', test: '20%' } },
      },
    });
    const features = `SELECT row_id, y, hour("when") AS hour, epoch("when") AS instant, isodow(day) AS weekday, kind,
      size, amount / 3 AS third, whole, flag FROM rows LEFT JOIN shops USING (shop)`;
    const scope = scopeOf(plan, features);
    const snapshots = await world.collectAll(scope);
    const prepared = await run(prepareActivities({ store: world.store, log: quiet }).prepareData, {
      ...scope,
      snapshots,
    });
    const folder = await unpackTransform(world, prepared);
    const transform = await readTransform(folder);
    const instances = (await firstObjects(pathOf(world, prepared.testInputs), 200)) as Instance[];
    const strange = instances.slice(0, 1).flatMap((one) => [
      { ...one, when: '2001-01-01T23:30+02:30', kind: 'never seen' },
      { ...one, when: '2001-01-01 05:00:00.25', whole: 3, kind: undefined },
      { ...one, when: '2001-01-01T05:00:00-0800', amount: 1e300 },
    ]);
    const compute = (some: readonly Instance[]) =>
      withDuckDB((duck) => trainingFeatures(duck, { transform, folder }, some), {
        reads: transform.references.map(({ file }) => join(folder, file)),
      });
    const bits = (found: Awaited<ReturnType<typeof compute>>) =>
      found.map((row) => prepared.features.map((name) => hexOf(row[name] ?? null)));

    const due = await preparedFeatures(world, prepared.test, prepared.features);
    assert.deepEqual(bits(await compute(instances)), due.slice(0, instances.length));
    assert.deepEqual([bits(await compute(strange))], await servedFeatures(folder, [strange]));
  });
});

describe('skew', () => {
  const row = (changes: Partial<Replayed> = {}): Replayed => ({
    trained: { hour: 5, kind: null },
    served: { hour: 5, kind: null },
    before: [0.25],
    now: [0.25],
    ...changes,
  });
  const honest = Array.from({ length: 100 }, () => differences(row()));

  it('is a value that is not the same: null is null, and numbers may be off by what adding in another order gives', () => {
    assert.deepEqual(differences(row()), []);
    assert.deepEqual(differences(row({ served: { hour: 5 * (1 + 1e-12), kind: null } })), []);
    assert.deepEqual(differences(row({ served: { hour: 5 * (1 + 1e-6), kind: null } })), ['hour']);
    assert.deepEqual(differences(row({ served: { hour: 5, kind: 0 } })), ['kind']);
    assert.deepEqual(differences(row({ served: { hour: 5 } })), ['kind']);
    assert.deepEqual(differences(row({ now: [0.25 + 1e-9] })), []);
    assert.deepEqual(differences(row({ now: [0.26] })), ['prediction']);
    assert.deepEqual(differences(row({ now: undefined })), ['prediction']);
  });

  it('is looked for in the prediction alone where the container tells no features', () => {
    assert.deepEqual(differences(row({ served: undefined })), []);
    assert.deepEqual(differences(row({ served: undefined, now: [0.5] })), ['prediction']);
  });

  it('is no finding up to the share that the plan allows', () => {
    const rows = [...honest.slice(1), ['hour']];
    assert.deepEqual(judgeSkew(rows, { max: 0.01, version: 3 }), {
      ...{ rows: 100, differing: 1, findings: [] },
      columns: [{ feature: 'hour', differing: 1 }],
    });
    assert.deepEqual(judgeSkew(honest, { max: 0, version: 3 }).findings, []);
  });

  it('is an alarm for each feature that differs, the worst first, with what to do', () => {
    const rows = honest.map((_, at) => [
      ...(at < 5 ? ['kind'] : []),
      ...(at < 50 ? ['hour'] : []),
      ...(at < 1 ? ['third'] : []),
    ]);
    const { findings, columns } = judgeSkew(rows, { max: 0.01, version: 3 });
    assert.deepEqual(
      columns.map(({ feature }) => feature),
      ['hour', 'kind', 'third'],
    );
    assert.deepEqual(
      findings.map(({ kind, severity, subject, value, limit }) => ({ kind, severity, subject, value, limit })),
      [
        { kind: 'skew', severity: 'alarm', subject: 'hour', value: 0.5, limit: 0.01 },
        { kind: 'skew', severity: 'alarm', subject: 'kind', value: 0.05, limit: 0.01 },
      ],
    );
    assert.match(
      findings[0]?.message ?? '',
      /^skew: of 100 live rows asked again, 50 \(50 %\) got another hour in serving/,
    );
    assert.match(findings[0]?.mend ?? '', /compare hour in the artifact of version 3/);
  });

  it('that is spread over many features is told by the worst of them', () => {
    const rows = honest.map((_, at) => (at < 3 ? [`f${at}`] : []));
    assert.deepEqual(
      judgeSkew(rows, { max: 0.02, version: 3 }).findings.map(({ subject }) => subject),
      ['f0'],
    );
  });
});
