import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { withDuckDB } from '../../src/data/duckdb.ts';
import { hashOf, SPLIT, sampleRows, splitRows } from '../../src/data/split.ts';
import { list, text } from '../../src/data/sql.ts';

const unit = (salted: string): number =>
  Number(createHash('md5').update(salted).digest().readBigUInt64LE(8) >> 11n) / 2 ** 53;

interface Row {
  readonly id: number;
  readonly part: number;
  readonly chosen: boolean;
}

/** Splits `n` rows by their hash. */
const splitOf = (
  n: number,
  options: { by: string; validation: number; test: number; seed: number; sample?: number },
): Promise<Row[]> =>
  withDuckDB(async (duck) => {
    await duck.run(`CREATE TABLE rows AS SELECT i AS row_id, i % 50 AS town FROM range(${n}) t(i)`);
    const { by, validation, test, seed, sample } = options;
    await splitRows(duck, {
      ...{ main: 'rows', asOf: '2026-01-01T00:00:00Z', seed },
      columns: [{ name: 'town', type: 'BIGINT' }],
      split: { by, validation: `${validation}%`, test: `${test}%` },
    });
    if (sample !== undefined) await sampleRows(duck, sample, seed);
    return duck.rows<Row>(`SELECT row_id::INTEGER AS id, part::INTEGER AS part, chosen FROM ${SPLIT} ORDER BY row_id`);
  });

describe('the split', () => {
  it('hashes any text as documented', () =>
    withDuckDB((duck) =>
      fc.assert(
        fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string(), async (salt, value) => {
          const { u } = await duck.one<{ u: number }>(
            `SELECT ${hashOf(salt, 'v')} AS u FROM (SELECT ${text(value)} AS v)`,
          );
          assert.equal(u, unit(`${salt}:${value}`));
          assert.ok(u >= 0 && u < 1);
        }),
        { numRuns: 200 },
      ),
    ));

  it('puts every row in one part, in about the shares asked for, and the same ones for the same seed', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          validation: fc.integer({ min: 10, max: 40 }),
          test: fc.integer({ min: 10, max: 40 }),
          seed: fc.nat(),
        }),
        async ({ validation, test, seed }) => {
          const n = 4000;
          const rows = await splitOf(n, { by: 'random', validation, test, seed });
          assert.equal(rows.length, n);
          const share = (part: number) => rows.filter((row) => row.part === part).length / n;
          // Five standard deviations of a share of 4,000 rows.
          const near = (a: number, b: number) =>
            assert.ok(Math.abs(a - b) < 5 * Math.sqrt((b * (1 - b)) / n), `${a} is far from ${b}`);
          near(share(1), validation / 100);
          near(share(2), test / 100);
          assert.deepEqual(rows, await splitOf(n, { by: 'random', validation, test, seed }));
          const other = await splitOf(n, { by: 'random', validation, test, seed: seed + 1 });
          assert.ok(
            rows.some((row, at) => row.part !== other[at]?.part),
            'another seed splits otherwise',
          );
        },
      ),
      { numRuns: 6 },
    ));

  it('keeps all rows of a value together', () =>
    fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const rows = await splitOf(2000, { by: 'hash(town)', validation: 25, test: 25, seed });
        const parts = new Map<number, Set<number>>();
        for (const { id, part } of rows) parts.set(id % 50, (parts.get(id % 50) ?? new Set()).add(part));
        assert.ok(
          [...parts.values()].every((of) => of.size === 1),
          list([...parts.keys()].map(String)),
        );
      }),
      { numRuns: 6 },
    ));

  it('samples exactly so many training rows, and no others; a smaller sample is part of a larger one', async () => {
    const of = async (sample: number) => {
      const rows = await splitOf(3000, { by: 'random', validation: 20, test: 20, seed: 3, sample });
      assert.ok(rows.every(({ part, chosen }) => part === 0 || chosen));
      return new Set(rows.filter(({ part, chosen }) => part === 0 && chosen).map(({ id }) => id));
    };
    const [small, large, all] = [await of(100), await of(700), await of(1_000_000)];
    assert.deepEqual([small.size, large.size], [100, 700]);
    assert.ok([...small].every((id) => large.has(id)));
    assert.ok(all.size > 1500);
  });
});
