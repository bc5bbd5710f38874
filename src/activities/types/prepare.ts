/** What prepare gives. */
import type { Problem } from '../../plan/schema.ts';
import type { Snapshot } from './collect.ts';
import type { ObjectRef } from './scope.ts';

/** What is predicted. */
export interface Target {
  readonly problem: Problem;
  /** Multiclass: the classes, in the order of their numbers. */
  readonly classes?: readonly string[];
}

/** The label in one part. Binary: shares of negatives and positives; multiclass: of each class. */
export type LabelSummary =
  | { readonly shares: readonly number[] }
  | { readonly mean: number; readonly deviation: number; readonly median: number };

export interface Prepared {
  /** Parquet: row_id, label (DOUBLE: 0 or 1; a class's number from 0; the value), `row_weight` when the plan weighs rows, then the features in order, all DOUBLE. */
  readonly train: ObjectRef;
  readonly validation: ObjectRef;
  readonly test: ObjectRef;
  /** JSON Lines of the test part's raw inputs, one request row a line, ordered by row_id: what batch transform reads. */
  readonly testInputs: ObjectRef;
  /** The same rows as the champion reads them, when its plan named other inputs. */
  readonly championInputs?: ObjectRef;
  /** Why the champion cannot be asked about these rows, as a part of a sentence. */
  readonly incomparable?: string;
  /** Parquet: row_id, label, and the columns that slices are cut by, ordered by row_id. */
  readonly testLabels: ObjectRef;
  /** tar.gz of transform.json and the reference tables (see docs/transform.md). */
  readonly transform: ObjectRef;
  /** What monitoring compares with: the profile of the raw inputs of the training part. */
  readonly baseline: ObjectRef;
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  readonly features: readonly string[];
  readonly target: Target;
  readonly labels: { readonly train: LabelSummary; readonly validation: LabelSummary; readonly test: LabelSummary };
  /** Rows left out on the way: duplicates, rows without a label, outliers of a feature, the history of derived tables. */
  readonly leftOut: {
    readonly duplicates: number;
    readonly unlabelled: number;
    readonly outliers: Readonly<Record<string, number>>;
    readonly history: number;
  };
  /** What looks suspicious but was not refused, in sentences. */
  readonly warnings: readonly string[];
  /** What all of it was made of; earlier versions did not tell. */
  readonly sources?: readonly SourceRef[];
}

/** A snapshot as the evaluation names it: which rows of which source. */
export type SourceRef = Pick<Snapshot, 'source' | 'data' | 'rows' | 'from' | 'to'>;
