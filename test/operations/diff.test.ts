import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { diffText } from '../../src/cli/commands/diff.ts';
import { diffOf, diffShape } from '../../src/operations/diff.ts';
import { tinyFrozen } from '../support/plan.ts';

describe('a difference between plans', () => {
  const old = tinyFrozen();
  const now = {
    ...tinyFrozen({
      deploy: { instance: { type: 'ml.m5.xlarge', count: 2 }, scaling: { max: 4, requestsPerMinute: 100 } },
      retrain: { cooldown: '48h' },
    }),
    features: 'SELECT row_id, y, x, x * x AS squared FROM rows',
    files: { 'past.sql': 'SELECT 1' },
    hash: 'e'.repeat(64),
  };
  const text = (from: typeof old | undefined, to: typeof old) => stripVTControlCharacters(diffText(diffOf(from, to)));

  it('tells texts line by line, durations as people write them, and what both cost', () => {
    const told = text(old, now);
    assert.match(told, /~ retrain\.cooldown: 24 h 0 min → 48 h 0 min/);
    assert.match(told, /-SELECT row_id, y, x FROM rows\n +.*\n? *\+SELECT row_id, y, x, x \* x AS squared FROM rows/);
    assert.match(told, /\+ past\.sql\n/);
    assert.match(told, /the next cycle does otherwise in: prepare, train, evaluate, deploy/i);
    // 0.115 and 2 × 0.23 US dollars an hour, 730 hours; four instances at most.
    assert.match(told, /the endpoint, a month +83\.95 USD → 335\.80 USD/);
    assert.match(told, /scaled out, at most +83\.95 USD → 671\.60 USD/);
  });

  it('is none of the same plan, and a whole model where there was none', () => {
    assert.equal(text(old, old), `tiny: plan ${'f'.repeat(12)} is in force; there is no difference.`);
    assert.match(text(undefined, now), /^tiny would be made, by plan e{12}\./);
  });

  it('says which price is not known', () => {
    const odd = { ...now, ...tinyFrozen({ deploy: { instance: { type: 'ml.g5.48xlarge' } } }), hash: 'a'.repeat(64) };
    assert.match(text(old, odd), /the endpoint, a month +83\.95 USD → not known: write usdPerHour/);
  });

  it('has the shape that it says it has', () => {
    const told = diffOf(old, now);
    assert.deepEqual(diffShape.parse(JSON.parse(JSON.stringify(told))), JSON.parse(JSON.stringify(told)));
  });
});
