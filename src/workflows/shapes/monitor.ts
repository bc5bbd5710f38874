/** What a monitoring pass looks at, and tells the model. */
import type { Finding, FrozenPlan, Metrics, MonitorMemory, MonitorReport, Version } from '../../activities/types.ts';

export interface MonitorWindow {
  readonly id: string;
  readonly frozen: FrozenPlan;
  readonly endpoint: string;
  readonly champion: Version;
  /** When it took over. */
  readonly since: string;
  readonly from: string;
  readonly to: string;
  /** What the last pass on this version handed on. */
  readonly memory?: MonitorMemory;
  /** A cycle or a rollback runs: the endpoint may serve another version meanwhile. */
  readonly changing: boolean;
}

export interface MonitorSummary {
  readonly id: string;
  readonly version: number;
  readonly from: string;
  readonly to: string;
  readonly requests: number;
  readonly labelled: number;
  readonly quality: Metrics;
  readonly findings: readonly Finding[];
  readonly memory?: MonitorMemory;
  readonly report: string;
}

/** What the monitor workflow gives. */
export interface MonitorResult {
  /** Absent when there was nothing to look at. */
  readonly report?: MonitorReport;
  readonly note?: string;
}
