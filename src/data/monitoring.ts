/** What monitoring.json holds, and what a pass finds of quality. Rules: docs/metrics.md. */
import type { Finding, Metrics, MonitorMemory, ObjectRef, Skew, Target } from '../activities/types.ts';
import type { ServiceMetrics } from '../aws/service-metrics.ts';
import { METRICS_OF } from '../plan/metrics.ts';
import type { Plan } from '../plan/schema.ts';
import { lowerBound, upperBound } from './bootstrap.ts';
import type { InputCheck } from './data-checks.ts';
import type { ColumnDrift } from './drift.ts';
import type { DriftState } from './drift-findings.ts';
import { describeLimits, type Scored, within } from './gates.ts';
import { measureName, valueIn } from './measures.ts';
import type { ModelScores } from './model-scores.ts';
import type { Volume } from './volume.ts';

export interface MonitorDetails {
  readonly format: 1;
  readonly model: string;
  readonly endpoint: string;
  readonly variant: string;
  readonly version: number;
  /** What the version predicts. */
  readonly target: Target;
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** What was captured in the window. */
  readonly captured: {
    readonly objects: number;
    readonly requests: number;
    readonly rows: number;
    /** Requests that the model refused: their inputs are not looked at. */
    readonly refused: number;
    /** Requests of our own: probes and replays. */
    readonly own: number;
    /** Requests that were captured again: counted once. */
    readonly repeated: number;
    readonly unreadable: number;
    readonly examples: readonly string[];
  };
  readonly drift: Plan['monitor']['drift'] & {
    /** Enough rows to be held against warn and alarm. */
    readonly judged: boolean;
    /** Inputs, and `prediction`. */
    readonly columns: readonly ColumnDrift[];
    /** Columns that are shown but not held against the limits → why. */
    readonly unjudged: Readonly<Record<string, string>>;
    /** Columns that are held against the limits → where they stand. */
    readonly states: Readonly<Record<string, DriftState>>;
  };
  readonly data: {
    readonly limits: Plan['monitor']['data'];
    readonly inputs: readonly InputCheck[];
    /** Fields that are no input of the version → the share of rows that carried them. */
    readonly unknown: Readonly<Record<string, number>>;
    /** Of so many requests the model refused so many: by captures or CloudWatch, whichever saw more. */
    readonly refused: { readonly asked: number; readonly refused: number };
    /** Why captured requests were refused → how many. */
    readonly refusals: Readonly<Record<string, number>>;
    readonly volume: Volume;
  };
  readonly quality: {
    readonly minLabels: number;
    readonly judged: boolean;
    readonly labelled: number;
    readonly outcomes: OutcomeCounts;
    readonly limits: Plan['monitor']['quality'];
    readonly scores?: ModelScores;
    /** While nothing is measured: from the probabilities alone; or why not even that. */
    readonly estimated?: { readonly rows: number; readonly metrics: Metrics } | { readonly why: string };
  };
  readonly service: ServiceMetrics & {
    readonly errorRate: number;
    readonly latencyP99?: number;
    /** Shares of an instance, in the busiest hour. */
    readonly cpu?: number;
    readonly memory?: number;
    readonly instance: { readonly type: string; readonly processors?: number };
    /** Without a status there is none. */
    readonly endpoint: { readonly status?: string; readonly reason?: string; readonly variants: readonly string[] };
    readonly limits: Plan['monitor']['service'];
  };
  readonly skew?: Skew;
  readonly findings: readonly Finding[];
  /** What this pass hands on to the next one. */
  readonly memory: MonitorMemory;
  readonly baseline: { readonly inputs: ObjectRef; readonly predictions: ObjectRef };
}

export interface OutcomeCounts {
  readonly objects: number;
  readonly arrived: number;
  readonly unreadable: number;
  /** The first unreadable lines: where, and what is wrong. */
  readonly examples: readonly string[];
  /** Outcomes of one prediction that came more than once; the last one counts. */
  readonly repeated: number;
  /** Of other versions, or of predictions that were not captured. */
  readonly unmatched: number;
}

/** How sure a broken limit of quality must be, one-sided, to be an alarm. */
export const SURE = 0.95;

/** A broken limit is an alarm when the bootstrap is 95 % sure of it, else a warning. */
export function qualityFindings(
  limits: Plan['monitor']['quality'],
  { measures, replicates }: Scored,
  metrics: Metrics,
): Finding[] {
  return limits.flatMap(({ metric, class: one, min, max }): Finding[] => {
    const measure = measureName(metric, one);
    const value = valueIn(measures, measure);
    if (Number.isNaN(value) || within({ min, max }, value)) return [];
    const low = min !== undefined && value < min;
    const limit = (low ? min : max) as number;
    const drawn = replicates[measure] ?? new Float64Array(0);
    const bound = low ? upperBound(drawn, SURE) : lowerBound(drawn, SURE);
    const sure = low ? bound < limit : bound > limit;
    const found = metrics[measure];
    const interval = found ? ` (95 % interval ${shown(found.low)} to ${shown(found.high)})` : '';
    const message = `${measure} is ${shown(value)}${interval}, ${describeLimits({ min, max })} is asked; ${sure ? 'broken with 95 % confidence' : 'it may be chance'}`;
    return [
      { kind: 'quality', severity: sure ? 'alarm' : 'warn', subject: measure, value, limit, message, mend: MEND },
    ];
  });
}

const MEND = 'Retrain on newer rows, or roll back if it began with this version.';

/** What a pass tells of a version's quality: the measures over all rows, and those of single classes that the plan limits. */
export function watchedMetrics(target: Target, limits: Plan['monitor']['quality'], metrics: Metrics): Metrics {
  const limited = limits.map(({ metric, class: one }) => measureName(metric, one));
  const names = [...new Set([...METRICS_OF[target.problem], ...limited])];
  return Object.fromEntries(names.flatMap((name) => (metrics[name] ? [[name, metrics[name]]] : [])));
}

const shown = (value: number): string => value.toFixed(4);
