/** CloudWatch's metrics of one variant of an endpoint, as its readers and its alarms ask for them. */
import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { call } from './errors.ts';

export interface VariantOf {
  readonly endpoint: string;
  readonly variant: string;
}

const MINUTE = 60_000;

export const dimensionsOf = ({ endpoint, variant }: VariantOf) => [
  { Name: 'EndpointName', Value: endpoint },
  { Name: 'VariantName', Value: variant },
];

/** A window widened to whole minutes, at least one, in milliseconds since 1970. */
export function wholeMinutes(from: Date, to: Date): { start: number; end: number } {
  const start = Math.floor(from.getTime() / MINUTE) * MINUTE;
  return { start, end: Math.max(start + MINUTE, Math.ceil(to.getTime() / MINUTE) * MINUTE) };
}

/** All values of each query by its id, page after page. `what` names the call. */
export async function readValues(
  cloudWatch: CloudWatchClient,
  what: string,
  { start, end }: { start: number; end: number },
  queries: MetricDataQuery[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const values = new Map<string, number[]>(queries.map(({ Id = '' }) => [Id, []]));
  await call(`GetMetricData of ${what}`, async () => {
    let NextToken: string | undefined;
    do {
      const page = await cloudWatch.send(
        new GetMetricDataCommand({
          StartTime: new Date(start),
          EndTime: new Date(end),
          MetricDataQueries: queries,
          ...(NextToken ? { NextToken } : {}),
        }),
      );
      for (const { Id = '', Values } of page.MetricDataResults ?? []) values.get(Id)?.push(...(Values ?? []));
      NextToken = page.NextToken;
    } while (NextToken);
  });
  return values;
}
