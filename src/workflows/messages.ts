/** What is said to workflows and what they answer: every update, signal and query, defined once for both sides. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { FrozenPlan, MonitorReport } from '../activities/types.ts';
import type { BacktestProgress } from './backtest-board.ts';
import type {
  CycleOutcome,
  CycleProgress,
  ModelStatus,
  MonitorWindow,
  Refused,
  RollbackStarted,
  RolloutProgress,
  Trigger,
  WishAnswer,
} from './shapes.ts';

export type * from './shapes.ts';
export { OUTCOMES, STAGES, TRIGGERS } from './shapes.ts';

// ── to the model ─────────────────────────────────────────────────────────
export interface ApplyPlan {
  readonly frozen: FrozenPlan;
  readonly by: string;
  readonly reason?: string;
}
/** Puts a plan in force from the next cycle on; the same plan again changes nothing. */
export const applyPlan = defineUpdate<ModelStatus, [ApplyPlan]>('applyPlan');

export interface CycleRequest {
  readonly trigger: Trigger;
  readonly by: string;
  readonly reason?: string;
  /** The instant to look back from, ISO 8601 UTC; the start of the cycle when left out. */
  readonly asOf?: string;
}
/** Wishes a cycle. A person's wish is always taken up; others are subject to cooldown and budget. */
export const requestCycle = defineUpdate<WishAnswer, [CycleRequest]>('requestCycle');
/** The same wish from another workflow, which cannot send updates. */
export const wishCycle = defineSignal<[CycleRequest]>('wishCycle');

export interface Decision {
  readonly cycle: number;
  readonly decision: 'approve' | 'reject';
  readonly by: string;
  readonly reason?: string;
  /** sha256 of the evaluation that was looked at; when given it must be the one that waits. */
  readonly evaluation?: string;
}
export const decide = defineUpdate<void, [Decision]>('decide');

export interface RollbackRequest {
  /** The version to return to; the newest kept one below the champion when left out. */
  readonly to?: number;
  readonly by: string;
  readonly reason: string;
}
/** Cancels a running cycle and returns to a kept version. Answers when the wish is taken up, not when it is done. */
export const rollback = defineUpdate<RollbackStarted, [RollbackRequest]>('rollback');

/** Who asks, and why. */
export interface Word {
  readonly by: string;
  readonly reason?: string;
}
/** No automatic cycle starts and no rollout moves on until `resume`. */
export const pause = defineUpdate<ModelStatus, [Word]>('pause');
/** Ends a pause, a quarantine and an open breaker. */
export const resume = defineUpdate<ModelStatus, [Word]>('resume');
/** Removes all that serves and watches the model, and ends it; data and ledger stay. Answers when it is taken up. */
export const retire = defineUpdate<void, [Word]>('retire');
/** Stops the cycle that runs (`cycle`, when given, must be it); answers with its number when it is asked to stop. */
export const cancelCycle = defineUpdate<number, [Word & { readonly cycle?: number }]>('cancelCycle');
/** A person's word in the rollout of the cycle that runs. */
export const steerRollout = defineUpdate<void, [Steering]>('steerRollout');

export const status = defineQuery<ModelStatus>('status');
/** The plan in force; null when there is none yet. */
export const plan = defineQuery<FrozenPlan | null>('plan');

// ── between cycle and model ──────────────────────────────────────────────
export interface ApprovalWanted {
  readonly cycle: number;
  readonly evaluation: string;
  readonly since: string;
  readonly until: string;
}
export const approvalWanted = defineSignal<[ApprovalWanted]>('approvalWanted');
export const decided = defineSignal<[Decision]>('decided');
/** The model was paused (true) or resumed: a cycle waits before its rollout, and a rollout before its next step. */
export const held = defineSignal<[Word & { readonly hold: boolean }]>('held');
export const progress = defineQuery<CycleProgress>('progress');

/** What became of a cycle until it was cancelled: cost, evaluation, what it could not undo. */
export const cycleCancelled = defineSignal<[CycleOutcome]>('cycleCancelled');

export interface RolloutWanted {
  readonly cycle: number;
  /** Workflow id of the cycle that asks; the answer goes there. */
  readonly asker: string;
  /** Told again with the answer: a cycle that is reset is sent, too, what it was answered before. */
  readonly question: string;
}
/** A cycle may touch the endpoint only while its model runs it: not after its model has given it up, nor when it is reset after its end. */
export const rolloutWanted = defineSignal<[RolloutWanted]>('rolloutWanted');
export interface RolloutAnswer {
  readonly question: string;
  /** Why it may not; it may when left out. */
  readonly refused?: string;
}
export const rolloutAnswered = defineSignal<[RolloutAnswer]>('rolloutAnswered');

// ── to a rollout ─────────────────────────────────────────────────────────
export interface Steering {
  readonly action: 'pause' | 'resume' | 'promote' | 'abort';
  readonly by: string;
  readonly reason?: string;
}
/** A person's word in a running rollout: hold the next step, go on, skip the waiting, or return to the champion. */
export const steer = defineSignal<[Steering]>('steer');
export const rolloutProgress = defineQuery<RolloutProgress>('rolloutProgress');

// ── to a request with a key ──────────────────────────────────────────────
export const requestAnswered = defineSignal<[unknown]>('requestAnswered');

// ── to a backtest ────────────────────────────────────────────────────────
export const backtestProgress = defineQuery<BacktestProgress>('backtestProgress');

// ── between monitor and model ────────────────────────────────────────────
export interface WindowRequest {
  /** Workflow id of the monitor that asks; the answer goes there. */
  readonly monitor: string;
  readonly id: string;
  /** The end of the window to look at. */
  readonly to: string;
}
export const openMonitorWindow = defineSignal<[WindowRequest]>('openMonitorWindow');
export const monitorWindow = defineSignal<[MonitorWindow | Refused]>('monitorWindow');
/** Reaches a workflow that still runs; it need not answer. */
export const areYouThere = defineSignal('areYouThere');

export interface Monitored {
  readonly report: MonitorReport;
  /** What a cycle that this report starts looks back from. */
  readonly asOf: string;
}
export const reportFinding = defineSignal<[Monitored]>('reportFinding');
