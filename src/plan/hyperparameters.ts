/** The hyperparameters that each algorithm takes; container/train.py reads them. Pure. */
import { closest } from './problems.ts';

interface Range {
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

export const HYPERPARAMETERS: Readonly<Record<string, Readonly<Record<string, Range>>>> = {
  xgboost: XGBOOST,
  'logistic-regression': LOGISTIC,
};

/** What is wrong with an algorithm's hyperparameters: unknown names, and values out of range. */
export function hyperparameterProblems(
  algorithm: string,
  given: Readonly<Record<string, unknown>>,
): { name: string; found: string; mend: string }[] {
  const known = HYPERPARAMETERS[algorithm] ?? {};
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
