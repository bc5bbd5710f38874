/** Custom metrics of a model into CloudWatch. */
import { type CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { METRIC_NAMESPACE } from '../names.ts';
import { call } from './errors.ts';

export interface Measurement {
  readonly name: string;
  readonly value: number;
  /** Beside `Model`, which every measurement has. */
  readonly dimensions?: Readonly<Record<string, string>>;
}

/** CloudWatch takes a thousand in one call, and no instant older than two weeks. */
const BATCH = 1000;
const OLDEST_MS = 14 * 86_400_000 - 3_600_000;

/** Publishes all at one instant; false when it is too long ago for CloudWatch to take it. Not-finite values are left out. */
export async function publish(
  cloudWatch: CloudWatchClient,
  model: string,
  at: Date,
  measurements: readonly Measurement[],
): Promise<boolean> {
  if (Date.now() - at.getTime() > OLDEST_MS) return false;
  const data = measurements.filter(({ value }) => Number.isFinite(value)).map((one) => datum(model, at, one));
  for (let start = 0; start < data.length; start += BATCH) {
    const command = new PutMetricDataCommand({
      Namespace: METRIC_NAMESPACE,
      MetricData: data.slice(start, start + BATCH),
    });
    await call(`PutMetricData of ${model}`, () => cloudWatch.send(command));
  }
  return true;
}

const datum = (model: string, Timestamp: Date, { name, value, dimensions = {} }: Measurement): MetricDatum => ({
  MetricName: name,
  Timestamp,
  Value: value,
  Dimensions: Object.entries({ Model: model, ...dimensions }).map(([Name, Value]) => ({
    Name,
    Value: dimensionValue(Value),
  })),
});

/** Dimension values are 1 to 255 ASCII characters and must not begin with a colon; other characters are percent-encoded. */
export const dimensionValue = (value: string): string =>
  value
    .replace(/\p{Surrogate}/gu, '?')
    .replace(/[^\x20-\x7e]/gu, encodeURIComponent)
    .replace(/^:/, '_')
    .slice(0, 255) || '?';
