/** What workflows tell of themselves. Plain JSON: instants ISO 8601 UTC, durations milliseconds, money US dollars. */
import type {
  CanaryVerdict,
  EndpointShape,
  Finding,
  FrozenPlan,
  GateResult,
  Metrics,
  MonitorMemory,
  MonitorReport,
  PredictionApi,
  Version,
} from '../activities/types.ts';

export const TRIGGERS = ['person', 'schedule', 'drift', 'quality'] as const;
export type Trigger = (typeof TRIGGERS)[number];

export const STAGES = ['plan', 'collect', 'prepare', 'train', 'evaluate', 'deploy', 'monitor'] as const;
export type Stage = (typeof STAGES)[number];

export const OUTCOMES = [
  'deployed',
  'rejected by gates',
  'not approved',
  'rolled back',
  'failed',
  'cancelled',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Why nothing was done. */
export interface Refused {
  readonly refused: string;
}

// ── a cycle ──────────────────────────────────────────────────────────────
export interface StageProgress {
  readonly stage: Stage;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'skipped';
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** What the stage found, one short sentence a line. */
  readonly lines: readonly string[];
}

export interface CandidateProgress {
  readonly candidate: string;
  readonly job: string;
  readonly state: 'running' | 'done' | 'failed';
  readonly metrics: Readonly<Record<string, number>>;
  readonly costUsd?: number;
  /** Why it failed. */
  readonly reason?: string;
  readonly best?: true;
}

export interface EvaluationSummary {
  readonly sha256: string;
  readonly report: string;
  readonly rows: number;
  readonly passed: boolean;
  readonly gates: readonly GateResult[];
  readonly challenger: Metrics;
  readonly champion?: Metrics;
  readonly baseline: Metrics;
}

export interface CycleProgress {
  readonly cycle: number;
  readonly model: string;
  readonly trigger: Trigger;
  readonly by: string;
  readonly reason?: string;
  readonly asOf: string;
  readonly planHash: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** The stage that runs now, or that the cycle ended in. */
  readonly stage: Stage;
  readonly stages: readonly StageProgress[];
  readonly candidates: readonly CandidateProgress[];
  readonly evaluation?: EvaluationSummary;
  readonly approval?: { readonly since: string; readonly until: string; readonly reminders: number };
  /** Workflow id of the rollout, once there is one. */
  readonly rollout?: string;
  readonly outcome?: Outcome;
}

/** How a cycle ended. */
export interface CycleOutcome {
  readonly cycle: number;
  readonly outcome: Outcome;
  readonly trigger: Trigger;
  readonly by: string;
  readonly asOf: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** Why it ended so, in a sentence. */
  readonly reason: string;
  /** Where it ended. */
  readonly stage?: Stage;
  readonly failure?: string;
  readonly version?: number;
  readonly metrics?: Metrics;
  readonly evaluation?: { readonly sha256: string; readonly report: string };
  readonly costUsd?: number;
  /** What went wrong without changing the outcome. */
  readonly problems?: readonly string[];
}

/** A version that can be served again, and what it was worth when it was deployed. */
export interface Kept {
  readonly version: Version;
  readonly metrics: Metrics;
}

/** Who serves, how, and by which plan: all that is needed to come back to it. */
export interface Champion {
  readonly kept: Kept;
  readonly since: string;
  readonly serving: EndpointShape;
  /** The plan that its endpoint config was made by: instances and capture are in it. */
  readonly frozen: FrozenPlan;
}

/** What a rollout left on the endpoint. */
export interface Deployment {
  readonly champion: Champion;
  readonly api?: PredictionApi;
  /** Versions that were retired. */
  readonly retired: readonly number[];
}

export interface Watching {
  readonly topicArn: string;
  readonly dashboard: string;
}

/** What a cycle gives its model. */
export interface CycleResult {
  readonly outcome: CycleOutcome;
  readonly deployment?: Deployment;
  readonly watching?: Watching;
  /** What each step of its rollout was judged by. */
  readonly verdicts?: readonly StepVerdict[];
}

// ── a rollout ────────────────────────────────────────────────────────────
export interface RolloutProgress {
  readonly endpoint: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly step: string;
  readonly paused: boolean;
  readonly lines: readonly string[];
  /** What each step was judged by, oldest first. */
  readonly verdicts: readonly StepVerdict[];
}

export interface StepVerdict extends CanaryVerdict {
  readonly step: string;
  readonly at: string;
}

export interface RolloutResult {
  readonly outcome: 'deployed' | 'rolled back';
  readonly reason: string;
  readonly deployment?: Deployment;
  readonly verdicts?: readonly StepVerdict[];
}

// ── the model ────────────────────────────────────────────────────────────
export interface Wish {
  readonly id: number;
  readonly trigger: Trigger;
  readonly by: string;
  readonly reason?: string;
  readonly asOf?: string;
  readonly at: string;
  /** The version that a finding is about: the wish lapses when another serves. */
  readonly about?: number;
  /** How many wishes joined it, and who and why: the first twenty. */
  readonly joined: number;
  readonly joinedBy?: readonly string[];
}

export interface WishAnswer {
  readonly accepted: boolean;
  readonly wish?: number;
  /** The cycle that a person's wish will be, or that serves an automatic one already. */
  readonly cycle?: number;
  /** Earliest start of a wish that waits for others to join it, or for the cooldown. */
  readonly notBefore?: string;
  /** Why it was not accepted, or what it joined. */
  readonly note?: string;
}

/** A person holds the model: no automatic cycle starts, and no rollout moves on. */
export interface Hold {
  readonly at: string;
  readonly by: string;
  readonly reason?: string;
}

/** Why the model does not retrain by itself until something changes. */
export interface Stop {
  readonly since: string;
  readonly reason: string;
  /** The monitoring report that led to it. */
  readonly report?: string;
}

export interface RollbackStarted {
  readonly label: string;
  readonly from: number;
  readonly to: number;
}

export interface MonitorWindow {
  readonly id: string;
  readonly frozen: FrozenPlan;
  readonly endpoint: string;
  readonly champion: Version;
  /** When it took over. */
  readonly since: string;
  readonly from: string;
  readonly to: string;
  /** What the last pass on this version handed on. */
  readonly memory?: MonitorMemory;
  /** A cycle or a rollback runs: the endpoint may serve another version meanwhile. */
  readonly changing: boolean;
}

export interface MonitorSummary {
  readonly id: string;
  readonly version: number;
  readonly from: string;
  readonly to: string;
  readonly requests: number;
  readonly labelled: number;
  readonly quality: Metrics;
  readonly findings: readonly Finding[];
  readonly memory?: MonitorMemory;
  readonly report: string;
}

/** What the monitor workflow gives. */
export interface MonitorResult {
  /** Absent when there was nothing to look at. */
  readonly report?: MonitorReport;
  readonly note?: string;
}

export interface ModelStatus {
  readonly model: string;
  readonly plan?: {
    readonly hash: string;
    readonly objective: string;
    readonly appliedAt: string;
    readonly by: string;
  };
  readonly champion?: {
    readonly version: number;
    readonly since: string;
    readonly algorithm: string;
    readonly cycle: number;
    readonly metrics: Metrics;
  };
  readonly current?: {
    readonly cycle: number;
    readonly workflowId: string;
    readonly trigger: Trigger;
    readonly by: string;
    readonly reason?: string;
    readonly startedAt: string;
    /** Filled in by `operations.status`. */
    readonly progress?: CycleProgress;
    readonly rollout?: RolloutProgress;
    /** What its activities that have not ended last told: rounds, trials, rows. */
    readonly activities?: readonly { readonly activity: string; readonly attempt: number; readonly text: string }[];
  };
  readonly approval?: {
    readonly cycle: number;
    readonly evaluation: string;
    readonly since: string;
    readonly until: string;
  };
  readonly rollback?: RollbackStarted;
  readonly lastRollback?: RollbackStarted & { readonly outcome: string; readonly reason: string; readonly at: string };
  readonly queue: readonly (Wish & { readonly notBefore?: string })[];
  /** The last ten, newest first. */
  readonly outcomes: readonly CycleOutcome[];
  readonly cycles: number;
  readonly cyclesThisMonth: number;
  readonly usdThisMonth: number;
  readonly paused?: Hold;
  /** Bad data came: nothing is retrained on it by itself. */
  readonly quarantine?: Stop;
  /** Cycles for drift or quality did not help: no more of them start by themselves. */
  readonly breaker?: Stop;
  readonly retired?: Hold;
  readonly versions: readonly { readonly version: number; readonly cycle: number; readonly registeredAt: string }[];
  readonly monitor?: MonitorSummary;
  readonly api?: { readonly url: string; readonly keyId: string };
  readonly dashboard?: string;
  readonly topicArn?: string;
  /** Filled in by `operations.status`: when the calendars fire next. */
  readonly nextRuns?: { readonly retrain?: string; readonly monitor?: string };
  readonly ledger: { readonly entries: number; readonly hash: string; readonly pending: number };
  /** What needs a person's eye, such as a ledger that cannot be written. */
  readonly problems: readonly string[];
}
