/** What serves, what is kept, and how a rollout goes. */
import type {
  CanaryVerdict,
  EndpointShape,
  FrozenPlan,
  Metrics,
  PredictionApi,
  Version,
} from '../../activities/types.ts';

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

export interface RollbackStarted {
  readonly label: string;
  readonly from: number;
  readonly to: number;
}
