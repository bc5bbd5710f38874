/** What travels between a backtest and its activities. */
import type { Estimate, JobResult, ObjectRef } from './types.ts';

/** (from, to]. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Rows that came after an origin. */
export interface LaterRows {
  /** JSON Lines, one request row a line, by window and then row_id. */
  readonly inputs: ObjectRef;
  /** Parquet in the same order: row_id, window (from 0), label (a class by its text). */
  readonly labels: ObjectRef;
  /** How many rows each window has. */
  readonly rows: readonly number[];
  /** Rows left out because nobody knows their label. */
  readonly unlabelled: number;
}

/** What an origin's training gave, and what it answered to the rows that came later. */
export interface ScoredOrigin {
  /** Its place among the instants. */
  readonly origin: number;
  readonly asOf: string;
  readonly candidate: string;
  readonly artifact: string;
  readonly scored: JobResult;
  readonly later: LaterRows;
  readonly costUsd: number;
}

/** The metric of versions of one age, over all windows that such a version scored. */
export interface AgeMean {
  /** 1: the window that begins as the version is trained. */
  readonly age: number;
  readonly windows: number;
  /** Absent where too few rows tell it. */
  readonly metric?: Estimate;
  /** How much worse than the version of age 1 on the very same rows; positive is worse. Absent at age 1. */
  readonly worse?: Estimate;
  /** Windows that `worse` is a mean of. */
  readonly paired: number;
}

export interface BacktestResult {
  readonly backtest: string;
  readonly origins: number;
  readonly failed: Readonly<Record<string, string>>;
  /** The plan's objective. */
  readonly metric: string;
  readonly curve: readonly AgeMean[];
  /** What the figures support, in a sentence. */
  readonly verdict: string;
  readonly costUsd: number;
  /** backtest.json */
  readonly details: ObjectRef;
  /** staleness.html */
  readonly report: ObjectRef;
}
