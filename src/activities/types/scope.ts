/** What every activity needs to know of the cycle or the backtest that it works for. */
import type { RunName } from '../../names.ts';
import type { Plan } from '../../plan/schema.ts';

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
