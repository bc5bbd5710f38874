/** What evaluate gives, and what a model says of itself. */
import type { Target } from './prepare.ts';
import type { ObjectRef } from './scope.ts';

export interface Estimate {
  readonly value: number;
  /** Bounds of the 95 % bootstrap interval. */
  readonly low: number;
  readonly high: number;
}
/** By metric; of one class as `f1[rain]`. */
export type Metrics = Readonly<Partial<Record<string, Estimate>>>;

/** What a model says about itself in its artifact. */
export interface ModelFacts {
  /** sha256 over the model, its transform and its description: equal for a run repeated. */
  readonly sha256: string;
  readonly target: Target;
  /** Binary: from which probability on a row counts as positive. */
  readonly threshold?: number;
}

export interface GateResult {
  readonly gate: string;
  readonly held: boolean;
  readonly found: string;
}

export interface Evaluation {
  readonly rows: number;
  readonly challenger: Metrics;
  readonly champion?: Metrics;
  /** Always answering with the training part's shares, or its mean. */
  readonly baseline: Metrics;
  readonly facts: ModelFacts;
  readonly gates: readonly GateResult[];
  readonly passed: boolean;
  /** evaluation.json: everything, slices and calibration included. */
  readonly details: ObjectRef;
  /** evaluation.html */
  readonly report: ObjectRef;
  /** Parquet value counts of the challenger's predictions on the test part (probabilities, classes or values): the baseline of prediction drift. */
  readonly predictions: ObjectRef;
}
