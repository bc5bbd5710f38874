import assert from 'node:assert/strict';
import { MOST_NUMBERS, MOST_TEXTS, OTHER, valueCountsSql } from '../../src/data/baseline.ts';
import { type Duck, withDuckDB } from '../../src/data/duckdb.ts';

interface Count {
  readonly column: string;
  readonly kind: string;
  readonly number: number | null;
  readonly text: string | null;
  readonly count: bigint;
}

const INPUTS = [
  { name: 'n', type: 'DOUBLE' },
  { name: 'b', type: 'BOOLEAN' },
  { name: 's', type: 'VARCHAR' },
  { name: 't', type: 'TIMESTAMP' },
  { name: 'd', type: 'DATE' },
];

const counts = (duck: Duck, rows: string, inputs = INPUTS, reduce = true): Promise<Count[]> =>
  duck.rows<Count>(valueCountsSql(`(${rows})`, inputs, { reduce }));

describe('value counts of raw inputs', () => {
  it('count numbers, texts, booleans, and instants by hour and weekday, missing ones too', () =>
    withDuckDB(async (duck) => {
      const rows = `SELECT * FROM (VALUES
        (1.5, true, 'a', TIMESTAMP '2001-01-01 23:59:59', DATE '2001-01-07'),
        (1.5, false, 'NA', TIMESTAMP '2001-01-07 00:00:00', NULL),
        (NULL, NULL, '', NULL, DATE '2001-01-01')) v(n, b, s, t, d)`;
      const found = (await counts(duck, rows)).map(({ column, kind, number, text, count }) => [
        column,
        kind,
        number ?? text,
        Number(count),
      ]);
      assert.deepEqual(found, [
        ['b', 'text', null, 1],
        ['b', 'text', 'false', 1],
        ['b', 'text', 'true', 1],
        ['d.weekday', 'number', null, 1],
        ['d.weekday', 'number', 1, 1],
        ['d.weekday', 'number', 7, 1],
        ['n', 'number', null, 1],
        ['n', 'number', 1.5, 2],
        ['s', 'text', '', 1],
        ['s', 'text', 'NA', 1],
        ['s', 'text', 'a', 1],
        ['t.hour', 'number', null, 1],
        ['t.hour', 'number', 0, 1],
        ['t.hour', 'number', 23, 1],
        ['t.weekday', 'number', null, 1],
        ['t.weekday', 'number', 1, 1],
        ['t.weekday', 'number', 7, 1],
      ]);
      assert.deepEqual(await counts(duck, rows, INPUTS, false), await counts(duck, rows));
    }));

  it('bound numbers of many values, leaving every count up to a kept value exact', () =>
    withDuckDB(async (duck) => {
      await duck.run(
        `CREATE TABLE many AS SELECT CASE WHEN i % 100 = 0 THEN NULL WHEN i % 10 = 3 THEN 77.0 ELSE sqrt(i) END AS n FROM range(50000) t(i)`,
      );
      const kept = await counts(duck, 'FROM many', INPUTS.slice(0, 1));
      const present = kept.filter(({ number }) => number !== null);
      assert.ok(present.length <= MOST_NUMBERS && present.length > MOST_NUMBERS / 2, String(present.length));
      assert.equal(kept.find(({ number }) => number === null)?.count, 500n);
      let below = 0n;
      for (const { number, count } of present) {
        below += count;
        const [row] = await duck.rows<{ n: bigint }>(`SELECT count(*) AS n FROM many WHERE n <= ${number}`);
        assert.equal(below, row?.n);
        if (below > 5000n) break;
      }
      assert.equal(
        present.reduce((sum, { count }) => sum + count, 0n),
        49_500n,
      );
    }));

  it('bound texts of many values to the most frequent and the others', () =>
    withDuckDB(async (duck) => {
      const rows = `SELECT 'w' || least(i, 7000) AS s FROM range(7100) t(i) UNION ALL SELECT NULL`;
      const kept = await counts(duck, rows, [{ name: 's', type: 'VARCHAR' }]);
      assert.equal(kept.length, MOST_TEXTS + 2);
      assert.equal(kept.find(({ text }) => text === 'w7000')?.count, 100n);
      assert.equal(kept.find(({ text }) => text === OTHER)?.count, 2001n);
      assert.equal(kept.find(({ text }) => text === null)?.count, 1n);
    }));
});
