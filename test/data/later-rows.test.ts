import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { backtestActivities } from '../../src/activities/backtest.ts';
import { prepareActivities } from '../../src/activities/prepare.ts';
import { type Duck, viewOf, withDuckDB } from '../../src/data/duckdb.ts';
import { MOST_ROWS, takeWindows, writeLater } from '../../src/data/later-rows.ts';
import type { RawFeatures } from '../../src/data/raw.ts';
import { originName } from '../../src/names.ts';
import { newWorld, planOf, quiet, refuses, run, scopeOf, type World } from './support.ts';

const INPUTS = [{ name: 'at', type: 'TIMESTAMP', optional: false }];
const RAW: RawFeatures = {
  sql: 'SELECT row_id, late, distance FROM rides',
  label: { name: 'late', problem: 'binary', whole: false },
  features: [{ name: 'distance', kind: 'number' }],
};
const day = (n: number): string => new Date(Date.UTC(2026, 0, n)).toISOString();
const week = (from: number) => ({ from: day(from), to: day(from + 7) });

/** `rows` gives `at`, `late` and `distance`. */
async function later(rows: string, windows: readonly { from: string; to: string }[]) {
  return withDuckDB(async (duck: Duck) => {
    const main = { name: 'rides', path: duck.path('rides.parquet'), columns: [] };
    await duck.writeParquet(`SELECT row_number() OVER () - 1 AS row_id, * FROM (${rows})`, main.path);
    await duck.run(viewOf(main.name, main.path));
    await takeWindows(duck, main, { time: 'at', windows, seed: 7 });
    const written = await writeLater(duck, main.name, { raw: RAW, inputs: INPUTS, windows: windows.length });
    const requests = (await readFile(duck.path('later-inputs.jsonl'), 'utf8')).trim().split('\n');
    const labels = await duck.rows<{ id: number; window: number; label: number }>(
      `SELECT row_id::DOUBLE AS id, "window"::INTEGER AS "window", label FROM read_parquet('${duck.path('later-labels.parquet')}')`,
    );
    return { ...written, labels, requests: requests.map((line) => (JSON.parse(line) as { at: string }).at) };
  });
}

describe('rows that came later', () => {
  const HOURS = `SELECT TIMESTAMP '2026-01-01' + to_hours(range::INTEGER) AS "at", range % 3 = 0 AS late, 1.0 AS distance FROM range(720)`;

  it('lie strictly after the origin, each in one window, requests and labels in the same order', async () => {
    const found = await later(HOURS, [week(8), week(15)]);
    assert.deepEqual(found.rows, [168, 168]);
    assert.equal(found.labels.length, 336);
    assert.ok((found.requests[0] ?? '') > day(8) && (found.requests.at(-1) ?? '').startsWith('2026-01-22T00:00:00'));
    for (const [at, { id, window, label }] of found.labels.entries()) {
      const hours = (Date.parse(found.requests[at] ?? '') - Date.UTC(2026, 0, 1)) / 3_600_000;
      assert.deepEqual([id, window, label], [hours, at < 168 ? 0 : 1, hours % 3 === 0 ? 1 : 0]);
    }
  });

  it('are left out where nobody knows their label, and counted', async () => {
    const found = await later(`SELECT "at", distance, CASE WHEN hour("at") > 0 THEN late END AS late FROM (${HOURS})`, [
      week(8),
    ]);
    assert.deepEqual([found.rows, found.unlabelled], [[161], 7]);
    assert.equal(found.requests.length, 161);
  });

  it('are refused when there is none, and an empty window among others is none of its own', async () => {
    await assert.rejects(later(HOURS, [week(60)]), /no labelled row came after/);
    assert.deepEqual((await later(HOURS, [week(8), week(60)])).rows, [168, 0]);
  });

  it('of a crowded window are a sample, the same one whichever origin asks', async () => {
    const many = `SELECT TIMESTAMP '2026-01-01' + to_seconds(range * 20) AS "at", range % 3 = 0 AS late, 1.0 AS distance FROM range(120000)`;
    const [first, second] = await Promise.all([later(many, [week(1), week(8)]), later(many, [week(8), week(15)])]);
    assert.equal(first?.rows[1], MOST_ROWS);
    const ids = (found: typeof first, window: number) =>
      found?.labels.filter((row) => row.window === window).map(({ id }) => id);
    assert.deepEqual(ids(first, 1), ids(second, 0));
  });
});

describe('rows that came later, of a plan', () => {
  let world: World;
  before(async () => {
    world = await newWorld();
  });
  after(() => world.remove());

  /** Ten rides a day for sixty days; the version knows forty of them. */
  async function cut(time?: string) {
    const rides = Array.from({ length: 600 }, (_, n) => ({
      at: new Date(Date.UTC(2026, 0, 1) + (n + 0.5) * 8_640_000).toISOString(),
      zone: `z${n % 7}`,
      late: n % 3 === 0,
    }));
    const uri = await world.file('rides.jsonl', [...rides, rides[450]].map((ride) => JSON.stringify(ride)).join('\n'));
    const plan = planOf({
      collect: { sources: { rides: { uri, time: 'at' } } },
      prepare: {
        ...{ label: 'late', inputs: ['at', 'zone'], impute: 'none', deduplicate: true },
        derive: { tables: { zones: 'zones.sql' }, history: '10 days' },
        split: { by: 'at', validation: '5 days', test: '5 days' },
      },
    });
    const features = 'SELECT r.row_id, late, z.rate FROM rides r LEFT JOIN zones z USING (zone)';
    const files = { 'zones.sql': 'SELECT zone, avg(late::INTEGER) AS rate FROM rides GROUP BY zone' };
    const origin = new Date(Date.UTC(2026, 1, 10)).toISOString();
    const scope = { ...scopeOf(plan, features, origin), cycle: originName('x', 1) };
    const frozen = { ...scope.frozen, files };
    const snapshots = async (asOf: string) => world.collectAll({ ...scopeOf(plan, features, asOf), frozen });
    const prepare = prepareActivities({ store: world.store, log: quiet }).prepareData;
    const prepared = await run(prepare, { ...scope, frozen, snapshots: await snapshots(origin) });
    const end = new Date(Date.UTC(2026, 1, 20)).toISOString();
    const untimed = { ...plan, collect: { ...plan.collect, sources: { rides: { uri, reference: false } } } };
    return run(backtestActivities({ store: world.store, log: quiet }).cutLaterRows, {
      ...{ ...scope, frozen: time === undefined ? { ...frozen, plan: untimed } : frozen },
      ...{ snapshots: await snapshots(end), prepared, windows: [{ from: origin, to: end }] },
    });
  }

  it('are labelled by its statement, with the tables of the version, each ride once, below the backtest', async () => {
    const found = await cut('at');
    assert.deepEqual(found.rows, [100]);
    assert.match(found.inputs.uri, /\/models\/rain\/backtest\/x\/1\/later\/later-inputs\.jsonl$/);
    const [first = ''] = (await world.store.getText(found.inputs)).split('\n');
    assert.deepEqual(JSON.parse(first), { at: '2026-02-10T01:12:00.000000Z', zone: 'z1' });
  });

  it('need a time to be later by', async () => {
    await assert.rejects(cut(), refuses('PlanRefused', 'collect.sources.rides has no time'));
  });
});
