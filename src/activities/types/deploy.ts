/** Versions, endpoints, and how a challenger is judged. */
import type { Estimate, ModelFacts } from './evaluate.ts';
import type { FrozenPlan, ObjectRef } from './scope.ts';

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
