/** The kinds of problem, and the measures of each. Definitions: docs/metrics.md. Pure. */
import { z } from 'zod';

export const PROBLEMS = ['binary', 'multiclass', 'regression'] as const;
export type Problem = (typeof PROBLEMS)[number];

export const METRICS = [
  'auc',
  'pr_auc',
  'log_loss',
  'brier',
  'calibration_error',
  'accuracy',
  'precision',
  'recall',
  'f1',
  'precision_macro',
  'recall_macro',
  'f1_macro',
  'precision_weighted',
  'recall_weighted',
  'f1_weighted',
  'rmse',
  'mae',
  'r2',
  'absolute_error_p50',
  'absolute_error_p90',
] as const;
export type Metric = (typeof METRICS)[number];

/** What a problem's models are measured by, over all rows. */
export const METRICS_OF = {
  binary: ['auc', 'pr_auc', 'log_loss', 'brier', 'calibration_error', 'accuracy', 'precision', 'recall', 'f1'],
  multiclass: [
    ...['auc', 'pr_auc', 'log_loss', 'brier', 'calibration_error', 'accuracy'],
    ...['precision_macro', 'recall_macro', 'f1_macro', 'precision_weighted', 'recall_weighted', 'f1_weighted'],
  ] as Metric[],
  regression: ['rmse', 'mae', 'r2', 'absolute_error_p50', 'absolute_error_p90'],
} as const satisfies Record<Problem, readonly Metric[]>;

/** What one class among several is measured by, that class against all others: a gate names it with `class`. */
export const CLASS_METRICS = ['auc', 'pr_auc', 'precision', 'recall', 'f1'] as const satisfies readonly Metric[];

const FALLING: ReadonlySet<Metric> = new Set([
  ...(['log_loss', 'brier', 'calibration_error'] as const),
  ...(['rmse', 'mae', 'absolute_error_p50', 'absolute_error_p90'] as const),
]);

/** A metric over all rows (`auc`), or one class against all others (`auc[rain]`). */
export const measureName = (metric: Metric, ofClass?: string): string =>
  ofClass === undefined ? metric : `${metric}[${ofClass}]`;

/** Which way each measure is better. */
export const better = (metric: Metric): 'maximize' | 'minimize' => (FALLING.has(metric) ? 'minimize' : 'maximize');

export const metric = z.enum(METRICS).describe('A measure that the problem has; see docs/metrics.md.');
