/** A small plan that is right, for tests that need one. */
import type { FrozenPlan } from '../../src/activities/types.ts';
import { type Plan, planSchema } from '../../src/plan/schema.ts';

const BASE = {
  model: 'tiny',
  objective: 'Tell whether x is large.',
  owner: { team: 'Tests', contact: 'tests@example.com' },
  collect: { sources: { rows: { uri: 'rows.parquet' } } },
  prepare: {
    label: 'y',
    inputs: ['x'],
    split: { by: 'random', validation: '10%', test: '10%' },
  },
  train: {
    objective: { metric: 'auc', goal: 'maximize' },
    candidates: [{ algorithm: 'logistic-regression' }],
  },
  deploy: { rollout: { probation: 0 } },
};

/** `more` replaces whole sections of the plan; wishes wait for no others unless it says so. */
export const tinyPlan = ({ retrain, ...more }: Readonly<Record<string, unknown>> = {}): Plan =>
  planSchema.parse({ ...BASE, ...more, retrain: { debounce: 0, ...(retrain as object | undefined) } });

export const tinyFrozen = (more: Readonly<Record<string, unknown>> = {}): FrozenPlan => ({
  plan: tinyPlan(more),
  features: 'SELECT row_id, y, x FROM rows',
  files: {},
  hash: 'f'.repeat(64),
});
