import assert from 'node:assert/strict';
import { bootstrap, estimate, improvements, lowerBound, upperBound } from '../../src/data/bootstrap.ts';
import { describeGate, holdGate } from '../../src/data/gates.ts';
import { measure, type Ranked, rank } from '../../src/data/metrics.ts';
import { measurableRows } from '../../src/data/scores.ts';
import { measureSlices } from '../../src/data/slices.ts';
import type { Gate } from '../../src/plan/schema.ts';

/** Rows of a known truth: a repeatable sequence of numbers in 0..1, and labels that come true as they say. */
function world(rows: number, seed = 1) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const truth = Array.from({ length: rows }, () => 0.05 + 0.9 * next());
  return { truth, labels: truth.map((p) => (next() < p ? 1 : 0)), noise: truth.map(() => next()) };
}
const scored = async (models: Ranked[]) => {
  const replicates = await bootstrap(models, { seed: 7, replicates: 200 });
  return models.map((model, i) => ({
    measures: measure(model),
    replicates: replicates[i] as NonNullable<(typeof replicates)[0]>,
  }));
};

describe('the bootstrap', () => {
  it('is repeatable by its seed, and another seed draws other rows', async () => {
    const { truth, labels } = world(300);
    const ranked = rank(labels, truth);
    const [a] = await bootstrap([ranked], { seed: 7, replicates: 20 });
    const [b] = await bootstrap([ranked], { seed: 7, replicates: 20 });
    const [c] = await bootstrap([ranked], { seed: 8, replicates: 20 });
    assert.deepEqual(a, b);
    assert.notDeepEqual(a?.auc, c?.auc);
  });

  it('spreads as theory says: the standard error of the Brier score of independent rows', async () => {
    const { truth, labels } = world(4000);
    const ranked = rank(labels, truth);
    const [found] = await bootstrap([ranked], { seed: 3, replicates: 400 });
    const squares = truth.map((p, i) => (p - (labels[i] as number)) ** 2);
    const mean = squares.reduce((a, b) => a + b) / squares.length;
    const error = Math.sqrt(squares.reduce((sum, x) => sum + (x - mean) ** 2, 0)) / squares.length;
    const { low, high } = estimate(mean, found?.brier ?? new Float64Array()) ?? { low: 0, high: 0 };
    assert.ok(Math.abs((high - low) / (2 * 1.96 * error) - 1) < 0.15, `${low}–${high} is not ±1.96 × ${error}`);
  });

  it('covers the true value about as often as it says', async () => {
    let covered = 0;
    for (let trial = 1; trial <= 100; trial++) {
      const { truth, labels } = world(200, trial * 7919);
      const ranked = rank(labels, truth);
      const [found] = await bootstrap([ranked], { seed: trial, replicates: 100 });
      const expected = truth.reduce((sum, p) => sum + p * (1 - p), 0) / truth.length;
      const one = estimate(measure(ranked).brier, found?.brier ?? new Float64Array());
      if (one && one.low <= expected && expected <= one.high) covered++;
    }
    assert.ok(covered >= 86 && covered <= 100, `${covered} of 100`);
  });

  it('pairs models: the same model is better than itself by nothing, in every replicate', async () => {
    const { truth, labels } = world(300);
    const [a, b] = await bootstrap([rank(labels, truth), rank(labels, truth)], { seed: 1, replicates: 30 });
    assert.ok(a && b && improvements('log_loss', a, b).every((gain) => gain === 0));
  });

  it('lets others run: it breathes after each replicate, and what is thrown there ends it', async () => {
    const { truth, labels } = world(50);
    let breaths = 0;
    const breathe = async () => {
      if (++breaths === 3) throw new Error('cancelled');
    };
    await assert.rejects(bootstrap([rank(labels, truth)], { seed: 1, breathe }), /cancelled/);
  });

  it('refuses models of other rows, and has no interval for what most replicates leave undefined', async () => {
    await assert.rejects(bootstrap([rank([0, 1], [0, 1]), rank([0], [0])], { seed: 1 }), RangeError);
    assert.equal(estimate(0.5, Float64Array.of(Number.NaN, Number.NaN, 0.5)), undefined);
    assert.equal(estimate(Number.NaN, Float64Array.of(0.5, 0.5)), undefined);
    assert.ok(Number.isNaN(lowerBound(Float64Array.of(Number.NaN), 0.95)));
  });

  it('bounds from below and above alike', () => {
    const values = Float64Array.from({ length: 101 }, (_, i) => i);
    assert.equal(Math.round(lowerBound(values, 0.95)), 5);
    assert.equal(Math.round(upperBound(values, 0.95)), 95);
  });
});

describe('gates', () => {
  const gate = (text: Partial<Gate>) => text as Gate;
  const { truth, labels, noise } = world(3000);
  const good = rank(labels, truth);
  const poor = rank(
    labels,
    truth.map((p, i) => 0.6 * p + 0.4 * (noise[i] as number)),
  );

  it('hold a limit on the value itself, and say what was found', async () => {
    const [one] = await scored([good]);
    assert.ok(one);
    assert.deepEqual(
      [0.6, 0.99].map(
        (min) => holdGate(gate({ metric: 'auc', min, minRows: 1 }), one, 'there is no champion yet', []).held,
      ),
      [true, false],
    );
    assert.match(
      holdGate(gate({ metric: 'auc', min: 0.99, minRows: 1 }), one, 'there is no champion yet', []).found,
      /^0\.\d{4}$/,
    );
    assert.equal(
      holdGate(gate({ metric: 'log_loss', max: 0.1, minRows: 1 }), one, 'there is no champion yet', []).held,
      false,
    );
  });

  it('hold a comparison only when the better model is surely better', async () => {
    const [better, worse] = await scored([good, poor]);
    assert.ok(better && worse);
    const wanted = gate({ metric: 'log_loss', versusChampion: 0, confidence: 0.95 });
    assert.equal(holdGate(wanted, better, worse, []).held, true);
    assert.equal(holdGate(wanted, worse, better, []).held, false);
    assert.equal(holdGate(wanted, better, better, []).held, false, 'a twin is not better');
    assert.equal(
      holdGate(gate({ metric: 'auc', versusChampion: -0.005, confidence: 0.95 }), better, better, []).held,
      true,
    );
    assert.equal(
      holdGate(gate({ metric: 'auc', versusChampion: -0.005, confidence: 0.95 }), worse, better, []).held,
      false,
    );
    assert.equal(
      holdGate(gate({ metric: 'auc', versusChampion: 0.5, confidence: 0.95 }), better, worse, []).held,
      false,
    );
  });

  it('hold a comparison that has no champion, and say so', async () => {
    const [one] = await scored([good]);
    assert.ok(one);
    const found = holdGate(
      gate({ metric: 'auc', versusChampion: 0, confidence: 0.95 }),
      one,
      'there is no champion yet',
      [],
    );
    assert.equal(found.held, true);
    assert.match(found.found, /not applicable: there is no champion/);
  });

  it('do not hold what cannot be measured', async () => {
    const [one] = await scored([rank([0, 0, 0], [0.1, 0.2, 0.3])]);
    assert.ok(one);
    const result = holdGate(gate({ metric: 'auc', min: 0.1, minRows: 1 }), one, 'there is no champion yet', []);
    assert.deepEqual([result.held, result.found], [false, 'undefined: the rows hold only one class']);
    assert.equal(holdGate(gate({ metric: 'auc', versusChampion: -1, confidence: 0.9 }), one, one, []).held, false);
  });

  it('look at every slice with rows enough, and name the worst', async () => {
    const values = labels.map((_, i) => (i < 1000 ? 'ORD' : i < 2900 ? 'LAX' : null));
    const mixed = labels.map((label, i) => (i < 1000 ? 1 - label : label) * 0.5 + 0.25 * (truth[i] as number));
    const scores = { target: { problem: 'binary' }, values: mixed } as const;
    const part = (some: readonly number[]) => measurableRows(labels, scores, some);
    const slices = await measureSlices('origin', values, part, { seed: 1, replicates: 20 });
    assert.deepEqual(
      slices.map((slice) => [slice.value, slice.rows]),
      [
        ['LAX', 1900],
        ['ORD', 1000],
        [null, 100],
      ],
    );
    const [one] = await scored([good]);
    assert.ok(one);
    const held = holdGate(gate({ metric: 'auc', min: 0.5, slice: 'origin', minRows: 1001 }), one, 'none', slices);
    assert.deepEqual([held.held, held.found.startsWith('all 1 hold; the worst is LAX')], [true, true]);
    const broken = holdGate(gate({ metric: 'auc', min: 0.5, slice: 'origin', minRows: 100 }), one, 'none', slices);
    assert.equal(broken.held, false);
    assert.match(broken.found, /1 of 3 break it: ORD 0\.\d+ \(1,000 rows\)/);
    const none = holdGate(gate({ metric: 'auc', min: 0.5, slice: 'origin', minRows: 9999 }), one, 'none', slices);
    assert.deepEqual([none.held, none.found], [true, 'not applicable: no origin has 9,999 rows']);
  });

  it('read as sentences', () => {
    assert.equal(
      describeGate(gate({ metric: 'auc', min: 0.55, slice: 'origin', minRows: 2000 })),
      'auc ≥ 0.55 on every origin with at least 2,000 rows',
    );
    assert.equal(
      describeGate(gate({ metric: 'log_loss', versusChampion: 0, confidence: 0.95 })),
      "log_loss better than the champion's, with 95 % confidence",
    );
  });
});
