import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { prepareActivities } from '../../src/activities/prepare.ts';
import type { ObjectRef, Prepared, Snapshot } from '../../src/activities/types.ts';
import { withDuckDB } from '../../src/data/duckdb.ts';
import { text } from '../../src/data/sql.ts';
import { pathOf, unpackTransform } from './serving.ts';
import { newWorld, planOf, quiet, refuses, run, scopeOf, type World } from './support.ts';

/** Rows come every half hour from December 1 to this instant. */
const AS_OF = '2025-12-30T03:30:00.000Z';
const FEATURES = 'SELECT row_id, y, a, b FROM rows';
const unit = (salted: string): number =>
  Number(createHash('md5').update(salted).digest().readBigUInt64LE(8) >> 11n) / 2 ** 53;

describe('preparing data', function () {
  this.timeout(120_000);
  let world: World;
  let uri: string;
  let towns: string;
  before(async () => {
    world = await newWorld();
    const line = (at: number) =>
      [
        new Date(Date.UTC(2025, 11, 1) + at * 1_800_000).toISOString(),
        at % 10,
        `t${at % 4}`,
        at % 7 === 0 ? '' : at / 8,
        at % 3,
        at % 3 === 0,
      ].join(',');
    uri = await world.file(
      'rows.csv',
      `seen,a,town,b,later,y\n${Array.from({ length: 1400 }, (_, at) => line(at)).join('\n')}\n`,
    );
    towns = await world.file('towns.csv', 'town,height\nt0,10.5\nt1,20\nt2,30\nt3,40\n');
  });
  after(() => world.remove());

  const plan = (prepare: object = {}, evaluate: Record<string, unknown> = {}) =>
    planOf({
      collect: { sources: { rows: { uri, time: 'seen' }, towns: { uri: towns, reference: true } } },
      prepare: { label: 'y', inputs: ['seen', 'a', 'town', 'b'], ...prepare },
      evaluate,
    });
  let landed: Snapshot[] | undefined;
  const prepare = async (
    features: string,
    more: object = {},
    evaluate?: Record<string, unknown>,
    championInputs?: readonly string[],
  ): Promise<Prepared> => {
    const scope = scopeOf(plan(more, evaluate), features, AS_OF);
    landed ??= await world.collectAll(scope);
    const asked = { ...scope, snapshots: landed, championInputs };
    return run(prepareActivities({ store: world.store, log: quiet }).prepareData, asked);
  };
  const read = <T>(ref: ObjectRef, query = 'SELECT * FROM file'): Promise<T[]> => {
    const path = pathOf(world, ref);
    return withDuckDB((duck) => duck.rows<T>(query.replace('file', `read_parquet(${text(path)})`)), { reads: [path] });
  };
  const statementOf = async (prepared: Prepared): Promise<string> =>
    (
      JSON.parse(await readFile(join(await unpackTransform(world, prepared), 'transform.json'), 'utf8')) as {
        statement: string;
      }
    ).statement;

  it('tells serving what a request may carry, too, and nothing of it when the plan does not', async () => {
    const features = 'SELECT row_id, y, a, b FROM rows';
    const transformOf = async (more: object) => {
      const folder = await unpackTransform(world, await prepare(features, more));
      return JSON.parse(await readFile(join(folder, 'transform.json'), 'utf8')) as Record<string, unknown>;
    };
    assert.deepEqual((await transformOf({ ignore: ['c', 'd'] })).ignored, ['c', 'd']);
    assert.ok(!Object.hasOwn(await transformOf({}), 'ignored'));
  });

  it('gives the same bytes for the same plan and data', async () => {
    const features = 'SELECT row_id, y, a, b, town, height FROM rows LEFT JOIN towns USING (town)';
    const more = { encode: { town: 'target' }, clip: [0.05, 0.95], impute: 'mean', sample: 300 };
    assert.deepEqual(await prepare(features, more), await prepare(features, more));
  });

  it('leaves parts of row_id, the label and the features, each a DOUBLE, in the order of rows', async () => {
    const prepared = await prepare('SELECT town, b, row_id, a, y FROM rows', {
      encode: { town: 'one-hot' },
      sample: 500,
    });
    assert.deepEqual(prepared.features, ['town_t0', 'town_t1', 'town_t2', 'town_t3', 'b', 'a']);
    const types = await read<{ column_name: string; column_type: string }>(
      prepared.train,
      'DESCRIBE SELECT * FROM file',
    );
    assert.deepEqual(
      types.map((c) => `${c.column_name} ${c.column_type}`),
      ['row_id BIGINT', ...['y', ...prepared.features].map((name) => `${name} DOUBLE`)],
    );
    const parts = await Promise.all(
      [prepared.train, prepared.validation, prepared.test].map((ref) => read<{ row_id: bigint; y: number }>(ref)),
    );
    assert.deepEqual(prepared.rows, { train: 500, validation: parts[1]?.length, test: parts[2]?.length });
    const ids = parts.flat().map(({ row_id }) => Number(row_id));
    assert.equal(new Set(ids).size, ids.length, 'no row is in two parts');
    for (const rows of parts)
      assert.ok(rows.every(({ row_id }, at) => at === 0 || row_id > (rows[at - 1]?.row_id ?? 0n)));
    const share = (rows: readonly { y: number }[], of: number) => rows.filter(({ y }) => y === of).length / rows.length;
    assert.deepEqual(
      Object.values(prepared.labels),
      parts.map((rows) => ({ shares: [share(rows, 0), share(rows, 1)] })),
    );
    assert.deepEqual(prepared.target, { problem: 'binary' });
  });

  it('fits on the training part only: cuts, fills and encodings do not move with the other parts', async () => {
    const more = {
      split: { by: 'seen', validation: '2 days', test: '2 days' },
      clip: [0.1, 0.9],
      encode: { town: 'target' },
    };
    const features = (late: string) =>
      `SELECT row_id, y, CASE WHEN seen > TIMESTAMP '2025-12-28' THEN ${late} ELSE b END AS b,
        CASE WHEN seen > TIMESTAMP '2025-12-28' THEN 'elsewhere' || ${late} ELSE town END AS town FROM rows`;
    const fitted = async (late: string) =>
      (await statementOf(await prepare(features(late), more))).split('"clean features" AS')[1];
    assert.equal(await fitted('1e9'), await fitted('-7'));
  });

  it('fills with the median, cuts at quantiles of type 7, and smooths targets by the documented formula, of training rows by the other folds', async () => {
    const prepared = await prepare('SELECT row_id, y, b, b IS NULL AS was_missing, town FROM rows', {
      ...{ clip: [0.1, 0.9], encode: { town: 'target' }, split: { by: 'seen', validation: '1 day', test: '1 day' } },
    });
    const train = Array.from({ length: 1400 - 96 }, (_, at) => at);
    const sorted = train
      .filter((at) => at % 7)
      .map((at) => at / 8)
      .sort((a, b) => a - b);
    const quantile = (values: number[], q: number) => {
      const place = q * (values.length - 1);
      const low = values[Math.floor(place)] ?? 0;
      return low + ((values[Math.ceil(place)] ?? 0) - low) * (place % 1);
    };
    const [low, high] = [quantile(sorted, 0.1), quantile(sorted, 0.9)];
    const middle = quantile(sorted, 0.5);
    const folds = train.map((at) => Math.floor(unit(`7:fold:${at}`) * 5));
    const others = [0, 1, 2, 3, 4].map((fold) => train.filter((at) => folds[at] !== fold));
    const encoded = (town: number, rows: number[]) => {
      const prior = rows.filter((at) => at % 3 === 0).length / rows.length;
      const of = rows.filter((at) => at % 4 === town);
      return (of.filter((at) => at % 3 === 0).length + 20 * prior) / (of.length + 20);
    };
    const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);
    for (const { row_id, b, town } of await read<{ row_id: bigint; b: number; town: number }>(prepared.train)) {
      const at = Number(row_id);
      close(b, at % 7 ? Math.min(high, Math.max(low, at / 8)) : middle);
      close(town, encoded(at % 4, others[folds[at] ?? 0] ?? []));
    }
    for (const { row_id, town } of await read<{ row_id: bigint; town: number }>(prepared.validation))
      close(town, encoded(Number(row_id) % 4, train));
  });

  it('writes the test part as requests and as labels with slices, row by row the same', async () => {
    const prepared = await prepare(
      'SELECT row_id, y, a, b, a > 4 AS big FROM rows',
      { inputs: ['seen', 'a', 'b?'] },
      { slices: ['town', 'big'] },
    );
    const requests = (await readFile(pathOf(world, prepared.testInputs), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const labels = await read<Record<string, unknown>>(prepared.testLabels);
    assert.equal(requests.length, prepared.rows.test);
    labels.forEach(({ row_id, y, town, big }, at) => {
      const id = Number(row_id);
      assert.deepEqual([y, town, big], [id % 3 === 0 ? 1 : 0, `t${id % 4}`, String(id % 10 > 4)]);
      const when = new Date(Date.UTC(2025, 11, 1) + id * 1_800_000).toISOString().replace('.000Z', '.000000Z');
      assert.deepEqual(requests[at], { seen: when, a: id % 10, b: id % 7 === 0 ? null : id / 8 });
    });
  });

  it('writes the test part for a champion that reads other inputs, too, or says why that cannot be', async () => {
    const features = 'SELECT row_id, y, a FROM rows';
    const prepared = await prepare(features, { inputs: ['a'] }, {}, ['town', 'b?', 'gone?']);
    const [ours, theirs] = await Promise.all(
      [prepared.testInputs, prepared.championInputs].map(async (ref) => {
        assert.ok(ref);
        const lines = (await readFile(pathOf(world, ref), 'utf8')).trimEnd().split('\n');
        return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      }),
    );
    const labels = await read<{ row_id: bigint }>(prepared.testLabels);
    assert.equal(theirs?.length, labels.length);
    labels.forEach(({ row_id }, at) => {
      const id = Number(row_id);
      assert.deepEqual(ours?.[at], { a: id % 10 });
      assert.deepEqual(theirs?.[at], { town: `t${id % 4}`, b: id % 7 === 0 ? null : id / 8 });
    });
    const { championInputs, incomparable } = await prepare(features, { inputs: ['a'] }, {}, ['town', 'gone']);
    assert.deepEqual([championInputs, incomparable], [undefined, 'it reads gone, which rows has no more']);
  });

  it('splits by time at instants before asOf, and by the hash of a column into parts that share no value', async () => {
    const timed = await prepare(FEATURES, { split: { by: 'seen', validation: '3 days', test: '36 hours' } });
    const first = 1399 - 72;
    const [test] = await read<{ low: number; n: number }>(
      timed.test,
      'SELECT min(row_id)::DOUBLE AS low, count(*)::DOUBLE AS n FROM file',
    );
    assert.deepEqual(test, { low: first + 1, n: 1400 - first - 1 });
    assert.equal(timed.rows.validation, 144);

    const hashed = await prepare('SELECT row_id, y, a, b FROM rows', {
      split: { by: 'hash(a)', validation: '30%', test: '30%' },
    });
    const part = (value: number) => {
      const u = unit(`7:split:${value}`);
      return u < 0.3 ? 'test' : u < 0.6 ? 'validation' : 'train';
    };
    for (const name of ['train', 'validation', 'test'] as const) {
      const values = await read<{ a: number }>(hashed[name], 'SELECT DISTINCT a FROM file ORDER BY a');
      assert.deepEqual(
        values.map(({ a }) => a),
        Array.from({ length: 10 }, (_, a) => a).filter((a) => part(a) === name),
      );
    }
  });

  it('refuses features that cannot be, with line, column and mend', async () => {
    const cases: [string, (string | RegExp)[], object?][] = [
      ['SELEC 1', ['syntax error', 'LINE 1']],
      ['SELECT row_id, y,\n  a,\n  nope(b) AS b\nFROM rows', ['nope', 'LINE 3']],
      ['SELECT row_id, y, a FROM flights', ['no source "flights"', 'rows, towns']],
      ['SELECT row_id, y, depth FROM rows', ['depth']],
      ['DROP TABLE rows', ['only a SELECT']],
      ['SELECT row_id, y, a FROM rows; SELECT 1', ['exactly one statement']],
      ['', ['exactly one statement']],
      ["SELECT row_id, y, a FROM rows, read_csv('/etc/passwd')", ['read_csv() is not allowed', 'rows, towns']],
      ["SELECT row_id, y, a FROM rows, '/etc/passwd'", ['/etc/passwd']],
      ['SELECT row_id, y, a,\n random() AS r FROM rows', ['line 2', 'random()']],
      ['SELECT row_id, y, a, epoch(now()) AS t FROM rows', ['now()']],
      ['SELECT row_id, y, a, year(current_date) AS t FROM rows', ['current_date']],
      ['SELECT row_id, y, a FROM rows USING SAMPLE 50%', ['sample']],
      ['SELECT row_id, y, a FROM main.rows', ['without a schema']],
      ['SELECT y, a FROM rows', ['no row_id', 'y, a']],
      ['SELECT row_id::VARCHAR AS row_id, y, a FROM rows', ['row_id became VARCHAR']],
      ['SELECT row_id, a FROM rows', ['no label "y"']],
      ['SELECT row_id, town AS y, a FROM rows', ['the label "y" is VARCHAR']],
      ['SELECT row_id, later AS y, a FROM rows', ['neither 0 nor 1', 'is 2']],
      ['SELECT row_id, CASE WHEN a > 0 THEN y END AS y, b FROM rows', ['missing in 140 of 1,400 rows', 'coalesce']],
      ['SELECT row_id, y FROM rows', ['no feature']],
      ['SELECT row_id, y, a, a AS A FROM rows', ['two columns are called "A"']],
      ['SELECT row_id, y, a + 1 FROM rows', ['AS']],
      ['SELECT row_id, y, town FROM rows', ['"town" is text', 'town: target']],
      ['SELECT row_id, y, seen FROM rows', ['"seen" is TIMESTAMP', 'hour(seen)']],
      ['SELECT row_id, y, [a] AS l FROM rows', ['"l" is BIGINT[]']],
      [FEATURES, ['encode names city', 'a, b'], { encode: { city: 'target' } }],
      ['SELECT row_id, y, a FROM rows WHERE a > 0', ['1,260 rows for 1,400 rows', '140 less', 'WHERE']],
      [
        'SELECT row_id, y, rows.a FROM rows JOIN (SELECT 1 AS k UNION ALL SELECT 1) ON k = 1',
        ['2,800 rows', '1400 more', 'is there 2 times'],
      ],
      [
        'SELECT row_id, y, a, later FROM rows',
        ['feature later uses column later, which no request carries', 'prepare.inputs'],
      ],
      ['SELECT row_id, y, a, y AND a > 3 AS leak FROM rows', ['feature leak uses column y']],
      ['SELECT row_id, y, a FROM rows WHERE later IS NOT NULL', ['which no request carries', 'no WHERE']],
      ['SELECT row_id, y, a, avg(b) OVER () AS mean FROM rows', ['feature mean', 'window or aggregate']],
      ['SELECT row_id, y, a, row_id % 2 AS odd FROM rows', ['feature odd', 'row_id itself']],
      ['SELECT row_id, y, a, height FROM rows JOIN towns USING (town)', ['values are all missing', 'LEFT JOIN']],
      ['SELECT row_id, y, CAST(town AS INTEGER) AS a FROM rows', ['Conversion', 't0']],
    ];
    for (const [features, words, more] of cases)
      await assert.rejects(prepare(features, more), refuses('FeaturesBroken', 'features.sql', ...words), features);
  });

  it('works for features and labels of any name, also of those that it uses itself', async () => {
    const names = [
      'part',
      'chosen',
      'n',
      'category',
      'value',
      'label',
      'positives',
      'rank',
      'number',
      'count',
      'was',
      'select',
    ];
    const features = `SELECT row_id, y AS rows, ${names.map((name, at) => `a + ${at} AS "${name}"`).join(', ')}, town AS characters FROM rows`;
    const encode = { characters: 'target', part: 'target', category: 'one-hot' };
    const prepared = await prepare(features, { label: 'rows', encode, clip: [0.1, 0.9] }, { slices: ['part', 'n'] });
    assert.equal(prepared.features.length, names.length + 10);
  });

  it('works for sources of any name, also of those that it uses itself', async () => {
    for (const name of ['train', 'computed', 'split', 'order', 'raw', 'features', 'probe']) {
      const named = planOf({
        collect: { sources: { [name]: { uri }, test: { uri: towns, reference: true } } },
        prepare: { label: 'y', inputs: ['a', 'b'] },
      });
      const scope = scopeOf(named, `SELECT row_id, y, a, b FROM "${name}" -- and test;`, AS_OF);
      const snapshots = await world.collectAll(scope);
      const prepared = await run(prepareActivities({ store: world.store, log: quiet }).prepareData, {
        ...scope,
        snapshots,
      });
      assert.deepEqual(prepared.features, ['a', 'b']);
    }
  });

  it('refuses splits, labels, inputs and slices that cannot be', async () => {
    const cases: [string, string, (string | RegExp)[], object, Record<string, unknown>?][] = [
      [
        'DataUnusable',
        FEATURES,
        ['leaves nothing for train', 'test 1,400 rows'],
        { split: { by: 'seen', validation: '1 day', test: '90 days' } },
      ],
      [
        'DataUnusable',
        FEATURES,
        ['leaves nothing for', 'validation'],
        { split: { by: 'hash(later)', validation: '1%', test: '1%' } },
      ],
      ['DataUnusable', 'SELECT row_id, a < 100 AS y, b FROM rows', ['is 1 in every row of train', 'both values'], {}],
      ['DataUnusable', 'SELECT row_id, y, a, NULL::INTEGER AS none FROM rows', ['"none" has no value'], {}],
      ['PlanRefused', FEATURES, ['no duration'], { split: { by: 'seen', validation: '10%', test: '1 day' } }],
      ['PlanRefused', FEATURES, ['no share'], { split: { by: 'random', validation: '1 day', test: '10%' } }],
      ['PlanRefused', FEATURES, ['nothing to train on'], { split: { by: 'random', validation: '50%', test: '50%' } }],
      [
        'PlanRefused',
        FEATURES,
        ['"a" is BIGINT', 'hash(a)'],
        { split: { by: 'a', validation: '1 day', test: '1 day' } },
      ],
      [
        'PlanRefused',
        FEATURES,
        ['no column "when"', 'seen, a, town'],
        { split: { by: 'when', validation: '1 day', test: '1 day' } },
      ],
      ['PlanRefused', FEATURES, ['prepare.inputs', 'no column "speed"'], { inputs: ['a', 'b', 'speed'] }],
      ['PlanRefused', FEATURES, ['no column "city"'], {}, { slices: ['city'] }],
    ];
    for (const [type, features, words, more, evaluate] of cases)
      await assert.rejects(prepare(features, more, evaluate), refuses(type, ...words), words.join());
  });

  it('stops when its activity is cancelled', async () => {
    const heavy =
      'SELECT row_id, y, a, (SELECT count(*) FROM rows b, rows c, rows d WHERE (b.row_id + c.row_id + d.row_id) % 7 = rows.a) AS heavy FROM rows';
    const environment = new MockActivityEnvironment();
    environment.on(
      'heartbeat',
      (said: string) => said.startsWith('computing') && setTimeout(() => environment.cancel(), 50),
    );
    landed ??= await world.collectAll(scopeOf(plan(), FEATURES, AS_OF));
    const input = { ...scopeOf(plan(), heavy, AS_OF), snapshots: landed };
    await assert.rejects(environment.run(prepareActivities({ store: world.store, log: quiet }).prepareData, input), {
      name: 'CancelledFailure',
    });
  });
});
