/** What is learnt from the training part alone, as the statement says it in literals. Pure. */

export interface FittedNumber {
  readonly kind: 'number';
  readonly name: string;
  /** Values below and above are cut to these. */
  readonly clip?: Bounds;
  /** What stands for a missing value. */
  readonly fill?: number;
  /** value → (value · shrink − center) / spread */
  readonly scale?: { readonly shrink: number; readonly center: number; readonly spread: number };
}

export interface Bounds {
  readonly low?: number;
  readonly high?: number;
}

/** Each category has a number a column: what `target`, `frequency` and `ordinal` become. Null is a missing number. */
export interface FittedLookup {
  readonly kind: 'lookup';
  readonly name: string;
  /** What stands for a missing text. */
  readonly fill?: string;
  readonly columns: readonly string[];
  /** Of a category that training did not see, or saw too seldom to list. */
  readonly unseen: Numbers;
  readonly missing: Numbers;
  readonly values: readonly (readonly [category: string, numbers: Numbers])[];
}

export type Numbers = readonly (number | null)[];

export interface FittedOneHot {
  readonly kind: 'one-hot';
  readonly name: string;
  readonly fill?: string;
  readonly columns: readonly { readonly name: string; readonly category: string }[];
}

export interface FittedHash {
  readonly kind: 'hash';
  readonly name: string;
  readonly fill?: string;
  /** One a bucket. */
  readonly columns: readonly string[];
}

/** 1 where a feature's value is missing, else 0. */
export interface FittedIndicator {
  readonly kind: 'indicator';
  readonly of: string;
  readonly number: boolean;
  readonly name: string;
}

export type FittedText = FittedLookup | FittedOneHot | FittedHash;
export type Fitted = FittedNumber | FittedText | FittedIndicator;

/** The features' names in the order that the model reads them. */
export const featureNames = (fitted: readonly Fitted[]): string[] => fitted.flatMap(columnsOf);

export function columnsOf(feature: Fitted): readonly string[] {
  if (feature.kind === 'one-hot') return feature.columns.map(({ name }) => name);
  if (feature.kind === 'lookup' || feature.kind === 'hash') return feature.columns;
  return [feature.name];
}
