/** What parts of a plan mean to those who use it. Pure. */
import { METRICS_OF, type Metric } from './metrics.ts';
import type { Plan } from './schema.ts';
import type { Algorithm } from './train.ts';

/** What a candidate is called: its name, or its algorithm. */
export const candidateName = (candidate: Plan['train']['candidates'][number]): string =>
  candidate.name ?? candidate.algorithm;

export const metricsOf = ({ problem }: Pick<Plan, 'problem'>): readonly Metric[] => METRICS_OF[problem];

/** The linear model that fits a kind of problem. */
export const linearOf = ({ problem }: Pick<Plan, 'problem'>): Algorithm =>
  problem === 'regression' ? 'linear-regression' : 'logistic-regression';

export const BASELINE = 'baseline';

/** What is trained: the plan's candidates, and a linear baseline when none of them is linear. */
export function candidatesOf(plan: Plan): Plan['train']['candidates'] {
  const { candidates, baseline } = plan.train;
  const linear = linearOf(plan);
  if (baseline === 'none' || candidates.some(({ algorithm }) => algorithm === linear)) return candidates;
  return [...candidates, { algorithm: linear, name: BASELINE, hyperparameters: {} }];
}
