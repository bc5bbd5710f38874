/** What a monitoring pass finds: drift, quality, service, each held against the plan. Rules: docs/metrics.md. */
import type { Finding, Metrics, ObjectRef, Target } from '../activities/types.ts';
import type { ServiceMetrics } from '../aws/service-metrics.ts';
import { METRICS_OF } from '../plan/metrics.ts';
import type { Plan } from '../plan/schema.ts';
import { lowerBound, upperBound } from './bootstrap.ts';
import type { ColumnDrift } from './drift.ts';
import { effect } from './drift.ts';
import { describeLimits, type Scored, within } from './gates.ts';
import { measureName, valueIn } from './measures.ts';
import type { ModelScores } from './model-scores.ts';

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
    /** Requests that were captured again: counted once. */
    readonly repeated: number;
    readonly unreadable: number;
    readonly examples: readonly string[];
  };
  readonly drift: {
    readonly method: Plan['monitor']['drift']['method'];
    readonly warn: number;
    readonly alarm: number;
    readonly minRows: number;
    /** Enough rows to be held against warn and alarm. */
    readonly judged: boolean;
    /** Inputs, and `prediction`. */
    readonly columns: readonly ColumnDrift[];
    /** Columns that are shown but not held against the limits → why. */
    readonly unjudged: Readonly<Record<string, string>>;
  };
  readonly quality: {
    readonly minLabels: number;
    readonly judged: boolean;
    readonly labelled: number;
    readonly outcomes: OutcomeCounts;
    readonly limits: Plan['monitor']['quality'];
    readonly scores?: ModelScores;
  };
  readonly service: ServiceMetrics & {
    readonly errorRate: number;
    readonly latencyP99?: number;
    readonly limits: Plan['monitor']['service'];
  };
  readonly findings: readonly Finding[];
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
/** With fewer requests an error rate or a 99th percentile rests on one or two of them. */
export const FEW_REQUESTS = 100;

/** Columns whose effect size reaches `warn` or `alarm`. Callers see to `minRows`. */
export function driftFindings(
  { method, warn, alarm }: Plan['monitor']['drift'],
  columns: readonly ColumnDrift[],
): Finding[] {
  return columns.flatMap((drift): Finding[] => {
    const value = effect(drift, method);
    if (value < warn) return [];
    const severity = value >= alarm ? 'alarm' : 'warn';
    const limit = severity === 'alarm' ? alarm : warn;
    const message = `${drift.column} has moved: ${method} ${shown(value)} (${severity} from ${limit}) on ${drift.rows.current.toLocaleString('en-US')} rows; chi-square p ${drift.chiSquare.p === 0 ? 'below 1e-300' : drift.chiSquare.p.toPrecision(2)}`;
    return [{ kind: 'drift', severity, subject: drift.column, value, limit, message }];
  });
}

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
    return [{ kind: 'quality', severity: sure ? 'alarm' : 'warn', subject: measure, value, limit, message }];
  });
}

/** What a pass tells of a version's quality: the measures over all rows, and those of single classes that the plan limits. */
export function watchedMetrics(target: Target, limits: Plan['monitor']['quality'], metrics: Metrics): Metrics {
  const limited = limits.map(({ metric, class: one }) => measureName(metric, one));
  const names = [...new Set([...METRICS_OF[target.problem], ...limited])];
  return Object.fromEntries(names.flatMap((name) => (metrics[name] ? [[name, metrics[name]]] : [])));
}

/** Errors and latency of the variant. On few requests a broken limit is a warning only. */
export function serviceFindings(limits: Plan['monitor']['service'], found: MonitorDetails['service']): Finding[] {
  const severity = found.requests < FEW_REQUESTS ? 'warn' : 'alarm';
  const asked = `${found.requests.toLocaleString('en-US')} requests`;
  const findings: Finding[] = [];
  if (found.errorRate > limits.errorRate)
    findings.push({
      ...{ kind: 'service', severity, subject: 'errorRate', value: found.errorRate, limit: limits.errorRate },
      message: `${found.errors} of ${asked} failed (${percent(found.errorRate)}); at most ${percent(limits.errorRate)} is allowed`,
    });
  if (found.latencyP99 !== undefined && found.latencyP99 > limits.latencyP99)
    findings.push({
      ...{ kind: 'service', severity, subject: 'latencyP99', value: found.latencyP99, limit: limits.latencyP99 },
      message: `the 99th percentile of the latency is ${found.latencyP99.toFixed(1)} ms over ${asked}; at most ${limits.latencyP99} ms is allowed`,
    });
  return findings;
}

const shown = (value: number): string => value.toFixed(4);
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
