/** What a monitoring pass tells CloudWatch. */
import { CUSTOM } from '../aws/metric-names.ts';
import type { Measurement } from '../aws/publish.ts';
import type { ColumnDrift } from '../data/drift.ts';
import { type MonitorDetails, watchedMetrics } from '../data/monitoring.ts';
import { FINDINGS } from './types.ts';

/** What CloudWatch is told of a pass; `held` are the columns that were held against the limits. */
export function measurements(
  { captured, quality, findings, target }: MonitorDetails,
  held: readonly ColumnDrift[],
): Measurement[] {
  const { scores, limits } = quality;
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
    ...(scores ? [{ name: 'PredictionBias', value: scores.bias.bias }] : []),
    ...FINDINGS.map((kind) => ({
      name: CUSTOM.findings,
      value: findings.filter((one) => one.kind === kind && one.severity === 'alarm').length,
      dimensions: { Kind: kind },
    })),
  ];
}
