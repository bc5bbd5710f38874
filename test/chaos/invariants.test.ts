import assert from 'node:assert/strict';
import { differences, type Life, lostInPeace } from '../../chaos/invariants.ts';

const PEACE: Life = {
  told: { model: 'calm', champion: 1, outcomes: [{ cycle: 1, outcome: 'deployed', version: 1 }] },
  world: {
    things: ['training <model>-1-xgboost, Completed', 'package version 1, Approved'],
    artifacts: { 'cycles/1/model.tar.gz: xgboost-model': 'abc' },
    ledger: ['1 plan applied by chaos {}', '2 serving by chaos {}'],
    broken: [],
  },
};
const fire = (world: Partial<Life['world']>, told: Partial<Life['told']> = {}): Life => ({
  told: { ...PEACE.told, model: 'hit', ...told },
  world: { ...PEACE.world, ...world },
});

describe('the invariants of chaos', () => {
  it('hold for a life that went as in peace', () => assert.deepEqual(differences(PEACE, fire({})), []));

  const wrong: [what: string, life: Life, said: RegExp][] = [
    [
      'a job that was made twice',
      fire({ things: [...PEACE.world.things, 'training <model>-1-xgboost, Completed'] }),
      /too much: training/,
    ],
    ['a package that is missing', fire({ things: PEACE.world.things.slice(0, 1) }), /missing: package/],
    ['another model', fire({ artifacts: { 'cycles/1/model.tar.gz: xgboost-model': 'abd' } }), /artifact/],
    ['an entry too few', fire({ ledger: PEACE.world.ledger.slice(0, 1) }), /ledger: missing: 2 serving/],
    ['a broken chain', fire({ broken: ['entry 2: it names another'] }), /entry 2/],
    ['another outcome', fire({}, { outcomes: [{ cycle: 1, outcome: 'failed' }] }), /missing: cycle 1 deployed/],
    ['another champion', fire({}, { champion: 2 }), /champion 2/],
  ];
  for (const [what, life, said] of wrong)
    it(`tell of ${what}`, () => assert.match(differences(PEACE, life).join('\n'), said));

  it('forgive a request that was lost while its own server was dead, and no other', () => {
    const since = 1_000_000;
    const kill = (victim: 'worker' | 'sagemaker') => [
      { at: 'judge', phase: 'before' as const, victim, since, back: since + 2_000 },
    ];
    const lost = [{ at: since + 500, until: since + 600, why: 'refused' }];
    assert.deepEqual(lostInPeace('hit', lost, kill('sagemaker')), []);
    assert.equal(lostInPeace('hit', lost, kill('worker')).length, 1);
    const later = { at: since + 60_000, until: since + 60_001, why: 'refused' };
    assert.equal(lostInPeace('hit', [later], kill('sagemaker')).length, 1);
    const underWay = { at: since - 5_000, until: since + 1, why: 'socket hang up' };
    assert.deepEqual(lostInPeace('hit', [underWay], kill('sagemaker')), []);
    assert.equal(lostInPeace('hit', [{ ...underWay, until: since - 1 }], kill('sagemaker')).length, 1);
  });
});
