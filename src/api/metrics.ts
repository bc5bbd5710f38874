/** What the process counts, for Prometheus, and a line in the log a request. Routes are named by their pattern: no metric grows with what people ask. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Api } from './types.ts';

export interface Metrics {
  text(): Promise<string>;
  readonly contentType: string;
  /** Streams of events that are open. */
  readonly streams: Gauge;
  /** Answers that were given again for an Idempotency-Key. */
  readonly replayed: Counter;
}

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function measure(api: Api): Metrics {
  const registers = [new Registry()];
  const [register] = registers as [Registry];
  collectDefaultMetrics({ register });
  const seconds = new Histogram({
    ...{ name: 'perennial_api_request_seconds', help: 'How long requests took', registers, buckets: BUCKETS },
    labelNames: ['method', 'route', 'status'],
  });
  api.addHook('onResponse', async (request, reply) => {
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const method = request.is404 ? 'any' : request.method;
    seconds.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    const { identity, ip } = request;
    const ms = Math.round(reply.elapsedTime);
    // Of the pages, what people do there.
    if (route.startsWith('/v1/') || request.method === 'POST')
      request.log.info({ method, route, status: reply.statusCode, ms, by: identity?.by, ip }, 'request');
  });
  return {
    text: () => register.metrics(),
    contentType: register.contentType,
    streams: new Gauge({ name: 'perennial_api_streams', help: 'Streams of events that are open', registers }),
    replayed: new Counter({
      ...{ name: 'perennial_api_replayed_total', help: 'Answers given again for an Idempotency-Key', registers },
    }),
  };
}
