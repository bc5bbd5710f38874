import assert from 'node:assert/strict';
import fc from 'fast-check';
import { changesBetween } from '../../src/plan/changes.ts';
import { consequencesOf } from '../../src/plan/consequences.ts';
import { planSchema } from '../../src/plan/schema.ts';
import { tinyPlan } from '../support/plan.ts';

const GATES = [
  { metric: 'auc', min: 0.6 },
  { metric: 'auc', versusChampion: 0 },
  { metric: 'log_loss', max: 0.6 },
];

describe('the changes of a plan', () => {
  const between = (old: Record<string, unknown>, now: Record<string, unknown>) =>
    changesBetween(tinyPlan(old), tinyPlan(now));

  it('are told by the path that a person would look for', () => {
    const old = { evaluate: { gates: GATES }, deploy: { rollout: { steps: [10, 100] } } };
    const now = {
      evaluate: { gates: [{ metric: 'pr_auc', min: 0.2 }, { ...GATES[0], min: 0.7 }, GATES[2]] },
      deploy: { rollout: { steps: [50, 100] } },
    };
    assert.deepEqual(between(old, now), [
      { kind: 'added', path: 'evaluate.gates[pr_auc]', new: { metric: 'pr_auc', min: 0.2, minRows: 1000 } },
      { kind: 'changed', path: 'evaluate.gates[auc].min', old: 0.6, new: 0.7 },
      {
        kind: 'removed',
        path: 'evaluate.gates[auc versusChampion]',
        old: { metric: 'auc', versusChampion: 0, confidence: 0.95 },
      },
      { kind: 'changed', path: 'deploy.rollout.steps', old: [10, 100], new: [50, 100] },
    ]);
  });

  it('are none between a plan and itself, whatever the order of its keys', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, inner]) => [key, reversed(inner)]),
      );
    };
    const plan = tinyPlan({ evaluate: { gates: GATES } });
    assert.deepEqual(changesBetween(plan, reversed(plan)), []);
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.deepEqual(changesBetween(value, reversed(value)), [])));
  });

  it('tell candidates apart by their names, and two of one name by their places', () => {
    const xgboost = (num_round: number, name?: string) => ({
      algorithm: 'xgboost',
      name,
      hyperparameters: { num_round },
    });
    const objective = { metric: 'auc', goal: 'maximize' };
    const plan = (...candidates: object[]) => ({ train: { objective, candidates } });
    assert.deepEqual(between(plan(xgboost(10), xgboost(20, 'deep')), plan(xgboost(30, 'deep'), xgboost(10))), [
      { kind: 'changed', path: 'train.candidates[deep].hyperparameters.num_round', old: 20, new: 30 },
    ]);
    const twins = { evaluate: { gates: [GATES[0], { metric: 'auc', min: 0.9 }] } };
    const [change] = between({ evaluate: { gates: [GATES[0]] } }, twins);
    assert.equal(change?.path, 'evaluate.gates[auc #2]');
  });
});

describe('the consequences of a change', () => {
  it('reach the stage that reads it and all after, and what is at once is told first', () => {
    const { follows, stages } = consequencesOf(['deploy.api.rate', 'train.candidates[deep]', 'retrain.schedule']);
    assert.deepEqual(stages, ['train', 'evaluate', 'deploy']);
    assert.deepEqual(
      follows.map(({ when }) => when),
      ['at once', 'with the next cycle', 'with the next deployment'],
    );
    assert.deepEqual(consequencesOf(['monitor.every']).stages, []);
    assert.deepEqual(consequencesOf(['train.budget.perCycleUsd']).stages, ['plan']);
    assert.deepEqual(consequencesOf(['evaluate.threshold']).stages, ['train', 'evaluate', 'deploy']);
  });

  it('are known of every key of a plan but the model, which is another one then', () => {
    const keys = Object.keys(planSchema.shape).filter((key) => key !== 'model');
    for (const key of keys) assert.notDeepEqual(consequencesOf([`${key}.x`]).follows, [], key);
  });
});
