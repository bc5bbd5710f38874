/** What every kind of problem has in common: rows that can be measured, whole or resampled. Definitions: docs/metrics.md. */
import { better, type Metric } from '../plan/metrics.ts';

export { measureName } from '../plan/metrics.ts';

/** Rows that cannot be measured at all: none, of two lengths, or holding what is neither label nor prediction. */
export class MeasureError extends Error {
  override readonly name = 'MeasureError';
}

/** A metric over all rows (`auc`), or one class against all others (`auc[rain]`). */
export type MeasureName = string;

/** A value a measure; NaN where it is undefined on these rows (`whyUndefined` says why). */
export type Measures = Readonly<Record<MeasureName, number>>;

/** Labels and predictions of one model, made ready to be measured again and again. */
export interface Measurable {
  readonly rows: number;
  readonly names: readonly MeasureName[];
  /** About how many steps one measurement takes. */
  readonly steps: number;
  /** All measures in one pass. `weights` counts how often each row is taken; once when left out. */
  measure(weights?: ArrayLike<number>): Measures;
}

export const metricOf = (name: MeasureName): Metric => name.replace(/\[.*$/s, '') as Metric;

/** NaN when it was not measured, too. */
export const valueIn = (measures: Measures, name: MeasureName): number => measures[name] ?? Number.NaN;

/** +1 where a larger value is better, -1 where a smaller one is. */
export const direction = (name: MeasureName): 1 | -1 => (better(metricOf(name)) === 'maximize' ? 1 : -1);

const WHY: Readonly<Partial<Record<Metric, string>>> = {
  auc: 'the rows hold only one class',
  pr_auc: 'no row is of the class',
  precision: 'nothing is predicted to be of the class',
  recall: 'no row is of the class',
  f1: 'no row is of the class or predicted to be',
  r2: 'the label is the same in every row',
};

/** Why a measure is NaN; in words for a report. */
export function whyUndefined(name: MeasureName): string {
  return `undefined: ${WHY[metricOf(name)] ?? 'there is nothing to measure, or no such class'}`;
}

/** Throws `MeasureError` unless there are rows, and as many predictions as labels. */
export function checkLengths(labels: ArrayLike<number>, predictions: number, what: string): void {
  if (labels.length === 0) throw new MeasureError('there are no rows to measure');
  if (labels.length !== predictions)
    throw new MeasureError(`there are ${labels.length} labels but ${predictions} ${what}`);
}
