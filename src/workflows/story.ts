/** What a cycle carries from stage to stage. */
import type { CycleScope, FrozenPlan } from '../activities/types.ts';
import type { Board } from './board.ts';
import type { Champion, Kept, StepVerdict, Trigger, Watching } from './shapes.ts';
import type { Undos } from './undo.ts';

export interface CycleInput {
  readonly model: string;
  readonly cycle: number;
  readonly frozen: FrozenPlan;
  readonly trigger: Trigger;
  readonly by: string;
  readonly reason?: string;
  /** The start of the cycle when left out. */
  readonly asOf?: string;
  readonly champion?: Champion;
  /** Every version that can be served, champion included. */
  readonly versions: readonly Kept[];
  readonly topicArn?: string;
  /** What the cycle may cost; no limit when left out. */
  readonly usdLeft?: number;
  /** A person holds the model: the rollout waits. */
  readonly held?: boolean;
}

export interface Story {
  readonly input: CycleInput;
  readonly scope: CycleScope;
  readonly board: Board;
  readonly undos: Undos;
  readonly problems: string[];
  held: boolean;
  watching?: Watching;
  verdicts?: readonly StepVerdict[];
}
