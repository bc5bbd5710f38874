import assert from 'node:assert/strict';
import { isOffered, nearby, transformInstance } from '../../src/aws/instances.ts';
import { costUsd, knownTypes, usdPerHour } from '../../src/aws/prices.ts';

describe('prices', () => {
  it('know common instance types, and let the plan say otherwise', () => {
    assert.equal(usdPerHour({ type: 'ml.m5.xlarge' }), 0.23);
    assert.equal(usdPerHour({ type: 'ml.m5.xlarge', usdPerHour: 0.1 }), 0.1);
    assert.equal(usdPerHour({ type: 'ml.unknown.xlarge', usdPerHour: 9 }), 9);
  });

  it('do not guess a type that nobody told the price of', () => {
    assert.equal(usdPerHour({ type: 'ml.p99.gigantic' }), undefined);
    assert.equal(usdPerHour({ type: 'constructor' }), undefined);
  });

  it('are of types that SageMaker offers, and grow with the size within a family', () => {
    for (const type of knownTypes()) assert.ok(isOffered(type, 'training') || isOffered(type, 'hosting'), type);
    const m5 = knownTypes().filter((type) => type.startsWith('ml.m5.'));
    const prices = m5.map((type) => usdPerHour({ type }) ?? 0);
    assert.deepEqual(
      [...prices].sort((a, b) => a - b),
      prices,
    );
  });

  it('multiply by instances and seconds', () => {
    assert.equal(costUsd(0.23, 1, 3_600), 0.23);
    assert.equal(costUsd(0.23, 2, 90), 0.0115);
    assert.equal(costUsd(0.23, 1, 0), 0);
  });
});

describe('instances', () => {
  it('for batch transform are the training ones where they are offered for it', () => {
    assert.deepEqual(transformInstance({ type: 'ml.m5.xlarge' }, { type: 'ml.c5.large' }), { type: 'ml.m5.xlarge' });
    const burst = { type: 'ml.t3.medium', usdPerHour: 1 };
    assert.deepEqual(transformInstance(burst, { type: 'ml.c5.large' }), { type: 'ml.c5.large' });
  });

  it('that are not offered have neighbours that are', () => {
    assert.ok(!isOffered('ml.m5.gigantic', 'hosting'));
    const near = nearby('ml.m55.xlarge', 'training');
    assert.ok(near.includes('ml.m5.xlarge'));
    for (const type of near) assert.ok(isOffered(type, 'training'));
  });
});
