/** What a model answered to the test rows, by kind of problem; and the constant answer that every model must beat. */
import type { LabelSummary, Target } from '../activities/types.ts';
import type { Measurable } from './measures.ts';
import { MeasureError } from './measures.ts';
import { rank } from './metrics.ts';
import { multiclassRows } from './multiclass.ts';
import { regressionRows } from './regression.ts';

export interface Scores {
  readonly target: Target;
  /** Binary: from which probability on a row counts as positive. */
  readonly threshold?: number;
  /** Row by row: the probability, the predicted value, or a probability a class. */
  readonly values: ArrayLike<number>;
}

/** How many numbers a row has. */
export const widthOf = ({ problem, classes = [] }: Target): number => (problem === 'multiclass' ? classes.length : 1);

/** Some rows (all when left out) with their labels, ready to be measured. Throws `MeasureError`. */
export function measurableRows(labels: ArrayLike<number>, scores: Scores, rows?: readonly number[]): Measurable {
  const { target, threshold = 0.5 } = scores;
  const own = rows ? rows.map((row) => labels[row] as number) : labels;
  const values = rows ? valuesOf(scores, rows) : scores.values;
  if (target.problem === 'binary') return rank(own, values, threshold);
  if (target.problem === 'regression') return regressionRows(own, values);
  return multiclassRows(own, values, target.classes ?? []);
}

function valuesOf({ target, values }: Scores, rows: readonly number[]): Float64Array {
  const width = widthOf(target);
  const found = new Float64Array(rows.length * width);
  rows.forEach((row, at) => {
    for (let one = 0; one < width; one++) found[at * width + one] = values[row * width + one] as number;
  });
  return found;
}

/** Always the training part's shares, or its mean. */
export function constantScores(target: Target, training: LabelSummary, rows: number): Scores {
  const answer =
    'mean' in training ? [training.mean] : target.problem === 'binary' ? [training.shares[1] ?? 0] : training.shares;
  const values = new Float64Array(rows * answer.length);
  for (let row = 0; row < rows; row++) values.set(answer, row * answer.length);
  return { target, values, threshold: 0.5 };
}

/** A champion's answers in the order of the challenger's classes: what it never knew has no probability. */
export function alignClasses(scores: Scores, target: Target): Scores {
  const [own, wanted] = [scores.target.classes ?? [], target.classes ?? []];
  if (scores.target.problem !== target.problem)
    throw new MeasureError(
      `the champion solves a ${scores.target.problem} problem, the challenger a ${target.problem} one`,
    );
  if (own.join('\0') === wanted.join('\0')) return scores;
  const from = wanted.map((name) => own.indexOf(name));
  const rows = scores.values.length / own.length;
  const values = new Float64Array(rows * wanted.length);
  for (let row = 0; row < rows; row++) {
    const known = from.map((at) => (at < 0 ? 0 : (scores.values[row * own.length + at] as number)));
    const sum = known.reduce((total, p) => total + p, 0);
    // What it gave to classes that are no more is spread over those that are.
    values.set(
      known.map((p) => (sum > 0 ? p / sum : 1 / wanted.length)),
      row * wanted.length,
    );
  }
  return { ...scores, target, values };
}
