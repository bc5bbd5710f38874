import assert from 'node:assert/strict';
import { stepsOf } from '../../src/operations/feature-steps.ts';
import { tinyPlan } from '../support/plan.ts';

const PREPARE = {
  ...{ label: 'y', inputs: ['x'], split: { by: 'random', validation: '10%', test: '10%' } },
  ...{
    clip: [0.01, 0.99],
    impute: { '*': 'mean', far: 'none', town: { constant: 'none' } },
    scale: { wide: 'standard' },
  },
  encode: { town: 'target', sky: 'one-hot' },
};

describe('the steps of a feature', () => {
  const plan = tinyPlan({ prepare: PREPARE });
  const how = (raw: Record<string, unknown>, features: Record<string, number | null>) =>
    Object.fromEntries(stepsOf({ raw, features }, plan).map((step) => [step.feature, step.how]));

  it('say how each became what the model reads', () => {
    const raw = { near: 5, cut: 900, gone: null, far: null, wide: 3, town: null, sky: 'blue', late: true };
    const features = {
      ...{ near: 5, cut: 100, gone: 7, far: null, wide: 0.2, town: 0.3, sky_blue: 1, sky_grey: 0, late: 1 },
    };
    assert.deepEqual(how(raw, features), {
      near: 'as it is',
      cut: 'cut at the bound that training showed',
      gone: 'missing: filled with the mean of training',
      far: 'missing, and left so',
      wide: 'standard scaling',
      town: 'missing: filled with "none"; target encoding: the mean label of its category in training',
      sky: 'one-hot encoding: a column a category',
      late: 'a condition: 0 or 1',
    });
  });

  it('put the columns of one feature together, in the order of the model', () => {
    const steps = stepsOf(
      { raw: { sky: 'blue', sky_high: 1 }, features: { sky_blue: 1, sky_high: 2, sky_grey: 0 } },
      plan,
    );
    assert.deepEqual(
      steps.map(({ feature, columns }) => [feature, columns.map(({ name }) => name)]),
      [
        ['sky', ['sky_blue', 'sky_grey']],
        ['sky_high', ['sky_high']],
      ],
    );
  });
});
