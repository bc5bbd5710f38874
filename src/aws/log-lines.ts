/** Lines of CloudWatch Logs, a stream at a time: the last ones, and what comes after them. */
import {
  type CloudWatchLogsClient,
  GetLogEventsCommand,
  type GetLogEventsResponse,
  paginateDescribeLogStreams,
} from '@aws-sdk/client-cloudwatch-logs';
import { call, callOrMissing } from './errors.ts';

export interface LogStream {
  readonly group: string;
  readonly name: string;
}

export interface LogLine {
  /** ISO 8601. */
  readonly at: string;
  readonly message: string;
}

export interface Page {
  readonly lines: readonly LogLine[];
  /** Where what comes later begins. */
  readonly token?: string;
  /** There are earlier ones. */
  readonly more: boolean;
}

/** A call gives ten thousand lines, or a megabyte of them. */
const MOST_A_CALL = 10_000;
const MOST_CALLS = 20;

/** CloudWatch knows within the hour when the last line of a stream was written. */
const LATE_MS = 3_600_000;

/**
 * By the beginning of their names, but those that were silent since `from`; none where the group is not there, as before
 * the first line. Milliseconds since 1970.
 */
export async function streamsOf(
  logs: CloudWatchLogsClient,
  { group, prefix, from = 0 }: { group: string; prefix: string; from?: number },
): Promise<LogStream[]> {
  const found = await callOrMissing(`DescribeLogStreams ${group}`, async () => {
    const streams: LogStream[] = [];
    const query = { logGroupName: group, ...(prefix && { logStreamNamePrefix: prefix }) };
    for await (const page of paginateDescribeLogStreams({ client: logs }, query))
      for (const { logStreamName: name, lastEventTimestamp: last = from } of page.logStreams ?? [])
        if (name && last >= from - LATE_MS) streams.push({ group, name });
    return streams;
  });
  return found ?? [];
}

/** At most so many, up to an instant, in their order. */
export async function lastLines(
  logs: CloudWatchLogsClient,
  stream: LogStream,
  { limit, from, to }: { limit: number; from?: number; to?: number },
): Promise<Page> {
  const pages: LogLine[][] = [];
  let [token, first, count]: [string | undefined, string | undefined, number] = [undefined, undefined, 0];
  for (let calls = 0; calls < MOST_CALLS; calls++) {
    const wanted = Math.min(MOST_A_CALL, limit + 1 - count);
    const got = await events(logs, stream, { limit: wanted, startTime: from, endTime: to, nextToken: token });
    first ??= got.nextForwardToken;
    pages.unshift(linesOf(got));
    count += got.events?.length ?? 0;
    // The end is told by the same token.
    if (count > limit || got.nextBackwardToken === token || got.events?.length === 0) break;
    token = got.nextBackwardToken;
  }
  const lines = pages.flat();
  return { lines: lines.slice(-limit), token: first, more: lines.length > limit };
}

/** What came after; from the beginning without a token. */
export async function linesAfter(logs: CloudWatchLogsClient, stream: LogStream, token?: string): Promise<Page> {
  const got = await events(logs, stream, token ? { nextToken: token } : {}, true);
  return { lines: linesOf(got), token: got.nextForwardToken ?? token, more: false };
}

const events = async (
  logs: CloudWatchLogsClient,
  { group, name }: LogStream,
  page: { limit?: number; startTime?: number; endTime?: number; nextToken?: string },
  startFromHead = false,
): Promise<GetLogEventsResponse> =>
  call(`GetLogEvents ${group} ${name}`, () =>
    logs.send(new GetLogEventsCommand({ logGroupName: group, logStreamName: name, startFromHead, ...page })),
  );

const linesOf = ({ events: found = [] }: GetLogEventsResponse): LogLine[] =>
  found.map(({ timestamp = 0, message = '' }) => ({
    at: new Date(timestamp).toISOString(),
    message: message.trimEnd(),
  }));
