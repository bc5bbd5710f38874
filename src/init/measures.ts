/** What a first model is chosen by and must reach, by the kind of problem and how many rows judge it. Pure. */
import type { Problem } from '../plan/schema.ts';
import type { Draft } from './draft.ts';

export interface Measures {
  readonly objective: string;
  /** A gate and what it is for. */
  readonly gates: readonly (readonly [gate: string, why: string])[];
  readonly quality: string;
}

export function measuresOf({ aim, testRows, deviation = 1 }: Draft): Measures {
  const of: Record<Problem, () => Measures> = {
    binary: () => binary(testRows),
    multiclass: () => multiclass(testRows, aim.majority ?? 0.5),
    regression: () => regression(deviation),
  };
  return of[aim.problem]();
}

/** Few rows measure badly: a challenger may look worse by chance. */
const leeway = (rows: number): number => (rows >= 5000 ? 0.005 : rows >= 1000 ? 0.01 : 0.03);

const binary = (rows: number): Measures => ({
  objective: '{ metric: auc, goal: maximize }',
  gates: [
    ['{ metric: auc, min: 0.6 }', '0.5 is chance: raise it to what the model is needed for'],
    [`{ metric: auc, versusChampion: ${-leeway(rows)} }`, 'not worse in ranking than what serves,'],
    [`{ metric: log_loss, versusChampion: ${-leeway(rows)} }`, 'nor in its probabilities'],
    [
      `{ metric: calibration_error, max: ${rows >= 1000 ? 0.1 : 0.2} }`,
      'a probability of 0.3 comes true three times in ten',
    ],
  ],
  quality: '[{ metric: auc, min: 0.55 }]',
});

function multiclass(rows: number, majority: number): Measures {
  const least = Math.min(0.99, Math.ceil(majority * 100) / 100);
  return {
    objective: '{ metric: log_loss, goal: minimize }',
    gates: [
      [`{ metric: accuracy, min: ${least} }`, `${Math.round(majority * 100)} % are of one class: raise it`],
      [`{ metric: log_loss, versusChampion: ${rows >= 1000 ? -0.02 : -0.1} }`, 'not worse than what serves'],
    ],
    quality: `[{ metric: accuracy, min: ${least} }]`,
  };
}

function regression(deviation: number): Measures {
  const digits = (value: number) => Number(value.toPrecision(2));
  return {
    objective: '{ metric: rmse, goal: minimize }',
    gates: [
      ['{ metric: r2, min: 0.1 }', '0 is always answering the mean: raise it'],
      [`{ metric: rmse, versusChampion: ${-digits(deviation / 20)} }`, 'not worse than what serves, by more than this'],
    ],
    quality: `[{ metric: rmse, max: ${digits(deviation)} }]`,
  };
}
