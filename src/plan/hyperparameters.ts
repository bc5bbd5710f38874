/** The hyperparameters that each algorithm takes; container/train.py reads them. Pure. */
import { closest } from './problems.ts';
import type { Algorithm } from './train.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole?: true;
}

const XGBOOST: Readonly<Record<string, Range>> = {
  num_round: { min: 1, max: 10_000, whole: true },
  max_depth: { min: 1, max: 20, whole: true },
  eta: { min: 0.0001, max: 1 },
  min_child_weight: { min: 0, max: 1e6 },
  subsample: { min: 0.01, max: 1 },
  colsample_bytree: { min: 0.01, max: 1 },
  gamma: { min: 0, max: 1e6 },
  lambda: { min: 0, max: 1e6 },
  alpha: { min: 0, max: 1e6 },
  max_bin: { min: 2, max: 65_536, whole: true },
  scale_pos_weight: { min: 0.0001, max: 1e6 },
  early_stopping_rounds: { min: 1, max: 10_000, whole: true },
};

const LOGISTIC: Readonly<Record<string, Range>> = {
  C: { min: 1e-8, max: 1e8 },
  max_iter: { min: 1, max: 100_000, whole: true },
  tol: { min: 1e-12, max: 1 },
};

const LINEAR: Readonly<Record<string, Range>> = {
  alpha: { min: 0, max: 1e8 },
};

/** scikit-learn's histogram gradient boosting. */
const BOOSTING: Readonly<Record<string, Range>> = {
  max_iter: { min: 1, max: 10_000, whole: true },
  learning_rate: { min: 0.0001, max: 1 },
  max_leaf_nodes: { min: 2, max: 65_536, whole: true },
  max_depth: { min: 1, max: 100, whole: true },
  min_samples_leaf: { min: 1, max: 1_000_000, whole: true },
  l2_regularization: { min: 0, max: 1e6 },
  max_bins: { min: 2, max: 255, whole: true },
  early_stopping_rounds: { min: 1, max: 10_000, whole: true },
};

/** A script takes whatever it likes: it is not listed here. */
export const HYPERPARAMETERS: Readonly<Partial<Record<Algorithm, Readonly<Record<string, Range>>>>> = {
  xgboost: XGBOOST,
  'gradient-boosting': BOOSTING,
  'logistic-regression': LOGISTIC,
  'linear-regression': LINEAR,
};

/** What is wrong with an algorithm's hyperparameters: unknown names, and values out of range. */
export function hyperparameterProblems(
  algorithm: Algorithm,
  given: Readonly<Record<string, unknown>>,
): { name: string; found: string; mend: string }[] {
  const known = HYPERPARAMETERS[algorithm];
  if (!known) return [];
  return Object.entries(given).flatMap(([name, value]) => {
    const range = known[name];
    if (!range) {
      const near = closest(name, Object.keys(known));
      return [
        {
          name,
          found: `${algorithm} takes no such hyperparameter`,
          mend: near ? `did you mean ${near}?` : `it takes ${Object.keys(known).join(', ')}`,
        },
      ];
    }
    const fits =
      typeof value === 'number' &&
      value >= range.min &&
      value <= range.max &&
      (!range.whole || Number.isInteger(value));
    return fits
      ? []
      : [
          {
            name,
            found: `found ${JSON.stringify(value)}`,
            mend: `write a ${range.whole ? 'whole ' : ''}number from ${range.min} to ${range.max}`,
          },
        ];
  });
}
