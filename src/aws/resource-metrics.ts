/** What the instances of a variant are busy with: SageMaker's own metrics of them, which come by the minute. */
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { dimensionsOf, readValues, type VariantOf, wholeMinutes } from './variant-metrics.ts';

export interface Resources {
  /** Percent of one processor, summed over an instance's processors; absent where nothing was measured. */
  readonly cpuPercent?: number;
  /** Percent of an instance's memory. */
  readonly memoryPercent?: number;
}

/** Namespace of SageMaker's metrics of instances; those of requests are in AWS/SageMaker. */
export const INSTANCE_NAMESPACE = '/aws/sagemaker/Endpoints';

const MINUTE = 60_000;
const LONGEST = 3600;

/** The busiest hour of a window (or the whole of a shorter one): means over its minutes and the variant's instances. */
export async function readResources(
  cloudWatch: CloudWatchClient,
  { endpoint, variant }: VariantOf,
  from: Date,
  to: Date,
): Promise<Resources> {
  const where = { endpoint, variant };
  const window = wholeMinutes(from, to);
  const Period = Math.min(LONGEST, ((window.end - window.start) / MINUTE) * 60);
  const query = (Id: string, MetricName: string) => {
    const Metric = { Namespace: INSTANCE_NAMESPACE, MetricName, Dimensions: dimensionsOf(where) };
    return { Id, ReturnData: true, MetricStat: { Metric, Period, Stat: 'Average' } };
  };
  const queries = [query('cpu', 'CPUUtilization'), query('memory', 'MemoryUtilization')];
  const found = await readValues(cloudWatch, `the instances of ${endpoint}/${variant}`, window, queries);
  return { cpuPercent: largest(found.get('cpu')), memoryPercent: largest(found.get('memory')) };
}

const largest = (values: readonly number[] = []): number | undefined =>
  values.length > 0 ? Math.max(...values) : undefined;
