/** What people and monitors ask of a model, and what they are answered. */
import type { Trigger } from './cycle.ts';

/** Why nothing was done. */
export interface Refused {
  readonly refused: string;
}

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
