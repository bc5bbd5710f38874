import assert from 'node:assert/strict';
import fc from 'fast-check';
import { calibrationBin, calibrationTable, predictionBias } from '../../src/data/calibration.ts';
import { confusion, gainCurve, precisionRecall, rocCurve } from '../../src/data/curves.ts';
import { direction, MeasureError } from '../../src/data/measures.ts';
import { measure, rank } from '../../src/data/metrics.ts';
import { countedQuantile, quantile } from '../../src/data/quantile.ts';
import { METRICS_OF } from '../../src/plan/metrics.ts';
import reference from '../reference/measures.json' with { type: 'json' };

const close = (found: number, wanted: number, what: string) =>
  assert.ok(Math.abs(found - wanted) <= 1e-12 * Math.max(1, Math.abs(wanted)), `${what}: ${found} is not ${wanted}`);

const scoredRows = fc
  .array(fc.record({ label: fc.constantFrom(0, 1), probability: fc.integer({ min: 0, max: 1000 }) }), { minLength: 2 })
  .filter((rows) => rows.some((row) => row.label) && rows.some((row) => !row.label))
  .map((rows) => ({
    labels: rows.map((row) => row.label),
    probabilities: rows.map((row) => row.probability / 1000),
  }));

describe('metrics', () => {
  for (const { name, labels, probabilities, threshold, weights, measures, weighted } of reference.classifiers) {
    it(`are scikit-learn's on ${name} rows, and on a resample of them`, () => {
      const ranked = rank(labels, probabilities, threshold);
      const found = measure(ranked);
      const resampled = measure(ranked, weights);
      for (const metric of METRICS_OF.binary) {
        close(found[metric], measures[metric], metric);
        close(resampled[metric], weighted[metric], `resampled ${metric}`);
      }
    });
  }

  it('rank alike under any strictly rising change of the probabilities', () => {
    fc.assert(
      fc.property(scoredRows, ({ labels, probabilities }) => {
        const before = measure(rank(labels, probabilities));
        const after = measure(
          rank(
            labels,
            probabilities.map((p) => 0.1 + 0.5 * p ** 3),
          ),
        );
        close(after.auc, before.auc, 'auc');
        close(after.pr_auc, before.pr_auc, 'pr_auc');
      }),
    );
  });

  it('do not depend on the order of the rows, and weighing a row by two is having it twice', () => {
    fc.assert(
      fc.property(scoredRows, fc.nat(), ({ labels, probabilities }, at) => {
        const row = at % labels.length;
        const twice = labels.map((_, i) => (i === row ? 2 : 1));
        const weighted = measure(rank(labels, probabilities), twice);
        const repeated = measure(
          rank(
            [labels[row] as number, ...labels].reverse(),
            [probabilities[row] as number, ...probabilities].reverse(),
          ),
        );
        for (const metric of METRICS_OF.binary)
          if (!Number.isNaN(weighted[metric])) close(repeated[metric], weighted[metric], metric);
          else assert.ok(Number.isNaN(repeated[metric]), metric);
      }),
    );
  });

  it('turn over with the labels: the AUC of the opposite is one less the AUC', () => {
    fc.assert(
      fc.property(scoredRows, ({ labels, probabilities }) => {
        const opposite = labels.map((label) => 1 - label);
        close(measure(rank(opposite, probabilities)).auc, 1 - measure(rank(labels, probabilities)).auc, 'auc');
      }),
    );
  });

  it('are NaN where they are undefined, never a number that means nothing', () => {
    const negatives = measure(rank([0, 0, 0], [0.1, 0.2, 0.3]));
    assert.deepEqual(
      METRICS_OF.binary.filter((metric) => Number.isNaN(negatives[metric])),
      ['auc', 'pr_auc', 'precision', 'recall', 'f1'],
    );
    assert.equal(negatives.accuracy, 1);
    const positives = measure(rank([1, 1], [0.1, 0.2]));
    assert.ok(Number.isNaN(positives.auc) && Number.isNaN(positives.precision));
    assert.equal(positives.pr_auc, 1);
    assert.equal(positives.recall, 0);
  });

  it('refuse rows that cannot be measured, naming the first', () => {
    const refused = (labels: number[], probabilities: number[], message: RegExp) =>
      assert.throws(
        () => rank(labels, probabilities),
        (error) => error instanceof MeasureError && message.test(error.message),
      );
    refused([], [], /no rows/);
    refused([0, 1], [0.5], /2 labels but 1 probabilities/);
    refused([0, 1], [0.5, Number.NaN], /row 1: the probability is NaN/);
    refused([0, 1], [0.5, 1.5], /row 1: the probability is 1.5/);
    refused([2, 1], [0.5, 0.5], /row 0: the label is 2/);
  });

  it('know their better direction', () => {
    assert.deepEqual(METRICS_OF.binary.map(direction), [1, 1, -1, -1, -1, 1, 1, 1, 1]);
    assert.deepEqual(METRICS_OF.regression.map(direction), [-1, -1, 1, -1, -1]);
    assert.equal(direction('recall[rain]'), 1);
  });
});

describe('calibration', () => {
  it('counts an edge to the bin below it, and 0 to the first', () => {
    for (let edge = 1; edge <= 10; edge++) assert.equal(calibrationBin(edge / 10), edge - 1);
    assert.equal(calibrationBin(0), 0);
    assert.equal(calibrationBin(0.1 + Number.EPSILON), 1);
  });

  it('has a table whose gaps, weighed by rows, are the calibration error', () => {
    fc.assert(
      fc.property(scoredRows, ({ labels, probabilities }) => {
        const ranked = rank(labels, probabilities);
        const table = calibrationTable(ranked);
        const gaps = table.map((bin) => bin.rows * Math.abs((bin.predicted ?? 0) - (bin.observed ?? 0)));
        close(gaps.reduce((a, b) => a + b) / labels.length, measure(ranked).calibration_error, 'calibration_error');
        const { predicted, observed, bias } = predictionBias(ranked);
        close(bias, predicted - observed, 'bias');
      }),
    );
  });
});

describe('curves', () => {
  it('run from nothing to everything, never back, with the area that the AUC says', () => {
    fc.assert(
      fc.property(scoredRows, ({ labels, probabilities }) => {
        const ranked = rank(labels, probabilities);
        const points = rocCurve(ranked, 1e9);
        assert.deepEqual(
          { ...points.at(-1), threshold: 0 },
          { falsePositiveRate: 1, truePositiveRate: 1, threshold: 0 },
        );
        let area = 0;
        for (let i = 1; i < points.length; i++) {
          const [a, b] = [points[i - 1], points[i]];
          assert.ok(a && b && b.falsePositiveRate >= a.falsePositiveRate && b.truePositiveRate >= a.truePositiveRate);
          area += ((b.falsePositiveRate - a.falsePositiveRate) * (b.truePositiveRate + a.truePositiveRate)) / 2;
        }
        close(area, measure(ranked).auc, 'area');
      }),
    );
  });

  it('stay near the number of points that is asked for', () => {
    const labels = Array.from({ length: 5000 }, (_, i) => ((i * 7919) % 3 === 0 ? 1 : 0));
    const points = rocCurve(
      rank(
        labels,
        labels.map((_, i) => ((i * 104729) % 5000) / 5000),
      ),
      100,
    );
    assert.ok(points.length > 50 && points.length <= 102, `${points.length} points`);
  });

  it('have the average precision under precision over recall, from some recall to all of it', () => {
    fc.assert(
      fc.property(scoredRows, ({ labels, probabilities }) => {
        const ranked = rank(labels, probabilities);
        const points = precisionRecall(ranked, 1e9);
        assert.equal(points.at(-1)?.recall, 1);
        const area = points.reduce(
          (sum, point, i) => sum + (point.recall - (points[i - 1]?.recall ?? 0)) * point.precision,
          0,
        );
        close(area, measure(ranked).pr_auc, 'area');
        assert.ok(precisionRecall(ranked, 10).length <= 12);
      }),
    );
    assert.deepEqual(precisionRecall(rank([0, 0], [0.1, 0.2])), []);
  });

  it('gain what they find among the rows asked first, and share out what is alike', () => {
    assert.deepEqual(gainCurve(rank([1, 1, 0, 1, 0, 0, 0, 0], [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]), 4), [
      { share: 0.25, found: 2 / 3, lift: 8 / 3 },
      { share: 0.5, found: 1, lift: 2 },
      { share: 0.75, found: 1, lift: 1 / 0.75 },
      { share: 1, found: 1, lift: 1 },
    ]);
    // All alike: whoever is asked first, nothing is gained.
    assert.deepEqual(
      gainCurve(rank([1, 0, 0, 1, 0], [0.4, 0.4, 0.4, 0.4, 0.4]), 10).map(({ lift }) => lift),
      new Array(10).fill(1),
    );
    assert.deepEqual(gainCurve(rank([0, 0], [0.1, 0.2])), []);
    fc.assert(
      fc.property(scoredRows, fc.integer({ min: 1, max: 30 }), ({ labels, probabilities }, parts) => {
        const points = gainCurve(rank(labels, probabilities), parts);
        assert.equal(points.length, parts);
        close(points.at(-1)?.found ?? 0, 1, 'all');
        points.forEach(({ found }, i) => {
          assert.ok(found >= (points[i - 1]?.found ?? 0) - 1e-12);
        });
      }),
    );
  });

  it('put every row into one cell of the confusion matrix', () => {
    const found = confusion(rank([1, 1, 0, 0, 0], [0.9, 0.2, 0.5, 0.4, 0.1], 0.5));
    assert.deepEqual(found, {
      threshold: 0.5,
      truePositives: 1,
      falsePositives: 1,
      trueNegatives: 2,
      falseNegatives: 1,
    });
  });
});

describe('quantiles', () => {
  it("are numpy's", () => {
    for (const { values, quantiles } of reference.quantiles)
      for (const [share, wanted] of quantiles as [number, number][])
        close(quantile(values, share), wanted, `at ${share}`);
  });

  it('of counted values are those of the values themselves', () => {
    const counted = fc
      .uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 20 })
      .chain((values) =>
        fc.tuple(
          fc.constant(values.sort((a, b) => a - b)),
          fc.array(fc.integer({ min: 1, max: 5 }), { minLength: values.length, maxLength: values.length }),
          fc.double({ min: 0, max: 1, noNaN: true }),
        ),
      );
    fc.assert(
      fc.property(counted, ([values, counts, share]) => {
        const repeated = values.flatMap((value, i) => new Array<number>(counts[i] as number).fill(value));
        assert.equal(countedQuantile(values, counts, share), quantile(repeated, share));
      }),
    );
  });

  it('of nothing are NaN', () => {
    assert.ok(Number.isNaN(quantile([], 0.5)) && Number.isNaN(countedQuantile([], [], 0.5)));
  });
});
