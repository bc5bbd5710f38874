import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type Duck, viewOf, withDuckDB } from '../../src/data/duckdb.ts';
import { MOST_ROWS, takeWindows, writeLater } from '../../src/data/later-rows.ts';
import type { RawFeatures } from '../../src/data/raw.ts';

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
