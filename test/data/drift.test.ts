import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { binningOf, type ValueCounts } from '../../src/data/bins.ts';
import { columnDrift, effect, populationStability } from '../../src/data/drift.ts';
import { withDuckDB } from '../../src/data/duckdb.ts';
import { MeasureError } from '../../src/data/measures.ts';
import { chiSquareTail, kolmogorovTail } from '../../src/data/tails.ts';
import { predictionCounts, readValueCounts, valueCountRows } from '../../src/data/value-counts.ts';
import reference from '../reference/measures.json' with { type: 'json' };

const close = (found: number, wanted: number, what: string) =>
  assert.ok(
    Math.abs(found - wanted) <= 1e-12 * Math.max(1, Math.abs(wanted)) ||
      (wanted < 1e-9 && Math.abs(found / wanted - 1) < 1e-9),
    `${what}: ${found} is not ${wanted}`,
  );

function counted(values: readonly (number | string | null)[], kind: 'number' | 'text'): ValueCounts {
  const counts = new Map<number | string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const entries = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    column: 'x',
    kind,
    numbers: kind === 'number' ? entries.map(([value]) => Number(value)) : [],
    texts: kind === 'text' ? entries.map(([value]) => String(value)) : [],
    counts: entries.map(([, count]) => count),
    missing: values.filter((value) => value === null).length,
  };
}

const numbers = fc.array(fc.option(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { freq: 5 }), {
  minLength: 1,
  maxLength: 80,
});
const few = fc.array(fc.option(fc.integer({ min: 0, max: 30 }), { freq: 5 }), { minLength: 1, maxLength: 120 });
const texts = fc.array(fc.option(fc.string({ maxLength: 2 }), { freq: 5 }), { minLength: 1, maxLength: 80 });
const pairs = fc.oneof(
  fc.tuple(numbers, numbers).map((pair) => pair.map((values) => counted(values, 'number'))),
  fc.tuple(few, few).map((pair) => pair.map((values) => counted(values, 'number'))),
  fc.tuple(texts, texts).map((pair) => pair.map((values) => counted(values, 'text'))),
) as fc.Arbitrary<[ValueCounts, ValueCounts]>;

describe('drift', () => {
  for (const [kind, cases] of [
    ['number', reference.numbers],
    ['text', reference.texts],
  ] as const)
    for (const { name, baseline, current, drift } of cases)
      it(`of ${kind} columns is numpy's and scipy's: ${name}`, () => {
        const found = columnDrift(counted(baseline, kind), counted(current, kind));
        close(found.psi, drift.psi, 'psi');
        close(found.jensenShannon, drift.jensenShannon, 'jensenShannon');
        close(found.totalVariation, drift.totalVariation, 'totalVariation');
        close(found.chiSquare.statistic, drift.chiSquare.statistic, 'chi-square');
        assert.equal(found.chiSquare.degrees, drift.chiSquare.degrees);
        close(found.chiSquare.p, drift.chiSquare.p, 'p of chi-square');
        if (!('ks' in drift)) return;
        close(found.ks?.statistic ?? Number.NaN, drift.ks.statistic, 'ks');
        close(found.ks?.p ?? Number.NaN, drift.ks.p, 'p of ks');
      });

  it('is zero against itself, never negative, and within its bounds', () => {
    fc.assert(
      fc.property(pairs, ([baseline, current]) => {
        const none = columnDrift(baseline, baseline);
        assert.deepEqual([none.psi, none.jensenShannon, none.totalVariation, none.ks?.statistic ?? 0], [0, 0, 0, 0]);
        assert.equal(none.chiSquare.statistic < 1e-9 && none.chiSquare.p > 0.999999, true);
        const found = columnDrift(baseline, current);
        assert.ok(found.psi >= 0);
        for (const share of [found.jensenShannon, found.totalVariation, found.ks?.statistic ?? 0, found.chiSquare.p])
          assert.ok(share >= 0 && share <= 1 + 1e-12, String(share));
        for (const method of ['psi', 'jensen-shannon', 'ks'] as const) assert.ok(effect(found, method) >= 0);
      }),
    );
  });

  it('places every row into exactly one bin', () => {
    fc.assert(
      fc.property(pairs, ([baseline, current]) => {
        const placed = binningOf(baseline).place(current);
        const rows = Array.from(current.counts).reduce((a, b) => a + b, current.missing);
        assert.equal(
          placed.reduce((a, b) => a + b, 0),
          rows,
        );
      }),
    );
  });

  it('is the same both ways for the Jensen–Shannon distance, the KS statistic and the PSI of given shares', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const binning = binningOf(a);
        const [there, back] = [columnDrift(a, b, binning), columnDrift(b, a, binning)];
        close(there.jensenShannon, back.jensenShannon, 'jensenShannon');
        close(there.ks?.statistic ?? 0, back.ks?.statistic ?? 0, 'ks');
        close(there.psi, back.psi, 'psi');
      }),
    );
  });

  it('sees values that went missing, by every method', () => {
    const before = counted([1, 2, 3, 4, 5, 6, 7, 8], 'number');
    const now = counted([1, 2, null, null, null, null, null, null], 'number');
    const found = columnDrift(before, now);
    assert.ok(found.psi > 0.25 && found.jensenShannon > 0.5);
    assert.equal(found.ks?.statistic, 0.75);
    assert.equal(found.missing.current, 0.75);
  });

  it('takes infinite values for the numbers that they are', () => {
    const values = counted([Number.NEGATIVE_INFINITY, 1, 2, Number.POSITIVE_INFINITY], 'number');
    assert.equal(columnDrift(values, values).ks?.statistic, 0);
  });

  it('refuses what cannot be compared', () => {
    const one = counted([1], 'number');
    assert.throws(() => columnDrift(one, counted(['a'], 'text')), MeasureError);
    assert.throws(() => columnDrift(one, counted([], 'number')), /no rows to compare/);
    assert.throws(() => columnDrift(counted([], 'number'), one), /no rows in the baseline/);
    assert.throws(() => columnDrift(one, { ...one, numbers: [Number.NaN] }), /NaN/);
  });

  it('counts an empty bin as a share of 1e-4 in the PSI', () => {
    assert.equal(populationStability([1, 0], [0.5, 0.5]), 0.5 * Math.log(2) + 0.4999 * Math.log(5000));
  });
});

describe('p-values', () => {
  it("are scipy's, far into the tails", () => {
    for (const [x, degrees, p] of reference.tails.chiSquare as [number, number, number][])
      close(chiSquareTail(x, degrees), p, `chi-square ${x} of ${degrees}`);
    for (const [x, p] of reference.tails.kolmogorov as [number, number][])
      close(kolmogorovTail(x), p, `kolmogorov ${x}`);
  });
});

describe('value counts', () => {
  it('of predictions come back from Parquet as they went in', async () => {
    const counts = predictionCounts({ target: { problem: 'binary' }, values: [0, 0.12345, 0.1234, 0.9996, 1, 1] });
    assert.deepEqual(
      [counts.numbers, counts.counts],
      [
        [0, 0.123, 1],
        [1, 2, 3],
      ],
    );
    const found = await withDuckDB(async (duck) => {
      await duck.writeParquet(valueCountRows(counts), duck.path('counts.parquet'));
      return readValueCounts(duck, `SELECT * FROM read_parquet('${duck.path('counts.parquet')}')`);
    });
    assert.deepEqual(found.get('prediction'), counts);
  });

  it('take NULL and NaN for missing, and the text "NA" for text', async () => {
    const found = await withDuckDB((duck) =>
      readValueCounts(
        duck,
        `FROM (VALUES ('a','number',NULL::DOUBLE,NULL,2::BIGINT), ('a','number','nan'::DOUBLE,NULL,3), ('a','number',1.5,NULL,4),
                      ('b','text',NULL,'NA',1), ('b','text',NULL,NULL,5)) AS v("column", kind, number, text, "count")`,
      ),
    );
    assert.deepEqual(found.get('a'), {
      column: 'a',
      kind: 'number',
      numbers: [1.5],
      texts: [],
      counts: [4],
      missing: 5,
    });
    assert.deepEqual(found.get('b'), {
      column: 'b',
      kind: 'text',
      numbers: [],
      texts: ['NA'],
      counts: [1],
      missing: 5,
    });
  });
});

describe('the kept reference values', () => {
  it('are what scikit-learn, numpy and scipy say today @long', function () {
    const python = '.venv/bin/python';
    if (!existsSync(python)) this.skip();
    const checked = spawnSync(python, ['test/reference/measures.py', '--check'], { encoding: 'utf8', timeout: 50_000 });
    assert.equal(checked.status, 0, checked.stderr);
  });
});
