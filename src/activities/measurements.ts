/** What a monitoring pass tells CloudWatch. */
import { CUSTOM } from '../aws/metric-names.ts';
import type { Measurement } from '../aws/publish.ts';
import type { ColumnDrift } from '../data/drift.ts';
import { type MonitorDetails, watchedMetrics } from '../data/monitoring.ts';
import { FINDINGS } from './types.ts';

/** What CloudWatch is told of a pass; `held` are the columns that were held against the limits. */
export function measurements(
  { captured, data, quality, service, skew, findings, target }: MonitorDetails,
  held: readonly ColumnDrift[],
): Measurement[] {
  const { scores, limits, estimated } = quality;
  const { asked, refused } = data.refused;
  return [
    { name: CUSTOM.labelled, value: quality.labelled },
    { name: 'Requests', value: captured.requests },
    { name: 'Rows', value: captured.rows },
    ...held.map(({ column, psi }) => ({
      name: CUSTOM.drift,
      value: psi,
      dimensions: { Feature: column },
    })),
    ...Object.entries(watchedMetrics(target, limits, scores?.metrics ?? {})).map(([metric, found]) => ({
      name: CUSTOM.quality,
      value: found?.value ?? Number.NaN,
      dimensions: { Metric: metric },
    })),
    ...Object.entries(estimated && 'metrics' in estimated ? estimated.metrics : {}).map(([metric, found]) => ({
      name: CUSTOM.estimated,
      value: found?.value ?? Number.NaN,
      dimensions: { Metric: metric },
    })),
    // One value for all inputs: CloudWatch is paid by the metric, and the report tells them one by one.
    ...(data.inputs.length > 0
      ? [
          {
            name: CUSTOM.missing,
            value: Math.max(...data.inputs.map(({ missing }) => missing.current - missing.baseline)),
          },
          { name: CUSTOM.mistyped, value: Math.max(...data.inputs.map(({ mistyped }) => mistyped)) },
        ]
      : []),
    ...(asked > 0 ? [{ name: CUSTOM.refused, value: refused / asked }] : []),
    ...(['cpu', 'memory'] as const).map((resource) => ({
      name: CUSTOM.utilization,
      value: service[resource] ?? Number.NaN,
      dimensions: { Resource: resource },
    })),
    ...(skew && 'rows' in skew && skew.rows > 0 ? [{ name: CUSTOM.skew, value: skew.differing / skew.rows }] : []),
    ...(scores ? [{ name: 'PredictionBias', value: scores.bias.bias }] : []),
    ...FINDINGS.map((kind) => ({
      name: CUSTOM.findings,
      value: findings.filter((one) => one.kind === kind && one.severity === 'alarm').length,
      dimensions: { Kind: kind },
    })),
  ];
}
