import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { HYPERPARAMETERS } from '../../src/plan/hyperparameters.ts';
import { METRICS_OF } from '../../src/plan/metrics.ts';
import { PYTHON, ROOT } from './support.ts';

/** Answers of the container's functions, in order; one process for all. */
const ask = (...calls: unknown[][]): unknown[] =>
  JSON.parse(
    execFileSync(PYTHON, [join(import.meta.dirname, 'ask.py')], {
      input: JSON.stringify(calls),
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: join(ROOT, 'container'), PYTHONDONTWRITEBYTECODE: '1' },
    }),
  );
const failure = (answer: unknown): string => (answer as { failure?: string })?.failure ?? `taken: ${answer}`;

describe('what the container shares with a plan', () => {
  it('is the same: measures of each problem, hyperparameters and their ranges', () => {
    const [metrics, ranges] = ask(['metrics'], ['ranges']);
    assert.deepEqual(metrics, METRICS_OF);
    assert.deepEqual(ranges, HYPERPARAMETERS);
  });
});

describe('the importance of features', () => {
  type Importance = { measure: string; rows: number; increase: Record<string, number> };
  it('is by how much the answers get worse without them: nothing for one that the model does not read', () => {
    const found = ask(
      ...['binary', 'multiclass', 'regression'].map((problem) => ['importance', problem, [3, 1, 0], 600, 5]),
    ) as Importance[];
    assert.deepEqual(
      found.map(({ measure, rows }) => [measure, rows]),
      [
        ['log_loss', 600],
        ['log_loss', 600],
        ['rmse', 600],
      ],
    );
    for (const { increase } of found) {
      const { f0 = 0, f1 = 0, f2 } = increase;
      assert.ok(f0 > f1 && f1 > 0, JSON.stringify(increase));
      assert.equal(f2, 0);
    }
  });

  it('of a sum grows as it must: the error of two independent values of the same feature', () => {
    // rmse of w·(x - x') for independent standard normal x, x': w·√2.
    const [found] = ask(['importance', 'regression', [0, 2], 20_000, 5]) as [Importance];
    assert.ok(Math.abs((found.increase.f1 ?? 0) - 2 * Math.SQRT2) < 0.05, JSON.stringify(found));
  });

  it('is the same for the same seed, taken of 20,000 rows at most, and left out where it would say nothing', () => {
    const [first, again, other, few, wide] = ask(
      ...[
        [[1, 1], 30_000, 5],
        [[1, 1], 30_000, 5],
        [[1, 1], 30_000, 6],
        [[1, 1], 49, 5],
        [new Array(1_500).fill(1), 100, 5],
      ].map((given) => ['importance', 'binary', ...given]),
    ) as (Importance | null)[];
    assert.deepEqual(first, again);
    assert.equal(first?.rows, 20_000);
    assert.notDeepEqual(first, other);
    assert.deepEqual([few, wide], [null, null]);
  });
});

describe('the threshold of a binary classifier', () => {
  const label = [0, 0, 1, 0, 1, 1];
  const probability = [0.1, 0.3, 0.3, 0.6, 0.8, 0.8];
  const choose = (rule: unknown, labels = label, probabilities = probability) =>
    ask(['threshold', JSON.stringify(rule), labels, probabilities])[0];

  it('is a number as it was given, 0.5 when none was', () => {
    assert.equal(choose(0.37), 0.37);
    assert.equal(choose(0), 0);
    assert.equal(ask(['threshold', null, label, probability])[0], 0.5);
  });

  it('maximizes a measure over the probabilities that occur', () => {
    // At 0.3: 3 of 5 right, all found (f1 0.75); at 0.8: 2 of 2, 2 of 3 found (f1 0.8).
    assert.equal(choose({ maximize: 'f1' }), 0.8);
    assert.equal(choose({ maximize: 'recall' }), 0.3, 'of 0.1 and 0.3, both of recall 1, the one nearer to 0.5');
    assert.equal(choose({ maximize: 'precision' }), 0.8);
    assert.equal(choose({ maximize: 'accuracy' }), 0.8);
    assert.equal(choose({ maximize: 'precision', atLeast: { recall: 0.9 } }), 0.3);
    assert.equal(
      choose({ maximize: 'recall', atLeast: { precision: 0.65 } }),
      0.6,
      'at 0.6 and 0.8 recall is the same',
    );
  });

  it('takes the lower of two that are as good and as near to 0.5', () => {
    assert.equal(choose({ maximize: 'accuracy' }, [0, 1, 1, 0, 1], [0.1, 0.25, 0.75, 0.75, 0.75]), 0.25);
    assert.equal(choose({ costs: { falsePositive: 1, falseNegative: 1 } }, [1, 0, 1], [0.75, 0.25, 0.25]), 0.25);
  });

  it('has the least cost', () => {
    assert.equal(choose({ costs: { falsePositive: 1, falseNegative: 10 } }), 0.3);
    assert.equal(choose({ costs: { falsePositive: 10, falseNegative: 1 } }), 0.8);
  });

  it('is refused when none keeps what is asked, or when the rule is none', () => {
    assert.match(
      failure(choose({ maximize: 'recall', atLeast: { precision: 0.9 } }, [1, 0], [0.5, 0.5])),
      /none keeps precision 0\.9 on the validation part; the most, each alone, is precision 0\.5000\. Lower evaluate\.threshold\.atLeast/,
    );
    const wrong = [1.5, true, null, 'high', { maximize: 'auc' }, { maximize: 'f1', atLeast: { f1: 1 } }, { costs: {} }];
    for (const answer of ask(...wrong.map((rule) => ['threshold', JSON.stringify(rule), label, probability])))
      assert.match(failure(answer), /hyperparameter threshold: found .+; write a number from 0 to 1/);
    assert.match(failure(ask(['threshold', '{', label, probability])[0]), /hyperparameter threshold/);
  });
});

describe('weights of classes', () => {
  it("are rows / (classes × the class's rows) when balanced, times the rows' own", () => {
    const [binary, several, times] = ask(
      ['weights', '"balanced"', [], [0, 0, 0, 1], null],
      ['weights', '"balanced"', ['a', 'b', 'c'], [0, 1, 1, 2, 2, 2], null],
      ['weights', '{"b": 4}', ['a', 'b', 'c'], [0, 1, 1, 2], [1, 0.5, 0, 3]],
    );
    assert.deepEqual(binary, [4 / 6, 4 / 6, 4 / 6, 2]);
    assert.deepEqual(several, [2, 1, 1, 6 / 9, 6 / 9, 6 / 9]);
    assert.deepEqual(times, [1, 2, 0, 3]);
  });

  it('name classes: of a binary label false and true, or 0 and 1', () => {
    const [words, digits, unknown, wrong] = ask(
      ['weights', '{"true": 5}', [], [0, 1], null],
      ['weights', '{"1": 5}', [], [0, 1], null],
      ['weights', '{"d": 5}', ['a', 'b', 'c'], [0, 1, 2], null],
      ['weights', '{"a": -1}', ['a', 'b', 'c'], [0, 1, 2], null],
    );
    assert.deepEqual(words, [1, 5]);
    assert.deepEqual(digits, [1, 5]);
    assert.match(failure(unknown), /there is no class 'd'; the classes are a, b, c/);
    assert.match(failure(wrong), /hyperparameter class_weights: found '\{"a": -1\}'; write "balanced"/);
  });
});

describe('measures by hand', () => {
  it('of several classes leave out a class that does not occur', () => {
    const rows = [
      [0.5, 0.25, 0.125, 0.125],
      [0.25, 0.5, 0.25, 0],
      [0.75, 0.25, 0, 0],
    ];
    const [measured] = ask(['multiclass', [0, 1, 1], rows]) as Record<string, number>[];
    assert.ok(measured);
    // Class 0 lies above one of the two others, class 1 is once above and once level with the row of class 0.
    assert.equal(measured.auc, (0.5 + 0.75) / 2);
    assert.equal(measured.accuracy, 2 / 3);
    assert.equal(measured.precision_macro, (0.5 + 1) / 2);
    assert.equal(measured.recall_weighted, (1 * 1 + 2 * 0.5) / 3);
    const brier = (0.25 + 0.0625 + 2 / 64 + (0.0625 + 0.25 + 0.0625) + (0.5625 + 0.5625)) / 3;
    assert.ok(Math.abs(Number(measured.brier) - brier) < 1e-15);
    assert.ok(Math.abs(Number(measured.log_loss) + (2 * Math.log(0.5) + Math.log(0.25)) / 3) < 1e-15);
    // Top classes: 0.5 right, 0.5 right, 0.75 wrong.
    assert.ok(Math.abs(Number(measured.calibration_error) - (1 + 0.75) / 3) < 1e-15);
  });

  it('of values interpolate quantiles between neighbours', () => {
    const [measured] = ask(['regression', [1, 2, 3, 4], [1, 3, 5, 1]]);
    assert.deepEqual(measured, {
      rmse: Math.sqrt(14 / 4),
      mae: 1.5,
      r2: 1 - 14 / 5,
      absolute_error_p50: 1.5,
      absolute_error_p90: 2.7,
    });
  });
});
