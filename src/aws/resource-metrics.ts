/** What the instances of a variant are busy with: SageMaker's own metrics of them, which come by the minute. */
import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { call } from './errors.ts';

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
  { endpoint, variant }: { endpoint: string; variant: string },
  from: Date,
  to: Date,
): Promise<Resources> {
  const start = Math.floor(from.getTime() / MINUTE) * MINUTE;
  const end = Math.max(start + MINUTE, Math.ceil(to.getTime() / MINUTE) * MINUTE);
  const found: Record<string, number[]> = { cpu: [], memory: [] };
  await call(`GetMetricData of the instances of ${endpoint}/${variant}`, async () => {
    let NextToken: string | undefined;
    do {
      const page = await cloudWatch.send(
        new GetMetricDataCommand({
          StartTime: new Date(start),
          EndTime: new Date(end),
          MetricDataQueries: [query('cpu', 'CPUUtilization'), query('memory', 'MemoryUtilization')],
          ...(NextToken ? { NextToken } : {}),
        }),
      );
      for (const { Id = '', Values } of page.MetricDataResults ?? []) found[Id]?.push(...(Values ?? []));
      NextToken = page.NextToken;
    } while (NextToken);
  });
  return { cpuPercent: largest(found.cpu), memoryPercent: largest(found.memory) };

  function query(Id: string, MetricName: string) {
    const Dimensions = [
      { Name: 'EndpointName', Value: endpoint },
      { Name: 'VariantName', Value: variant },
    ];
    const Period = Math.min(LONGEST, Math.ceil((end - start) / MINUTE) * 60);
    const Metric = { Namespace: INSTANCE_NAMESPACE, MetricName, Dimensions };
    return { Id, ReturnData: true, MetricStat: { Metric, Period, Stat: 'Average' } };
  }
}

const largest = (values: readonly number[] = []): number | undefined =>
  values.length > 0 ? Math.max(...values) : undefined;
