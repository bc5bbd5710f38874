import assert from 'node:assert/strict';
import fc from 'fast-check';
import { bootstrap, replicatesFor } from '../../src/data/bootstrap.ts';
import { holdBaseline } from '../../src/data/gates.ts';
import { type Measurable, MeasureError, type Measures } from '../../src/data/measures.ts';
import { multiclassRows } from '../../src/data/multiclass.ts';
import { regressionRows } from '../../src/data/regression.ts';
import { alignClasses, constantScores, measurableRows, type Scores } from '../../src/data/scores.ts';
import { predictionCounts } from '../../src/data/value-counts.ts';
import reference from '../reference/problems.json' with { type: 'json' };

function same(found: Measures, wanted: Readonly<Record<string, number | undefined>>): void {
  for (const [name, value] of Object.entries(wanted)) {
    const own = found[name] ?? Number.NaN;
    assert.ok(
      Math.abs(own - (value as number)) <= 1e-11 * Math.max(1, Math.abs(value as number)),
      `${name}: ${own} is not ${value}`,
    );
  }
  const more = Object.keys(found).filter((name) => !(name in wanted) && !Number.isNaN(found[name]));
  assert.deepEqual(more, [], 'nothing is measured that has no reference value');
}

const scoresOf = (values: readonly number[], problem: 'binary' | 'regression'): Scores => ({
  target: { problem },
  values,
});
const scored = async (rows: Measurable) => {
  const [replicates] = await bootstrap([rows], { seed: 3, replicates: 200 });
  assert.ok(replicates);
  return { measures: rows.measure(), replicates };
};

describe('measures among several classes', () => {
  for (const { name, classes, labels, probabilities, weights, measures, weighted } of reference.multiclass)
    it(`are scikit-learn's on ${name} rows, and on a resample of them`, () => {
      const rows = multiclassRows(labels, probabilities.flat(), classes);
      same(rows.measure(), measures);
      same(rows.measure(weights), weighted);
    });

  it('refuse rows that are none, naming the first', () => {
    const three = ['a', 'b', 'c'];
    for (const [labels, values, what] of [
      [[], [], /there are no rows/],
      [[0, 1], [0.2, 0.3, 0.5], /2 labels but 1 predictions/],
      [[3], [0.2, 0.3, 0.5], /row 0: the label is 3; it must be the number of one of 3 classes/],
      [[0], [0.2, 0.3, 0.1], /row 0: the probabilities sum to 0.6/],
      [[0], [1.2, -0.2, 0], /row 0: the probability is 1.2/],
      [[0], [Number.NaN, 1, 0], /row 0: the probability is NaN/],
    ] as const)
      assert.throws(
        () => multiclassRows(labels, values, three),
        (error: Error) => error instanceof MeasureError && what.test(error.message),
      );
  });

  it('give models of many rows and classes fewer resamples, never less than a hundred', () => {
    const sized = (steps: number) => ({ steps }) as Measurable;
    assert.deepEqual(
      [1e3, 4e6, 1e12].map((steps) => replicatesFor([sized(steps)])),
      [400, 250, 100],
    );
  });
});

describe('measures of a regression', () => {
  for (const { name, labels, predictions, weights, measures, weighted } of reference.regression)
    it(`are scikit-learn's on ${name} rows, and on a resample of them`, () => {
      const rows = regressionRows(labels, predictions);
      same(rows.measure(), measures);
      same(rows.measure(weights), weighted);
    });

  it('are exact for a perfect model, and leave R² undefined for a constant label', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 1 }), (labels) => {
        const { r2, ...errors } = regressionRows(labels, labels).measure();
        assert.ok(
          Object.values(errors).every((error) => error === 0),
          JSON.stringify(errors),
        );
        assert.ok(r2 === 1 || Number.isNaN(r2));
      }),
    );
    assert.ok(Number.isNaN(regressionRows([2, 2], [1, 3]).measure().r2));
  });

  it('refuse what is no number', () => {
    assert.throws(() => regressionRows([1, Number.NaN], [1, 2]), /row 1: the label is NaN/);
    assert.throws(() => regressionRows([1, 2], [1, Number.POSITIVE_INFINITY]), /row 1: the prediction is Infinity/);
  });
});

describe('the constant answer', () => {
  it('is the training part, whatever the test rows are', () => {
    assert.deepEqual(
      [...(constantScores({ problem: 'binary' }, { shares: [0.7, 0.3] }, 2).values as Float64Array)],
      [0.3, 0.3],
    );
    const classes = ['a', 'b', 'c'];
    const three = constantScores({ problem: 'multiclass', classes }, { shares: [0.5, 0.3, 0.2] }, 2);
    assert.deepEqual([...(three.values as Float64Array)], [0.5, 0.3, 0.2, 0.5, 0.3, 0.2]);
    assert.equal(measurableRows([1, 2], three).measure().auc, 0.5);
    const mean = constantScores({ problem: 'regression' }, { mean: 4, median: 3, deviation: 1 }, 3);
    assert.deepEqual([...(mean.values as Float64Array)], [4, 4, 4]);
  });

  it('is beaten by a model that knows something, and not by noise', async () => {
    const rows = 400;
    const random = Array.from({ length: rows }, (_, i) => ((i * 7919) % rows) / rows);
    const labels = random.map((p) => p * 10);
    const constant = await scored(
      measurableRows(labels, constantScores({ problem: 'regression' }, { mean: 5, median: 5, deviation: 3 }, rows)),
    );
    const knowing = await scored(
      measurableRows(
        labels,
        scoresOf(
          labels.map((label, i) => label + ((i % 7) - 3)),
          'regression',
        ),
      ),
    );
    const noise = await scored(
      measurableRows(
        labels,
        scoresOf(
          random.map((_, i) => ((i * 31) % 100) / 10),
          'regression',
        ),
      ),
    );
    assert.equal(holdBaseline('rmse', 'the mean', knowing, constant).held, true);
    const refused = holdBaseline('rmse', 'the mean', noise, constant);
    assert.equal(refused.held, false);
    assert.match(refused.gate, /^rmse better than always answering with the mean, with 95 % confidence$/);
  });
});

describe('a champion of other classes', () => {
  it('is read in the challenger’s order; what it never knew has no probability, and what is no more is spread', () => {
    const champion: Scores = {
      target: { problem: 'multiclass', classes: ['rain', 'snow', 'sun'] },
      values: [0.5, 0.2, 0.3, 0, 1, 0],
    };
    const found = alignClasses(champion, { problem: 'multiclass', classes: ['fog', 'rain', 'sun'] });
    const wanted = [0, 0.625, 0.375, 1 / 3, 1 / 3, 1 / 3];
    Array.from(found.values).forEach((p, i) => {
      assert.ok(Math.abs(p - (wanted[i] as number)) < 1e-12, `${p} is not ${wanted[i]}`);
    });
    assert.equal(alignClasses(champion, champion.target), champion);
    assert.throws(() => alignClasses(champion, { problem: 'regression' }), MeasureError);
  });
});

describe('what was predicted, counted', () => {
  it('is classes by name, and values in groups that keep every count up to a kept value', () => {
    const classes = ['b', 'a'];
    const counted = predictionCounts({
      target: { problem: 'multiclass', classes },
      values: [0.9, 0.1, 0.4, 0.6, 0.5, 0.5],
    });
    assert.deepEqual([counted.kind, counted.texts, counted.counts], ['text', ['a', 'b'], [1, 2]]);
    const values = Float64Array.from({ length: 20_000 }, (_, i) => Math.sqrt((i * 7919) % 20_000));
    const many = predictionCounts({ target: { problem: 'regression' }, values });
    assert.ok(many.numbers.length <= 4096, String(many.numbers.length));
    const sorted = values.slice().sort();
    let below = 0;
    for (let i = 0; i < many.numbers.length; i++) {
      below += many.counts[i] as number;
      const upTo = sorted.findLastIndex((value) => value <= (many.numbers[i] as number)) + 1;
      assert.equal(below, upTo);
    }
  });
});
