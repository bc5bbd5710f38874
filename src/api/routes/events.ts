/** A model's status as a stream of server-sent events: at once, and whenever it changes. */
import { PassThrough } from 'node:stream';
import { z } from 'zod';
import { problems } from '../answers.ts';
import { identityOf } from '../keyed.ts';
import type { Metrics } from '../metrics.ts';
import { ApiProblem } from '../problem.ts';
import { model } from '../requests.ts';
import type { Api, Deps } from '../types.ts';
import { watchBy } from '../watch.ts';

export interface EventOptions {
  /** Milliseconds between looks at a model. */
  readonly every: number;
  /** Milliseconds after which a comment tells proxies and clients that it lives. */
  readonly keepAlive: number;
  /** Streams that may be open, of all and of one identity. */
  readonly most: number;
  readonly mostEach: number;
}

export const EVENTS: EventOptions = { every: 2_000, keepAlive: 15_000, most: 200, mostEach: 10 };

/** Then the client asks again, and its token is looked at again. */
const LONGEST_MS = 3_600_000;
/** Of a client that does not read. */
const MOST_UNREAD = 4 * 1024 * 1024;

export const eventRoutes =
  ({ operator, verbs }: Deps, { streams }: Metrics, { every, keepAlive, most, mostEach }: EventOptions) =>
  async (api: Api) => {
    const watch = watchBy((name) => verbs.status(operator, { model: name }), every);
    const open = new Map<PassThrough, string>();
    api.addHook('preClose', async () => {
      for (const stream of open.keys()) stream.end();
    });

    api.get(
      '/v1/models/:model/events',
      {
        config: { role: 'viewer', session: true },
        schema: {
          operationId: 'watchModel',
          tags: ['models'],
          summary: "The model's status at once and whenever it changes, as server-sent events",
          description:
            'Each event `status` has a status (as GET of the model gives it) and an id; whoever comes back with `Last-Event-ID` gets nothing twice. `gone` is the last event of a model that ends. A stream ends after an hour or with its token: ask again.',
          params: z.object({ model }),
          headers: z.looseObject({ 'last-event-id': z.string().max(100).optional() }),
          response: {
            200: { description: 'Events', content: { 'text/event-stream': { schema: z.string() } } },
            ...problems(404),
          },
        },
      },
      async (request, reply) => {
        const { by, until } = identityOf(request);
        const own = [...open.values()].filter((other) => other === by).length;
        if (open.size >= most || own >= mostEach)
          throw new ApiProblem('too-many-requests', 'too many streams are open', 'close one', { 'retry-after': '60' });
        const name = request.params.model;
        await verbs.status(operator, { model: name });

        const stream = new PassThrough();
        open.set(stream, by);
        streams.set(open.size);
        const say = (text: string) => {
          if (stream.writableLength + stream.readableLength > MOST_UNREAD) stream.destroy();
          else stream.write(text);
        };
        let last = request.headers['last-event-id'];
        say('retry: 2000\n\n');
        const stop = watch(name, {
          saw: ({ id, text }) => {
            if (id !== last) say(`id: ${id}\nevent: status\ndata: ${text}\n\n`);
            last = id;
          },
          ended: (reason) => {
            say(`event: gone\ndata: ${JSON.stringify({ reason })}\n\n`);
            stream.end();
          },
        });
        const alive = setInterval(() => say(': still here\n\n'), keepAlive);
        const longest = Math.min(LONGEST_MS, Math.max(0, (until ?? Number.POSITIVE_INFINITY) - Date.now()));
        const end = setTimeout(() => stream.end(), longest);
        for (const timer of [alive, end]) timer.unref();
        stream.once('close', () => {
          stop();
          clearInterval(alive);
          clearTimeout(end);
          open.delete(stream);
          streams.set(open.size);
        });
        return reply
          .type('text/event-stream')
          .header('x-accel-buffering', 'no')
          .send(stream as never);
      },
    );
  };
