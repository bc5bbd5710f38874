/** Numbers as reports show them. */
import type { Estimate } from '../activities/types.ts';
import type { Metric } from '../plan/schema.ts';

export const METRIC_NAMES: Readonly<Record<Metric, string>> = {
  auc: 'AUC',
  pr_auc: 'PR-AUC',
  log_loss: 'Log-loss',
  brier: 'Brier score',
  calibration_error: 'Calibration error',
  accuracy: 'Accuracy',
  precision: 'Precision',
  recall: 'Recall',
  f1: 'F1',
  precision_macro: 'Precision, macro',
  recall_macro: 'Recall, macro',
  f1_macro: 'F1, macro',
  precision_weighted: 'Precision, weighted',
  recall_weighted: 'Recall, weighted',
  f1_weighted: 'F1, weighted',
  rmse: 'RMSE',
  mae: 'Mean absolute error',
  r2: 'R²',
  absolute_error_p50: 'Absolute error, median',
  absolute_error_p90: 'Absolute error, 90 %',
};

export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
export const fixed = (value: number, digits = 4): string =>
  Number.isFinite(value)
    ? value
        .toFixed(digits)
        .replace(/^-(?=0\.?0*$)/, '')
        .replace('-', '−')
    : 'undefined';
export const signed = (value: number, digits = 4): string => `${value > 0 ? '+' : ''}${fixed(value, digits)}`;
export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits).replace('-', '−')} %`;
export const interval = ({ low, high }: Estimate, show: (value: number) => string = fixed): string =>
  `${show(low)} to ${show(high)}`;

/** A p-value: what is below a double's reach is not called zero. */
export function pValue(p: number): string {
  if (p >= 0.001) return p.toFixed(3);
  return p > 0 ? p.toExponential(0).replace('-', '−') : '< 1e−300';
}

/** "31 May 2001, 14:00 UTC" */
export function instant(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const day = at.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return `${day}, ${at.toISOString().slice(11, 16)} UTC`;
}
