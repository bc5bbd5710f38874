/** The ledger, and what a model was by it. */
import type { MonitorSummary } from '../../workflows/shapes.ts';
import type { Remembered } from '../remembered.ts';
import type { EndpointShape } from './deploy.ts';
import type { FrozenPlan } from './scope.ts';

export interface LedgerEntry {
  readonly seq: number;
  /** sha256 of the entry before; 64 zeros for the first. */
  readonly previous: string;
  readonly at: string;
  readonly event: string;
  readonly by: string;
  readonly reason?: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What a model was, as far as ledger, bucket and SageMaker tell. */
export interface Recalled extends Remembered {
  /** The plan that was in force, and the one that its endpoint config was made by. */
  readonly frozen?: FrozenPlan;
  readonly servingPlan?: FrozenPlan;
  /** What the endpoint serves now; absent when there is none. */
  readonly endpoint?: { readonly status: string; readonly shape: EndpointShape };
  /** The last monitoring pass. */
  readonly monitored?: MonitorSummary;
}
