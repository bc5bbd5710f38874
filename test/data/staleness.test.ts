import assert from 'node:assert/strict';
import { measureWindow, type ScoredVersion } from '../../src/data/backtest.ts';
import { type Cell, stalenessCurve, verdictOf } from '../../src/data/staleness.ts';

const METRIC = 'log_loss';

/** A version of `origin` on the window that ends at `end`; its resamples lie evenly within ±`wide`. */
const cell = (origin: number, end: number, value: number, wide = 0.001): Cell => ({
  origin,
  end,
  rows: 100,
  measures: { [METRIC]: value },
  replicates: { [METRIC]: Float64Array.from({ length: 101 }, (_, n) => value + (wide * (n - 50)) / 50) },
});

/** Every version on the windows after it, up to the third: `loss(age, end)`. */
const matrix = (loss: (age: number, end: number) => number, ends = 8): Cell[] =>
  Array.from({ length: ends }, (_, origin) => origin).flatMap((origin) =>
    [1, 2, 3].filter((age) => origin + age <= ends).map((age) => cell(origin, origin + age, loss(age, origin + age))),
  );

describe('staleness', () => {
  it('is the mean by age, and the paired difference to freshly trained whatever the windows are like', () => {
    // Each window is harder than the one before it; a version loses 0.02 a step.
    const curve = stalenessCurve(
      matrix((age, end) => 0.4 + 0.1 * end + 0.02 * (age - 1)),
      METRIC,
    );
    assert.deepEqual(
      curve.map(({ age, windows, paired }) => [age, windows, paired]),
      [
        [1, 8, 0],
        [2, 7, 7],
        [3, 6, 6],
      ],
    );
    assert.ok(Math.abs((curve[0]?.metric?.value ?? 0) - 0.85) < 1e-9);
    assert.equal(curve[0]?.worse, undefined);
    for (const [at, due] of [
      [1, 0.02],
      [2, 0.04],
    ] as const) {
      const worse = curve[at]?.worse;
      assert.ok(worse && Math.abs(worse.value - due) < 1e-9);
      assert.ok(worse.low <= worse.value && worse.high < due + 1e-9, JSON.stringify(worse));
    }
    // The windows differ by far more than the versions: the mean by age is uncertain, the difference is not.
    const mean = curve[0]?.metric;
    assert.ok(mean && mean.high - mean.low > 0.2);
  });

  it('counts a measure that is better when larger the other way round', () => {
    const auc = (value: number) => ({
      measures: { auc: value },
      replicates: { auc: new Float64Array(10).fill(value) },
    });
    const cells = [
      { origin: 0, end: 2, rows: 9, ...auc(0.7) },
      { origin: 1, end: 2, rows: 9, ...auc(0.8) },
    ];
    const [, old] = stalenessCurve(cells, 'auc');
    assert.ok(old?.worse && Math.abs(old.worse.value - 0.1) < 1e-9);
  });

  it('widens with the difference between windows, which rows alone do not tell', () => {
    const noisy = stalenessCurve(
      matrix((age, end) => 0.4 + (age - 1) * (end % 2 === 0 ? 0.05 : -0.04)),
      METRIC,
    );
    const worse = noisy[1]?.worse;
    assert.ok(worse && worse.low < 0 && worse.high > 0, JSON.stringify(worse));
  });

  it('leaves out pairs whose fresh version is missing, and measures that are undefined', () => {
    const cells = matrix(() => 0.5).filter(({ origin }) => origin !== 3);
    const [, second] = stalenessCurve([...cells, cell(8, 10, Number.NaN)], METRIC);
    assert.equal(second?.windows, 6);
    assert.equal(second?.paired, 5);
  });

  it('is told in one sentence that says no more than the intervals', () => {
    const said = (loss: (age: number, end: number) => number) =>
      verdictOf(stalenessCurve(matrix(loss), METRIC), METRIC);
    assert.match(
      said((age) => 0.4 + 0.02 * age),
      /^in step 2 after .* 0\.0200 \(0\.0200 to 0\.0200, 7 windows\) worse .*in step 3 0\.0400 .*pays/,
    );
    assert.match(
      said((age) => (age < 3 ? 0.4 : 0.45)),
      /^in step 3 .*more often than every 2 steps gained nothing/,
    );
    assert.match(
      said((age) => 0.4 - 0.01 * age),
      /gained nothing .*: older versions were even better by log_loss$/,
    );
    assert.match(
      said((age, end) => 0.4 + (age - 1) * (end % 2 === 0 ? 0.05 : -0.04)),
      /^retraining more often than every 3 steps gained nothing .*: at the most, in step 3 log_loss is 0\.\d+ worse .*6 windows\)$/,
    );
    assert.match(
      verdictOf(stalenessCurve([cell(0, 1, 0.4), cell(0, 2, 0.5), cell(1, 2, 0.4)], METRIC), METRIC),
      /nothing can be said/,
    );
  });
});

describe('versions on one window', () => {
  const breathe = async () => {};
  const rows = (ids: readonly number[], label: (id: number) => number | string, end = 3) =>
    ids.map((id) => ({ id, end, label: label(id) }));

  it('are measured on the rows that all of them have, whatever their order', async () => {
    const version = (origin: number, ids: number[]): ScoredVersion => ({
      origin,
      rows: rows(ids, (id) => id % 2),
      scores: { target: { problem: 'binary' }, values: ids.map((id) => (id % 2 === 0 ? 0.2 : 0.8)) },
    });
    const found = await measureWindow([version(1, [5, 4, 3, 2, 1]), version(2, [1, 2, 3, 4])], 3, { seed: 1, breathe });
    assert.deepEqual(
      found.map((one) => one.rows),
      [4, 4],
    );
    for (const { measures } of found) assert.ok(Math.abs((measures.log_loss ?? 0) + Math.log(0.8)) < 1e-12);
    assert.deepEqual(found[0]?.replicates.log_loss, found[1]?.replicates.log_loss);
    assert.deepEqual(await measureWindow([version(1, [1])], 4, { seed: 1, breathe }), []);
  });

  it('are read in the classes that the youngest one knows', async () => {
    const classes = (names: string[], values: number[], origin: number): ScoredVersion => ({
      origin,
      rows: rows([1, 2, 3], (id) => ['', 'fog', 'rain', 'hail'][id] ?? ''),
      scores: { target: { problem: 'multiclass', classes: names }, values },
    });
    const old = classes(['rain', 'sun', 'fog'], [0, 0, 1, 1, 0, 0, 0, 1, 0], 0);
    const young = classes(['fog', 'rain', 'sun'], [1, 0, 0, 0, 1, 0, 0, 0, 1], 1);
    const found = await measureWindow([old, young], 3, { seed: 1, breathe });
    assert.deepEqual(
      found.map(({ rows: n, measures }) => [n, measures.accuracy]),
      [
        [2, 1],
        [2, 1],
      ],
    );
  });
});
