import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { prepareActivities } from '../../src/activities/prepare.ts';
import type { ObjectRef, Prepared } from '../../src/activities/types.ts';
import { withDuckDB } from '../../src/data/duckdb.ts';
import { identifier, list, text } from '../../src/data/sql.ts';
import { pathOf } from './serving.ts';
import { newWorld, planOf, quiet, run, scopeOf, type World } from './support.ts';

interface Case {
  readonly plan: Readonly<Record<string, unknown>>;
  readonly problem?: 'binary' | 'multiclass' | 'regression';
  readonly label?: readonly (string | number)[];
  /** What each row becomes, a column at a time. */
  readonly columns: readonly (readonly (number | null)[])[];
  readonly only?: 'held';
}
interface Reference {
  readonly fit: number;
  readonly number: { readonly rows: readonly (number | null)[]; readonly cases: readonly Case[] };
  readonly text: { readonly rows: readonly (string | null)[]; readonly cases: readonly Case[] };
}

const PATH = 'test/reference/preparation.json';
const reference = JSON.parse(await readFile(PATH, 'utf8')) as Reference;
const DAY = 86_400_000;
const AS_OF = Date.UTC(2026, 0, 1);

describe('the steps of preparation', function () {
  this.timeout(120_000);
  let world: World;
  before(async () => {
    world = await newWorld();
  });
  after(() => world.remove());

  /** A row a day, the last days test, the ones before them validate: rows from `fit` on are not trained on. */
  async function prepare(rows: readonly unknown[], { plan, problem = 'binary', label }: Case): Promise<Prepared> {
    const held = rows.length - reference.fit;
    const lines = rows.map((x, at) =>
      JSON.stringify({
        at: new Date(AS_OF - (rows.length - 1 - at) * DAY).toISOString(),
        x,
        y: label ? label[at] : at % 2,
      }),
    );
    const uri = await world.file('rows.jsonl', `${lines.join('\n')}\n`);
    const settings = planOf({
      problem,
      collect: { sources: { rows: { uri, time: 'at' } } },
      prepare: {
        ...{ label: 'y', inputs: ['x'], leaks: { allow: ['x'] }, ...plan },
        split: { by: 'at', validation: `${held - 50} days`, test: '50 days' },
      },
    });
    const scope = scopeOf(settings, 'SELECT row_id, y, x FROM rows', new Date(AS_OF).toISOString());
    const snapshots = await world.collectAll(scope);
    return run(prepareActivities({ store: world.store, log: quiet }).prepareData, { ...scope, snapshots });
  }

  async function columnsOf(prepared: Prepared): Promise<(number | null)[][]> {
    const read = (part: ObjectRef) =>
      withDuckDB(
        (duck) =>
          duck.rows<Record<string, number | null>>(
            `SELECT ${list(prepared.features.map(identifier))} FROM read_parquet(${text(pathOf(world, part))}) ORDER BY row_id`,
          ),
        { reads: [pathOf(world, part)] },
      );
    const rows = (await Promise.all([prepared.train, prepared.validation, prepared.test].map(read))).flat();
    return prepared.features.map((name) => rows.map((row) => row[name] ?? null));
  }

  for (const [kind, { rows, cases }] of Object.entries({ number: reference.number, text: reference.text }))
    for (const one of cases)
      it(`give what scikit-learn gives: ${one.problem ?? kind} ${JSON.stringify(one.plan)}`, async () => {
        const found = await columnsOf(await prepare(rows, one));
        assert.equal(found.length, one.columns.length);
        const from = one.only === 'held' ? reference.fit : 0;
        for (const [at, expected] of one.columns.entries())
          for (let row = from; row < rows.length; row++) {
            const [a, b] = [found[at]?.[row] ?? null, expected[row] ?? null];
            const equal = a === null || b === null ? a === b : Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
            assert.ok(equal, `column ${at}, row ${row}: ${a} is not ${b}`);
          }
      });

  it('count the categories that training shows, and hash all others into as many buckets', async () => {
    const rows = reference.text.rows;
    const share = (name: string | null) =>
      rows.slice(0, reference.fit).filter((one) => one === name).length / reference.fit;
    const [frequency] = await columnsOf(await prepare(rows, { plan: { encode: { x: 'frequency' } }, columns: [] }));
    assert.deepEqual(frequency, rows.map(share));
    assert.equal(share('palm'), 0);

    const hashed = await prepare(rows, { plan: { encode: { x: { hash: { buckets: 5 } } } }, columns: [] });
    const columns = await columnsOf(hashed);
    assert.deepEqual(hashed.features, ['x_0', 'x_1', 'x_2', 'x_3', 'x_4']);
    const buckets = new Map<string | null, number>();
    rows.forEach((name, row) => {
      const ones = columns.flatMap((column, at) => (column[row] === 1 ? [at] : []));
      assert.equal(ones.length, name === null ? 0 : 1, 'a missing text is in no bucket');
      const [bucket = -1] = ones;
      assert.equal(buckets.get(name) ?? bucket, bucket);
      buckets.set(name, bucket);
    });
  });

  it('leave out training rows alone that lie outside, and say how many', async () => {
    const rows = Array.from({ length: 400 }, (_, at) => (at % 50 === 0 ? 1000 : at % 20));
    const dropped = await prepare(rows, { plan: { drop: { x: { max: 100 } } }, columns: [] });
    assert.deepEqual(dropped.leftOut, { duplicates: 0, unlabelled: 0, outliers: { x: 6 }, history: 0 });
    assert.deepEqual(dropped.rows, { train: 294, validation: 50, test: 50 });
    const [column] = await columnsOf(dropped);
    assert.deepEqual(
      [Math.max(...(column ?? []).slice(0, 294).map(Number)), Math.max(...(column ?? []).map(Number))],
      [19, 1000],
    );
    const byQuantile = await prepare(rows, { plan: { drop: { x: [0, 0.98] } }, columns: [] });
    assert.equal(byQuantile.leftOut.outliers.x, 6);
  });

  it('keep their range with numbers at the ends of it @long', async () => {
    const rows = Array.from({ length: 400 }, (_, at) => [-1.7e308, 1.7e308, 5e-324, 1, -3][at % 5]);
    for (const scale of ['standard', 'min-max', 'robust'])
      for (const impute of ['mean', 'median', 'mode']) {
        const [column = []] = await columnsOf(await prepare(rows, { plan: { scale, impute }, columns: [] }));
        // A robust scale is that of the middle values: it leaves the ends where they are, but finite.
        const most = scale === 'robust' ? Number.MAX_VALUE : 10;
        assert.ok(
          column.every((value) => value !== null && Math.abs(value) <= most),
          `${scale} ${impute}: ${column.slice(0, 5)}`,
        );
      }
    const tiny = Array.from({ length: 400 }, (_, at) => (at % 5) * 1e-300);
    const [column = []] = await columnsOf(await prepare(tiny, { plan: { scale: 'standard' }, columns: [] }));
    assert.ok(Math.abs((column[4] ?? 0) - Math.SQRT2) < 1e-9, String(column[4]));
  });

  it('leave a feature of one value at 0 when scaled, and warn of it', async () => {
    const prepared = await prepare(
      Array.from({ length: 400 }, () => 0.1),
      { plan: { scale: 'standard' }, columns: [] },
    );
    assert.ok((await columnsOf(prepared))[0]?.every((value) => value === 0));
    assert.ok(
      prepared.warnings.some((one) => one.includes('x has one value only')),
      prepared.warnings.join(),
    );
  });

  it('have reference values that scikit-learn gives today @long', function () {
    if (!existsSync('.venv/bin/python')) this.skip();
    const args = ['test/reference/preparation.py', '--check'];
    const checked = spawnSync('.venv/bin/python', args, { encoding: 'utf8', timeout: 100_000 });
    assert.equal(checked.status, 0, checked.stderr);
  });
});
