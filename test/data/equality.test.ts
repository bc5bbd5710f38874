import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { prepareActivities } from '../../src/activities/prepare.ts';
import type { CycleScope, Prepared } from '../../src/activities/types.ts';
import { withDuckDB } from '../../src/data/duckdb.ts';
import { text } from '../../src/data/sql.ts';
import { loadPlan } from '../../src/plan/load.ts';
import { pathOf, preparedFeatures, type Row, servedFeatures, unpackTransform } from './serving.ts';
import { newWorld, planOf, quiet, run, scopeOf, type World } from './support.ts';

const ODD = [
  "O'Hare",
  '"quoted"',
  'a\0b',
  '\0',
  '😀',
  'é',
  'é',
  'NA',
  '',
  'null',
  'NULL',
  ';--',
  '\\',
  '\n',
  '\u2028',
  'Ÿ',
  ' a ',
  'x'.repeat(10_000),
];

describe('features in training and in serving are equal to the last bit', function () {
  this.timeout(180_000);
  let world: World;
  before(async () => {
    world = await newWorld();
  });
  after(() => world.remove());

  const prepare = async (scope: CycleScope): Promise<Prepared> => {
    const snapshots = await world.collectAll(scope);
    return run(prepareActivities({ store: world.store, log: quiet }).prepareData, { ...scope, snapshots });
  };
  const requestsOf = async (prepared: Prepared): Promise<Row[]> =>
    (await readFile(pathOf(world, prepared.testInputs), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);

  /** Serves the test part one by one, in uneven batches and all at once. */
  async function compare(prepared: Prepared, ones: number): Promise<number> {
    const requests = await requestsOf(prepared);
    const expected = await preparedFeatures(world, prepared.test, prepared.features);
    const batches = [
      requests,
      ...requests.slice(0, ones).map((row) => [row]),
      requests.slice(3, 10),
      requests.slice(5, 500).reverse(),
    ];
    const [all, ...rest] = await servedFeatures(await unpackTransform(world, prepared), batches);
    assert.deepEqual(all, expected);
    assert.deepEqual(rest.slice(0, ones).flat(), expected.slice(0, ones));
    assert.deepEqual(rest[ones], expected.slice(3, 10));
    assert.deepEqual(rest[ones + 1], expected.slice(5, 500).reverse());
    return requests.length;
  }

  it('for thousands of real flights, alone and in batches', async () => {
    const frozen = await loadPlan(join(import.meta.dirname, '../../plans/flight-delays'));
    const plan = {
      ...frozen.plan,
      collect: { ...frozen.plan.collect, window: 3 * 86_400_000 },
      prepare: { ...frozen.plan.prepare, split: { by: 'date', validation: '12h', test: '12h' } },
    };
    const scope = { ...scopeOf(plan, frozen.features, '2001-03-31T12:00:00.000Z'), frozen: { ...frozen, plan } };
    assert.ok((await compare(await prepare(scope), 200)) > 3000);
  });

  it('for every kind of column with missing values, strange text and extreme numbers', async () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    const row = fc.record({
      when: fc.option(fc.integer({ min: -62_000_000_000_000, max: 200_000_000_000_000 }), { nil: null }),
      day: fc.option(fc.date({ min: new Date('1700-01-01'), max: new Date('2300-01-01'), noInvalidDate: true }), {
        nil: null,
      }),
      number: fc.option(fc.oneof(number, fc.constantFrom(0.1, -0, 5e-324, 1.7976931348623157e308)), { nil: null }),
      whole: fc.option(fc.bigInt({ min: -(2n ** 53n) + 1n, max: 2n ** 53n - 1n }), { nil: null }),
      flag: fc.option(fc.boolean(), { nil: null }),
      word: fc.option(fc.oneof(fc.constantFrom(...ODD), fc.string({ unit: 'grapheme' }), fc.constantFrom('a', 'b')), {
        nil: null,
      }),
      kind: fc.option(fc.constantFrom('x', 'y', "y'", 'NA', 'é'), { nil: null }),
      y: fc.boolean(),
    });
    const rows = fc.sample(row, { numRuns: 6000, seed: 11 });
    const uri = join(world.folder, 'generated.jsonl');
    const lines = rows.map(({ when, day, whole, ...rest }) => {
      const cells = {
        when: when === null ? null : new Date(when).toISOString(),
        day: day?.toISOString().slice(0, 10) ?? null,
        ...rest,
      };
      return `${JSON.stringify(cells).slice(0, -1)},"whole":${whole ?? 'null'}}`;
    });
    await world.file('generated.jsonl', `${lines.join('\n')}\n`);
    const lookup = await world.file('lookup.csv', 'kind,score\nx,0.1\ny,0.3333333333333333\nNA,-2.5e-7\n');
    const features = `
      WITH base AS (SELECT *, length(word) AS size FROM rows) -- a CTE; and a semicolon in a comment
      SELECT base.row_id, y, hour("when") + minute("when") / 60.0 AS hour, isodow(day) AS weekday, epoch("when") AS instant,
        hour("when" AT TIME ZONE 'America/New_York') AS there, date_part('timezone_hour', "when"::TIMESTAMPTZ) AS zone,
        number, number / 3 AS third, exp(least(greatest(number, -700), 700)) AS grown, whole, flag, word, size,
        base.kind, lookup.score, base.kind AS same, size > 3 AS long
      FROM base LEFT JOIN lookup USING (kind); -- the end`;
    const plan = planOf({
      collect: { sources: { rows: { uri }, lookup: { uri: lookup, reference: true } } },
      prepare: {
        ...{ label: 'y', inputs: ['when?', 'day', 'number', 'whole', 'flag', 'word', 'kind?'], clip: [0.01, 0.99] },
        ...{ encode: { word: 'target', kind: 'target', same: 'one-hot', long: 'one-hot' }, impute: 'none' },
        split: { by: 'random', validation: '10%', test: '50%' },
      },
    });
    const prepared = await prepare(scopeOf(plan, features));
    assert.ok((await compare(prepared, 300)) > 2000);
  });

  it('for categories that training never saw, whatever they are, and columns left out', async () => {
    const lines = Array.from({ length: 3000 }, (_, at) =>
      JSON.stringify({ word: ODD[at % 12], n: at % 97, y: at % 3 === 0 }),
    );
    const uri = await world.file('words.jsonl', `${lines.join('\n')}\n`);
    const plan = planOf({
      collect: { sources: { rows: { uri } } },
      prepare: {
        ...{ label: 'y', inputs: ['word?', 'n?'], encode: { word: 'target', again: 'one-hot' }, impute: 'mean' },
        leaks: { allow: ['word', 'again'] },
      },
    });
    const prepared = await prepare(scopeOf(plan, 'SELECT row_id, y, word, word AS again, n FROM rows'));
    const folder = await unpackTransform(world, prepared);
    const { statement } = JSON.parse(await readFile(join(folder, 'transform.json'), 'utf8')) as { statement: string };
    const words = [...ODD, ...fc.sample(fc.string({ unit: 'binary' }), { numRuns: 500, seed: 5 })];
    const requests: Row[] = [
      {},
      { n: 5 },
      { word: null, n: null },
      ...words.map((word, at) => (at % 5 ? { word, n: at } : { word })),
    ];
    const [served] = await servedFeatures(folder, [requests]);
    const requested = await world.file('requests.jsonl', requests.map((one) => JSON.stringify(one)).join('\n'));
    const local = await withDuckDB(
      async (duck) => {
        await duck.run(
          `CREATE TABLE rows AS SELECT row_number() OVER () - 1 AS row_id, * FROM read_json(${text(requested)}, format = 'newline_delimited', columns = {word: 'VARCHAR', n: 'BIGINT', y: 'BOOLEAN'})`,
        );
        await duck.writeParquet(statement, duck.path('out.parquet'));
        const { uri: out } = await world.store.putFile('served.parquet', duck.path('out.parquet'));
        return out;
      },
      { reads: [requested] },
    );
    assert.deepEqual(served, await preparedFeatures(world, { uri: local, sha256: '', bytes: 0 }, prepared.features));
  });
});
