/** What a monitoring pass finds and hands on. */
import type { Metrics } from './evaluate.ts';
import type { ObjectRef } from './scope.ts';

/** `data`: what came is broken, and says nothing of the world; `skew`: serving does not do what training did. */
export const FINDINGS = ['drift', 'quality', 'service', 'data', 'skew'] as const;
export type FindingKind = (typeof FINDINGS)[number];

export interface Finding {
  readonly kind: FindingKind;
  readonly severity: 'warn' | 'alarm';
  /** What was measured: a column, a metric, `errorRate`. */
  readonly subject: string;
  readonly value: number;
  readonly limit: number;
  readonly message: string;
  /** What a person can do. */
  readonly mend?: string;
  /** The value was not measured but estimated, before outcomes came. */
  readonly estimated?: true;
}

/** What a pass hands to the next one: all that hysteresis and comparisons with earlier passes need. */
export interface MonitorMemory {
  /** Passes in a row that saw a subject (`<kind> <subject>`) at or above `alarm`; subjects that are calm are absent. */
  readonly streaks: Readonly<Record<string, number>>;
  /** Subjects that are alarms now and stay so until they are below `warn`. */
  readonly raised: readonly string[];
  /** Requests a second of the last passes that had any length, oldest first; at most ten. */
  readonly volumes: readonly number[];
}

export interface MonitorReport {
  readonly id: string;
  readonly version: number;
  readonly from: string;
  readonly to: string;
  readonly requests: number;
  readonly rows: number;
  readonly labelled: number;
  readonly drift: Readonly<Record<string, number>>;
  readonly quality: Metrics;
  /** Where too few outcomes have come: what quality is, by the probabilities alone. */
  readonly estimated?: Metrics;
  readonly findings: readonly Finding[];
  /** Whether there were rows or outcomes enough to say that all is well. */
  readonly judged: boolean;
  readonly memory: MonitorMemory;
  readonly details: ObjectRef;
  readonly report: ObjectRef;
}

export interface SkewReport {
  /** Captured rows that were asked again. */
  readonly rows: number;
  /** Of them, those of which a feature or the prediction came out otherwise. */
  readonly differing: number;
  readonly findings: readonly Finding[];
  /** Features (and `prediction`) that differ, the most often first. */
  readonly columns: readonly { readonly feature: string; readonly differing: number }[];
  /** skew.json; absent when nothing was asked. */
  readonly object?: ObjectRef;
}

/** What came of replaying, or why nothing could be replayed. */
export type Skew = SkewReport | { readonly problem: string };
