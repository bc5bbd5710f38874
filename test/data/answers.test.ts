import assert from 'node:assert/strict';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Target } from '../../src/activities/types.ts';
import { sameAnswer, shiftOf } from '../../src/data/answers.ts';
import { disagreement } from '../../src/data/disagreement.ts';
import { rivalry } from '../../src/data/rivals.ts';
import { chanceOfMore } from '../../src/data/tails.ts';
import { predictionCounts } from '../../src/data/value-counts.ts';
import { scoredWorld } from '../support/scored.ts';

const target: Target = { problem: 'binary' };
const binary = (values: readonly number[]) => ({ target, values });
const close = (found: number, wanted: number, within = 1e-12) =>
  assert.ok(Math.abs(found - wanted) <= within, `${found} is not ${wanted}`);

describe('the answers of a challenger', () => {
  const test = predictionCounts(binary(Array.from({ length: 10_000 }, (_, row) => (row % 1000) / 1000)));

  it('have a shift whose error is what samples of it have', () => {
    const random = xoroshiro128plus(7);
    const next = () => (random.next() >>> 0) / 2 ** 32;
    const shifts = Array.from({ length: 300 }, () =>
      shiftOf(test, binary(Array.from({ length: 400 }, () => Math.sqrt(next()) * 0.999))),
    );
    const mean = shifts.reduce((sum, { psi }) => sum + psi, 0) / shifts.length;
    const deviation = Math.sqrt(shifts.reduce((sum, { psi }) => sum + (psi - mean) ** 2, 0) / shifts.length);
    const told = shifts.reduce((sum, { error }) => sum + error, 0) / shifts.length;
    assert.ok(mean > 0.4 && Math.abs(told / deviation - 1) < 0.25, `${told} against ${deviation}`);
    assert.ok(shifts.every(({ p }) => p < 1e-6));
  });

  it('are all alike only where that is no chance', () => {
    const rare = predictionCounts(binary([...Array(990).fill(0.1), ...Array(10).fill(0.9)]));
    const constant = binary(Array(200).fill(0.1));
    assert.equal(sameAnswer(rare, constant, 200), undefined, 'ninety-nine of a hundred were so on the test part');
    assert.equal(sameAnswer(rare, constant, 1000), '0.1');
    assert.equal(sameAnswer(rare, binary(Array(200).fill(0.5)), 200), '0.5');
    assert.equal(sameAnswer(rare, binary(Array(200).fill(0.9)), 1), undefined, 'one input has one answer');
    assert.equal(sameAnswer(predictionCounts(constant), constant, 200), undefined, 'they were alike before');
    assert.equal(sameAnswer(rare, binary([0.1, 0.9]), 200), undefined);
  });

  it('are held beside the champion by probabilities, classes or values', () => {
    close(disagreement(binary([0.1, 0.9]), binary([0.3, 0.5])) ?? 1, 0.3);
    const classes = (names: string[], values: number[]) => ({
      target: { problem: 'multiclass' as const, classes: names },
      values,
    });
    close(disagreement(classes(['a', 'b'], [0.9, 0.1]), classes(['b', 'a'], [0.4, 0.6])) ?? 1, 0.3);
    const values = (...found: number[]) => ({ target: { problem: 'regression' as const }, values: found });
    close(disagreement(values(1, 4), values(0, 2)) ?? 1, 1.5);
    assert.equal(disagreement(values(1, 4), values(2, 2)), undefined);
  });

  it('are worse than the champion by what came true only with confidence', async () => {
    const { labels, model } = scoredWorld(2000);
    const of = (values: readonly number[], from: number, to: number) => ({
      labels: labels.slice(from, to),
      scores: binary(values.slice(from, to)),
    });
    const options = { seed: 1, breathe: async () => {} };
    const [good, noise] = [model(0), model(0.97)];
    const worse = await rivalry('auc', of(noise, 0, 1000), of(good, 1000, 2000), options);
    assert.ok(worse.worse && (worse.challenger?.value ?? 1) < (worse.champion?.value ?? 0));
    assert.equal((await rivalry('auc', of(good, 0, 1000), of(good, 1000, 2000), options)).worse, false);
    assert.equal((await rivalry('log_loss', of(good, 0, 1000), of(noise, 1000, 2000), options)).worse, false);
  });

  it('have errors by chance as often as the binomial says', () => {
    close(chanceOfMore(1, 5, 0.01), 1 - 0.99 ** 5);
    close(chanceOfMore(3, 4, 0.5), 5 / 16);
    close(chanceOfMore(1010, 100_000, 0.01), 0.38, 0.01);
    assert.ok(chanceOfMore(2000, 100_000, 0.01) < 1e-9);
    assert.deepEqual([chanceOfMore(0, 9, 0.1), chanceOfMore(1, 9, 0)], [1, 0]);
  });
});
