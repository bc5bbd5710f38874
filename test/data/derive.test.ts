import assert from 'node:assert/strict';
import { prepareActivities } from '../../src/activities/prepare.ts';
import { withDuckDB } from '../../src/data/duckdb.ts';
import { text } from '../../src/data/sql.ts';
import { pathOf, preparedFeatures, servedFeatures, unpackTransform } from './serving.ts';
import { newWorld, planOf, quiet, refuses, run, scopeOf, type World } from './support.ts';

const DAY = 86_400_000;
const FROM = Date.UTC(2025, 0, 1);
const DAYS = 100;
const HISTORY = 30;
/** Ten rows a day, a station each; station 9 opens on day 40, after the history. */
const ROWS = Array.from({ length: DAYS * 10 }, (_, at) => ({
  at: new Date(FROM + (Math.floor(at / 10) + 0.5) * DAY).toISOString(),
  station: at % 10 === 9 && at < 400 ? 's0' : `s${at % 10}`,
  y: (at * 7 + Math.floor(at / 10)) % 3 === 0,
}));
const FEATURES = 'SELECT r.row_id, y, p.rate, p.seen FROM rows r LEFT JOIN past p USING (station)';
const PAST = 'SELECT station, avg(y::INTEGER) AS rate, count(*) AS seen FROM rows GROUP BY station';

describe('tables derived from the past', function () {
  this.timeout(120_000);
  let world: World;
  before(async () => {
    world = await newWorld();
  });
  after(() => world.remove());

  async function prepare(past = PAST, history = `${HISTORY} days`) {
    const uri = await world.file('rows.jsonl', ROWS.map((row) => JSON.stringify(row)).join('\n'));
    const plan = planOf({
      collect: { sources: { rows: { uri, time: 'at' } } },
      prepare: {
        ...{ label: 'y', inputs: ['station'], impute: 'none', derive: { tables: { past: 'past.sql' }, history } },
        split: { by: 'at', validation: '20 days', test: '20 days' },
      },
    });
    const scope = scopeOf(plan, FEATURES, new Date(FROM + DAYS * DAY).toISOString());
    const frozen = { ...scope.frozen, files: { 'past.sql': past } };
    const snapshots = await world.collectAll({ ...scope, frozen });
    return run(prepareActivities({ store: world.store, log: quiet }).prepareData, { ...scope, frozen, snapshots });
  }

  it('know the history alone, which trains nothing else, and answer requests by the same numbers', async () => {
    const prepared = await prepare();
    assert.equal(prepared.leftOut.history, HISTORY * 10);
    assert.deepEqual(prepared.rows, { train: (DAYS - 40 - HISTORY) * 10, validation: 200, test: 200 });
    const past = ROWS.slice(0, HISTORY * 10);
    const rateOf = (station: string) => {
      const own = past.filter((row) => row.station === station);
      return own.length === 0 ? null : own.filter(({ y }) => y).length / own.length;
    };
    const path = pathOf(world, prepared.train);
    const trained = await withDuckDB(
      (duck) =>
        duck.rows<{ row_id: number; rate: number | null }>(
          `SELECT row_id::DOUBLE AS row_id, rate FROM read_parquet(${text(path)}) ORDER BY 1`,
        ),
      { reads: [path] },
    );
    assert.equal(trained.length, 300);
    for (const { row_id, rate } of trained) assert.equal(rate, rateOf(ROWS[row_id]?.station ?? ''), String(row_id));

    const folder = await unpackTransform(world, prepared);
    const [served] = await servedFeatures(folder, [[{ station: 's1' }, { station: 's9' }, { station: null }]]);
    const bits = await preparedFeatures(world, prepared.train, prepared.features);
    assert.deepEqual(served?.[0], bits[trained.findIndex(({ row_id }) => ROWS[row_id]?.station === 's1')]);
    assert.deepEqual(served?.slice(1), [
      [null, null],
      [null, null],
    ]);
  });

  it('are refused by file and mend when they cannot be', async () => {
    await assert.rejects(
      prepare('SELECT station, nothing FROM rows'),
      refuses('FeaturesBroken', 'past.sql', 'nothing'),
    );
    await assert.rejects(prepare("SELECT * FROM read_csv('/etc/passwd')"), refuses('FeaturesBroken', 'past.sql'));
    await assert.rejects(prepare(PAST, '20%'), refuses('PlanRefused', 'prepare.derive.history', '"30 days"'));
    await assert.rejects(prepare(PAST, '90 days'), refuses('DataUnusable', 'prepare.derive.history'));
    await assert.rejects(prepare(`${PAST} HAVING count(*) > 1000000`), refuses('FeaturesBroken', 'past.sql', 'no row'));
  });
});
