/** What features.sql gives, before anything is learnt from it. Pure. */
import type { Problem } from '../plan/metrics.ts';

export interface RawFeature {
  readonly name: string;
  readonly kind: 'number' | 'text';
}

export interface RawLabel {
  readonly name: string;
  readonly problem: Problem;
  /** Its values are whole numbers by their type. */
  readonly whole: boolean;
}

export interface RawFeatures {
  /** The text of features.sql, fit to stand in brackets. */
  readonly sql: string;
  readonly label: RawLabel;
  /** The column that weighs rows. */
  readonly weight?: string;
  readonly features: readonly RawFeature[];
}

/** The table that `computeFeatures` makes, ordered by row_id: row_id, the label (see `rawLabel`), the weight as DOUBLE, the features as features.sql gives them. */
export const RAW = 'raw features';
/** The weight's name in the parts. */
export const ROW_WEIGHT = 'row_weight';
