/** Streams of server-sent events: so many at once, each with signs of life, none longer than an hour or than its token. */
import { PassThrough } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { identityOf } from './keyed.ts';
import type { Metrics } from './metrics.ts';
import { ApiProblem } from './problem.ts';
import type { Api } from './types.ts';

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

export const lastEventId = z.looseObject({ 'last-event-id': z.string().max(100).optional() });

/** How routes say that they answer a stream. */
export const EVENT_STREAM = { description: 'Events', content: { 'text/event-stream': { schema: z.string() } } };

export interface Told {
  readonly event: string;
  readonly id?: string;
  /** JSON text. */
  readonly data: string;
}

export interface Stream {
  say(told: Told): void;
  /** Says what was said before, and nothing more. */
  end(): void;
}

export interface Streams {
  /** Throws when too many are open. */
  admit(request: FastifyRequest): void;
  /** `begin` gives what ends the work behind it, when nobody listens any more. */
  answer(request: FastifyRequest, reply: FastifyReply, begin: (stream: Stream) => () => void): FastifyReply;
}

export function streamsOf(api: Api, { streams }: Metrics, { keepAlive, most, mostEach }: EventOptions): Streams {
  const open = new Map<PassThrough, string>();
  api.addHook('preClose', async () => {
    for (const stream of open.keys()) stream.end();
  });
  return {
    admit(request) {
      const { by } = identityOf(request);
      const own = [...open.values()].filter((other) => other === by).length;
      if (open.size >= most || own >= mostEach)
        throw new ApiProblem('too-many-requests', 'too many streams are open', 'close one', { 'retry-after': '60' });
    },
    answer(request, reply, begin) {
      const { by, until } = identityOf(request);
      const stream = new PassThrough();
      open.set(stream, by);
      streams.set(open.size);
      const write = (text: string) => {
        if (stream.writableEnded) return;
        if (stream.writableLength + stream.readableLength > MOST_UNREAD) stream.destroy();
        else stream.write(text);
      };
      write('retry: 2000\n\n');
      const stop = begin({
        say: ({ event, id, data }) =>
          write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`),
        end: () => stream.end(),
      });
      const alive = setInterval(() => write(': still here\n\n'), keepAlive);
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
  };
}
