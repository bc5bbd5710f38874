/**
 * What travels between workflows and activities: plain JSON, references and small summaries, never data.
 * Instants are ISO 8601 in UTC; shares and probabilities lie in 0..1; durations are milliseconds; money is US dollars.
 */
import type { RunName } from '../names.ts';
import type { Plan, Problem } from '../plan/schema.ts';
import type { MonitorSummary } from '../workflows/shapes.ts';
import type { Remembered } from './remembered.ts';

/** One immutable object in S3. */
export interface ObjectRef {
  readonly uri: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface Column {
  readonly name: string;
  /** DuckDB's name of the type: BIGINT, DOUBLE, VARCHAR, BOOLEAN, TIMESTAMP, DATE … */
  readonly type: string;
}

/** A plan as it was frozen for one cycle; `folder` is read only when the plan is applied, so features travel by text. */
export interface FrozenPlan {
  readonly plan: Plan;
  readonly features: string;
  /** The other files beside the plan that it names (derived tables, scripts and what lies beside them): path → text. */
  readonly files: Readonly<Record<string, string>>;
  /** sha256 of the plan, its features and files. */
  readonly hash: string;
}

/** What activities need to know that work for a cycle or for an origin of a backtest. */
export interface RunScope {
  readonly model: string;
  readonly cycle: RunName;
  /** The instant that is looked back from. */
  readonly asOf: string;
  readonly frozen: FrozenPlan;
}

/** What every activity of a cycle needs to know. */
export interface CycleScope extends RunScope {
  readonly cycle: number;
}

// ── collect ──────────────────────────────────────────────────────────────
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

// ── prepare ──────────────────────────────────────────────────────────────
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

// ── jobs ─────────────────────────────────────────────────────────────────
export type JobKind = 'training' | 'tuning' | 'transform';

/** A remote job under the name that the workflow chose before it acted. */
export interface JobRef {
  readonly kind: JobKind;
  readonly name: string;
}

/** A finished job. A job that failed or was stopped is a failure, not a result. */
export interface JobResult extends JobRef {
  /** S3 uri of model.tar.gz, or of the folder that a transform wrote. */
  readonly output: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly billableSeconds: number;
  readonly costUsd?: number;
  /** Of a tuning job: its best training job, and how many were tried. */
  readonly best?: {
    readonly job: string;
    readonly trials: number;
    readonly hyperparameters: Readonly<Record<string, string>>;
  };
}

export interface TrainedCandidate extends JobResult {
  readonly candidate: string;
  readonly algorithm: string;
}

// ── evaluate ─────────────────────────────────────────────────────────────
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

// ── deploy ───────────────────────────────────────────────────────────────
/** A registered version of the model: all that is needed to serve it, to compare with it and to return to it. */
export interface Version {
  readonly version: number;
  readonly packageArn: string;
  /** SageMaker model that serves it; never deleted while the version is live or kept. */
  readonly modelName: string;
  readonly artifact: string;
  readonly cycle: number;
  readonly planHash: string;
  readonly algorithm: string;
  readonly facts: ModelFacts;
  readonly baseline: ObjectRef;
  readonly predictions: ObjectRef;
  readonly evaluation: ObjectRef;
  readonly registeredAt: string;
}

/** What an endpoint serves: the endpoint config's name says it, and the variants are compared with it. */
export interface EndpointShape {
  readonly endpoint: string;
  readonly config: string;
  /** Variant name → weight in percent; a variant is called `v<version>`. */
  readonly weights: Readonly<Record<string, number>>;
  /** Variants that answer copies of all requests, to nobody; `v<version>-shadow` → weight, as large as the whole traffic's. */
  readonly shadows?: Readonly<Record<string, number>>;
}

/** What a challenger was judged by; what there was too little of is absent, and `reason` says so. */
export interface CanaryVerdict {
  readonly healthy: boolean;
  readonly requests: number;
  readonly errorRate: number;
  /** Milliseconds; absent when nothing was asked. */
  readonly latencyP99?: number;
  /** PSI of its answers against those on its test part, and the champion's in the same time. */
  readonly shift?: {
    readonly rows: number;
    readonly psi: number;
    readonly champion?: number;
    readonly p: number;
    readonly limit: number;
  };
  /** On the same live requests. */
  readonly disagreement?: { readonly rows: number; readonly mean: number; readonly limit: number };
  /** By outcomes that have come since the rollout began. */
  readonly quality?: {
    readonly measure: string;
    readonly labels: number;
    readonly challenger?: Estimate;
    readonly champion?: Estimate;
  };
  /** CloudWatch alarms that went to ALARM since the rollout began, and are there. */
  readonly alarms?: readonly string[];
  readonly reason: string;
}

/** One look at a challenger. */
export interface CanaryLook {
  readonly frozen: FrozenPlan;
  readonly endpoint: string;
  /** The challenger. */
  readonly version: Version;
  /** Whom it is held against; absent where the challenger serves alone. */
  readonly champion?: Version;
  /** The challenger answers copies only. */
  readonly shadow?: true;
  /** When the rollout began, and when this step did. */
  readonly began: string;
  readonly since: string;
  /** `service`: errors, latency and alarms, in the midst of a step; `all`: also what it answers, at the end of one. */
  readonly by: 'service' | 'all';
  /** How far the champion's answers had moved when it was last seen: for steps in which it answers too little. */
  readonly championShift?: number;
}

export interface PredictionApi {
  readonly url: string;
  readonly apiId: string;
  /** Id of the API key; its value never travels through Temporal. */
  readonly keyId: string;
}

// ── monitor ──────────────────────────────────────────────────────────────
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

// ── the sweeper ──────────────────────────────────────────────────────────
/** What the sweeper must know of a model that lives. */
export interface LivingModel {
  readonly model: string;
  /** Cycles whose versions are kept, the champion's included, as tags say them. */
  readonly kept: readonly string[];
  /** The cycle that runs. */
  readonly running?: string;
  /** A cycle, a rollout or a backtest runs: what it has made is not known to anybody else yet. */
  readonly busy: boolean;
  readonly backtest: boolean;
}

export interface SweepLook {
  readonly living: readonly LivingModel[];
  /** Looks at this model alone, and believes that it is gone when it does not live. */
  readonly only?: string;
  /** What is younger than an hour, as of this instant, is left alone. */
  readonly now: string;
  /** What cycles without a version wrote is left alone for so long, in milliseconds. */
  readonly olderThan: number;
}

/** A thing that nothing needs. */
export interface Orphan {
  readonly kind: string;
  readonly name: string;
  readonly model: string;
  readonly why: string;
  readonly arn?: string;
  readonly bytes?: number;
}

export interface SweepFound {
  readonly found: readonly Orphan[];
  /** Models that do not live and have ended: by their ledger, or because a person named them. */
  readonly gone: readonly string[];
  /** Models that things are tagged with, and that neither live nor have ended by their ledger: left alone. */
  readonly unknown: readonly string[];
}

// ── the ledger ───────────────────────────────────────────────────────────
export interface LedgerEntry {
  readonly seq: number;
  /** sha256 of the entry before; 64 zeros for the first. */
  readonly previous: string;
  readonly at: string;
  readonly event: string;
  readonly by: string;
  readonly reason?: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What a model was, as far as ledger, bucket and SageMaker tell. */
export interface Recalled extends Remembered {
  /** The plan that was in force, and the one that its endpoint config was made by. */
  readonly frozen?: FrozenPlan;
  readonly servingPlan?: FrozenPlan;
  /** What the endpoint serves now; absent when there is none. */
  readonly endpoint?: { readonly status: string; readonly shape: EndpointShape };
  /** The last monitoring pass. */
  readonly monitored?: MonitorSummary;
}
