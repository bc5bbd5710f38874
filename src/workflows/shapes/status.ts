/** All that a model tells of itself. */
import type { Metrics } from '../../activities/types.ts';
import type { CycleOutcome, CycleProgress, Trigger } from './cycle.ts';
import type { MonitorSummary } from './monitor.ts';
import type { RollbackStarted, RolloutProgress } from './serving.ts';
import type { Hold, Stop, Wish } from './wishes.ts';

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
