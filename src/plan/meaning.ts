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

/** The folder of a script beside the plan; empty for the plan's own. */
export const scriptFolder = (path: string): string => path.split('/').slice(0, -1).join('/');

/** Milliseconds that a training job may take in all: spare capacity may be waited for as long as it is used. */
export const maxWaitOf = ({ train: { instance } }: Plan): number =>
  instance.spot ? 2 * instance.maxRuntime : instance.maxRuntime;

/** Training jobs that a candidate takes at most. */
export function trialsOf({ tune }: Plan['train']['candidates'][number]): number {
  if (!tune) return 1;
  if (tune.strategy !== 'grid') return tune.jobs;
  return Object.values(tune.parameters).reduce(
    (product, range) => product * (!Array.isArray(range) && 'values' in range ? range.values.length : 1),
    1,
  );
}

/** Milliseconds that a candidate may take: its trials, side by side as far as the plan lets them. */
export const candidateMaxWait = (plan: Plan, candidate: Plan['train']['candidates'][number]): number =>
  maxWaitOf(plan) * Math.ceil(trialsOf(candidate) / (candidate.tune?.parallel ?? 1));
