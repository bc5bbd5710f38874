/** What collect gives. */
import type { Column, ObjectRef } from './scope.ts';

export interface Snapshot {
  readonly source: string;
  /** Parquet, one immutable object under its own sha256; the main source has `row_id` BIGINT as its first column. */
  readonly data: ObjectRef;
  readonly manifest: ObjectRef;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** Earliest and latest value of the source's time column, if it has one. */
  readonly from?: string;
  readonly to?: string;
}

export interface ExpectationResult {
  readonly expectation: string;
  readonly held: boolean;
  readonly found: string;
}

export interface Collected {
  readonly snapshots: readonly Snapshot[];
  readonly expectations: readonly ExpectationResult[];
  /** Glue tables that describe the snapshots: `database.table`. */
  readonly tables: readonly string[];
}
