/** A cycle: what begins it, its stages, how far it is, and how it ended. */
import type { GateResult, Metrics } from '../../activities/types.ts';
import type { Deployment, StepVerdict, Watching } from './serving.ts';

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

/** What a cycle gives its model. */
export interface CycleResult {
  readonly outcome: CycleOutcome;
  readonly deployment?: Deployment;
  readonly watching?: Watching;
  /** What each step of its rollout was judged by. */
  readonly verdicts?: readonly StepVerdict[];
}
