/** What CloudWatch knows of one variant of an endpoint: SageMaker's own metrics, which come by the minute. */
import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { dimensionsOf, readValues, type VariantOf, wholeMinutes } from './variant-metrics.ts';

export interface ServiceMetrics {
  readonly requests: number;
  /** Answers of 500 and above: the service's own faults. */
  readonly errors: number;
  /** Answers of 400 to 499: the callers' faults. */
  readonly refused: number;
  /** Milliseconds in the model's container and in SageMaker around it; absent when nothing was asked. */
  readonly modelLatencyP99?: number;
  readonly overheadLatencyP99?: number;
}

const QUERIES = [
  { id: 'requests', metric: 'Invocations', stat: 'Sum' },
  { id: 'errors', metric: 'Invocation5XXErrors', stat: 'Sum' },
  { id: 'refused', metric: 'Invocation4XXErrors', stat: 'Sum' },
  { id: 'model', metric: 'ModelLatency', stat: 'p99' },
  { id: 'overhead', metric: 'OverheadLatency', stat: 'p99' },
] as const;
type QueryId = (typeof QUERIES)[number]['id'];

/**
 * Metrics of a variant in [from, to]. Both are widened to whole minutes, so requests of the same minute before `from`
 * count, too. A percentile over several periods is the largest of theirs: never better than the truth.
 */
export async function readServiceMetrics(
  cloudWatch: CloudWatchClient,
  where: VariantOf,
  from: Date,
  to: Date,
): Promise<ServiceMetrics> {
  const window = wholeMinutes(from, to);
  const period = periodFor(window.end - window.start);
  const queries = QUERIES.map((query) => asQuery(query, where, period));
  const values = await readValues(cloudWatch, `${where.endpoint}/${where.variant}`, window, queries);
  const sum = (id: QueryId) => (values.get(id) ?? []).reduce((total, value) => total + value, 0);
  const largest = (id: QueryId) => {
    const all = values.get(id) ?? [];
    return all.length > 0 ? Math.max(...all) / 1_000 : undefined;
  };
  return {
    requests: sum('requests'),
    errors: sum('errors'),
    refused: sum('refused'),
    modelLatencyP99: largest('model'),
    overheadLatencyP99: largest('overhead'),
  };
}

/**
 * One period over the whole window where that can be. CloudWatch cuts periods at its own multiples, so a window may
 * still fall into two; data older than 15 days is kept by 5 minutes only.
 */
const periodFor = (window: number): number => {
  const seconds = window / 1_000;
  return Math.min(86_400, Math.ceil(seconds / 300) === 1 ? seconds : Math.ceil(seconds / 300) * 300);
};

const asQuery = (
  { id, metric, stat }: (typeof QUERIES)[number],
  where: VariantOf,
  period: number,
): MetricDataQuery => ({
  Id: id,
  ReturnData: true,
  MetricStat: {
    Metric: {
      Namespace: 'AWS/SageMaker',
      MetricName: metric,
      Dimensions: dimensionsOf(where),
    },
    Period: period,
    Stat: stat,
  },
});
