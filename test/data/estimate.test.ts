import assert from 'node:assert/strict';
import { correctionOn, estimateFindings, estimateQuality, isEstimable } from '../../src/data/estimate.ts';
import { multiclassRows } from '../../src/data/multiclass.ts';
import { corrected, fitCorrection } from '../../src/data/recalibrate.ts';
import { measurableRows } from '../../src/data/scores.ts';
import { generator } from './generator.ts';

const options = { seed: 7, breathe: async () => {} };
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Rows about `centre`, and what an overconfident model says of them: twice the log-odds that are true. */
function binaryWorld(rows: number, centre: number, seed: number, truth = (x: number) => sigmoid(1.2 * x - 0.8)) {
  const { normal, uniform } = generator(seed);
  const xs = Array.from({ length: rows }, () => centre + normal());
  return {
    labels: xs.map((x) => (uniform() < truth(x) ? 1 : 0)),
    values: xs.map((x) => sigmoid(2 * (1.2 * x - 0.8))),
  };
}
const BINARY = { target: { problem: 'binary' as const }, threshold: 0.4 };
const test = binaryWorld(6000, 0, 1);
const correction = correctionOn(test.labels, { ...BINARY, values: test.values });

async function compared(live: { labels: number[]; values: number[] }) {
  const scores = { ...BINARY, values: live.values };
  const found = await estimateQuality(scores, correction, options);
  assert.ok(found);
  const measured = measurableRows(live.labels, scores).measure();
  return Object.entries(found.metrics).map(([name, one]) => {
    const value = measured[name] as number;
    return { name, found: one, value, inside: one !== undefined && one.low <= value && value <= one.high };
  });
}

describe('quality that is estimated before outcomes come', () => {
  it('is what outcomes then say, within its sampling error, where inputs moved', async () => {
    let [inside, all] = [0, 0];
    for (const [at, centre] of [-1, -0.5, 0, 0.5, 1, 1.5].entries())
      for (const { name, found, value, inside: held } of await compared(binaryWorld(3000, centre, 100 + at))) {
        inside += held ? 1 : 0;
        all++;
        assert.ok(
          Math.abs((found?.value ?? Number.NaN) - value) < 0.05,
          `${name} at ${centre}: ${found?.value}, ${value}`,
        );
      }
    // Of 95 % intervals.
    assert.ok(all === 48 && inside >= 43, `${inside} of ${all}`);
  });

  it('corrects what the model says too loudly: taken at its word it would be better than it is', async () => {
    const live = binaryWorld(3000, 1, 50);
    const scores = { ...BINARY, values: live.values };
    const measured = measurableRows(live.labels, scores).measure();
    const none = { intercept: 0, slope: 1, drawn: () => ({ intercept: 0, slope: 1 }) };
    const [honest, loud] = await Promise.all([correction, none].map((one) => estimateQuality(scores, one, options)));
    const off = (found: typeof honest) =>
      Math.abs((found?.metrics.log_loss?.value ?? 0) - (measured.log_loss as number));
    assert.ok(off(honest) < 0.02 && off(loud) > 0.1, `${off(honest)}, ${off(loud)}`);
  });

  it('is blind to a world in which the same inputs mean something else', async () => {
    const turned = await compared(binaryWorld(3000, 0, 60, (x) => sigmoid(-1.2 * x)));
    const auc = turned.find(({ name }) => name === 'auc');
    assert.ok((auc?.found?.value ?? 0) > 0.75 && (auc?.value ?? 1) < 0.3);
  });

  it('holds among several classes', async () => {
    const world = (rows: number, centre: number, seed: number) => {
      const { normal, uniform } = generator(seed);
      const [labels, values]: [number[], number[]] = [[], []];
      for (let row = 0; row < rows; row++) {
        const x = centre + normal();
        const odds = [1, Math.exp(x), Math.exp(1.5 * x - 0.5)];
        const share = (power: number) => {
          const sum = odds.reduce((total, one) => total + one ** power, 0);
          return odds.map((one) => one ** power / sum);
        };
        const [first = 0, second = 0] = share(1);
        const at = uniform();
        labels.push(at < first ? 0 : at < first + second ? 1 : 2);
        values.push(...share(1.3));
      }
      return { labels, values };
    };
    const classes = ['sun', 'rain', 'snow'];
    const before = world(6000, 0, 3);
    const live = world(3000, 0.8, 4);
    const target = { problem: 'multiclass' as const, classes };
    const known = correctionOn(before.labels, { target, values: before.values });
    const found = await estimateQuality({ target, values: live.values }, known, options);
    const measured = multiclassRows(live.labels, live.values, classes).measure();
    for (const name of ['accuracy', 'log_loss', 'brier', 'f1_macro', 'auc', 'f1[rain]']) {
      const one = found?.metrics[name];
      assert.ok(
        one && Math.abs(one.value - (measured[name] as number)) < 0.03,
        `${name}: ${one?.value}, ${measured[name]}`,
      );
    }
  });

  it('is the same at every run, leaves calibration out, and is not made of a regression', async () => {
    const scores = { ...BINARY, values: test.values };
    const [one, two] = [
      await estimateQuality(scores, correction, options),
      await estimateQuality(scores, correction, options),
    ];
    assert.deepEqual(one, two);
    assert.equal(one?.metrics.calibration_error, undefined);
    assert.ok(!isEstimable('calibration_error') && isEstimable('f1[rain]'));
    assert.equal(
      await estimateQuality({ target: { problem: 'regression' }, values: [1, 2] }, correction, options),
      undefined,
    );
  });

  it('warns where a limit is surely broken, and never alarms', async () => {
    const found = await estimateQuality({ ...BINARY, values: test.values }, correction, options);
    assert.ok(found);
    const value = found.metrics.auc?.value ?? 0;
    const limits = [
      { metric: 'auc' as const, min: 0.99 },
      { metric: 'auc' as const, min: value + 1e-4 },
      { metric: 'log_loss' as const, max: 2 },
      { metric: 'calibration_error' as const, max: 0 },
    ];
    assert.deepEqual(
      estimateFindings(limits, found).map(({ subject, severity, estimated }) => [subject, severity, estimated]),
      [['auc (estimated)', 'warn', true]],
    );
  });
});

describe('a correction of probabilities', () => {
  it('finds how much too loud they are, and says how sure it is', () => {
    const found = fitCorrection(test.values, test.labels);
    assert.ok(Math.abs(found.slope - 0.5) < 0.03 && Math.abs(found.intercept) < 0.08, JSON.stringify(found));
    assert.ok(Math.abs(corrected(found, sigmoid(2)) - sigmoid(1)) < 0.02);
    const [shifted, same] = [found.drawn(1, 0), found.drawn(0, 0)];
    assert.deepEqual([same.intercept, same.slope], [found.intercept, found.slope]);
    assert.ok(Math.abs(shifted.intercept - found.intercept) < 0.1 && shifted.slope === found.slope);
  });

  it('stays finite where all came true, where all was said alike, and at 0 and 1', () => {
    for (const [said, came] of [
      [
        [0.9, 0.8, 1],
        [1, 1, 1],
      ],
      [
        [0.3, 0.3, 0.3, 0.3],
        [0, 1, 0, 0],
      ],
      [
        [0, 1, 0, 1],
        [0, 1, 1, 0],
      ],
      [[], []],
    ] as const) {
      const found = fitCorrection(said, came);
      for (const p of [0, 0.3, 1]) assert.ok(Number.isFinite(corrected(found, p)), JSON.stringify([said, found]));
    }
  });
});
