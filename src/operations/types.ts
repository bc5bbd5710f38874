/** What the operations take and give. */
import type { Client } from '@temporalio/client';
import type { CycleOutcome, CycleProgress, ModelStatus, RolloutProgress } from '../workflows/messages.ts';

/** Opened by `connect`; every operation takes it first. */
export interface Operator {
  readonly client: Client;
  readonly taskQueue: string;
  /** Where Temporal is, for messages. */
  readonly address: string;
  close(): Promise<void>;
}

/** For verbs that change something: Temporal takes an update with the same id up once, as long as a run of the model lasts. */
export interface Once {
  readonly updateId?: string;
}

/** An activity that has not ended: what it last told. */
export interface PendingActivity {
  readonly activity: string;
  readonly attempt: number;
  /** The progress of a look, why the last attempt failed, or that it waits for a slot; empty when it told nothing. */
  readonly text: string;
}

/** Activities of a task queue that wait for a free slot. */
export interface Backlog {
  readonly queue: string;
  readonly waiting: number;
  readonly oldestSeconds: number;
}

/** One look at a cycle that runs. */
export interface CycleLook {
  readonly progress: CycleProgress;
  readonly rollout?: RolloutProgress;
  readonly activities: readonly PendingActivity[];
}

export type CycleNews =
  | { readonly kind: 'waiting'; readonly cycle: number; readonly status: ModelStatus }
  | ({ readonly kind: 'running'; readonly cycle: number } & CycleLook)
  | { readonly kind: 'ended'; readonly cycle: number; readonly outcome: CycleOutcome };

export interface ModelSummary {
  readonly model: string;
  readonly version?: number;
  readonly outcome?: string;
  readonly startedAt: string;
}
