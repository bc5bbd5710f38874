/** What a cycle's jobs and what serves said: a page back at a time, and as it comes. */
import { z } from 'zod';
import { LOG_PLACE, placeAfter, placeText, readPlace } from '../../operations/log-page.ts';
import { LOG_STAGES } from '../../operations/log-places.ts';
import { logsShape } from '../../operations/logs.ts';
import { json, problems } from '../answers.ts';
import type { Bounded } from '../bounded.ts';
import { limitTo } from '../paging.ts';
import { ApiProblem } from '../problem.ts';
import { cycle, model } from '../requests.ts';
import { EVENT_STREAM, lastEventId, type Stream, type Streams } from '../streams.ts';
import type { Api, Deps } from '../types.ts';
import type { Watch } from '../watch.ts';

/** CloudWatch Logs takes 25 reads a second for a whole account, and each that follows reads every stream of a cycle. */
const FOLLOWERS = 5;
const EVERY_MS = 5_000;

export const logRoutes =
  ({ reads }: Deps, bounded: Bounded, streams: Streams, watch: Watch) =>
  async (api: Api) => {
    const params = z.object({ model });
    const part = {
      cycle: cycle.optional().meta({ description: 'Of this cycle; of the last one when left out' }),
      stage: z.enum(LOG_STAGES).optional().meta({ description: 'Only of this stage' }),
    };
    const numbered = <T extends { cycle?: string }>({ cycle: number, ...more }: T) => ({
      ...more,
      ...(number !== undefined && { cycle: Number(number) }),
    });

    api.get(
      '/v1/models/:model/logs',
      {
        config: { role: 'viewer' },
        schema: {
          ...{
            operationId: 'getLogs',
            tags: ['record'],
            summary: "What a cycle's jobs, and what serves, said, as one stream in the order of time: the last lines",
          },
          params,
          querystring: z.strictObject({
            ...part,
            limit: limitTo(1000, '200'),
            cursor: z
              .string()
              .regex(LOG_PLACE, 'give `earlier` of the page before as it is')
              .optional()
              .meta({ description: '`earlier` of the page before' }),
          }),
          response: { 200: json('Lines', logsShape), ...problems(404, 422) },
        },
      },
      (request) => {
        const { limit, cursor, ...more } = numbered(request.query);
        const asked = { ...request.params, ...more, limit: Number(limit), before: cursor };
        return bounded(request, () => reads.logs(asked));
      },
    );

    let followers = 0;
    api.get(
      '/v1/models/:model/logs/events',
      {
        config: { role: 'viewer' },
        schema: {
          ...{
            operationId: 'followLogs',
            tags: ['record'],
            summary: 'The same as it comes, as server-sent events, until the cycle has ended',
          },
          description:
            'Each event `lines` has a list of lines and an id; whoever comes back with `Last-Event-ID` gets what came later. The first ones are of the past, at most 500. `ended` is the last event.',
          params,
          querystring: z.strictObject(part),
          headers: lastEventId,
          response: { 200: EVENT_STREAM, ...problems(404) },
        },
      },
      async (request, reply) => {
        streams.admit(request);
        if (followers >= FOLLOWERS)
          throw new ApiProblem('too-many-requests', `${FOLLOWERS} follow logs already`, 'ask again in a minute', {
            'retry-after': '60',
          });
        const asked = { ...request.params, ...numbered(request.query) };
        const leave = () => {
          followers -= 1;
        };
        followers += 1;
        const begun = bounded(request, () => reads.logs({ ...asked, limit: 1 }));
        begun.catch(leave);
        const { cycle: number, running } = await begun;
        const last = request.headers['last-event-id'];
        return streams.answer(request, reply, (stream) => {
          const stop = new AbortController();
          let over = !running;
          const unwatch = running
            ? watch(asked.model, {
                saw: ({ text }) => {
                  const { current } = JSON.parse(text) as { current?: { cycle: number } };
                  over = current?.cycle !== number;
                },
                ended: () => {
                  over = true;
                },
              })
            : () => {};
          const lines = reads.followLogs({
            ...{ ...asked, cycle: number, over: () => over, signal: stop.signal, every: EVERY_MS },
            ...(last !== undefined && readPlace(last) && { after: last }),
          });
          const told = tell(lines, stream, last).catch((error: Error) => {
            if (stop.signal.aborted) return;
            request.log.warn({ err: error }, 'logs could not be followed any further');
            stream.end();
          });
          void told.finally(leave);
          return () => {
            unwatch();
            stop.abort();
          };
        });
      },
    );
  };

type Lines = ReturnType<Deps['reads']['followLogs']>;

/** The id is the place up to which lines were told. */
async function tell(lines: Lines, { say, end }: Stream, last: string | undefined): Promise<void> {
  let place = last === undefined ? undefined : readPlace(last);
  for await (const some of lines) {
    place = placeAfter(some, place);
    say({ event: 'lines', data: JSON.stringify(some), ...(place && { id: placeText(place) }) });
  }
  say({ event: 'ended', data: '{}' });
  end();
}
