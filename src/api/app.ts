/** The API as a whole: what comes in, what is answered, and the routes. It listens nowhere by itself. */
import { randomBytes } from 'node:crypto';
import Fastify, { LogController } from 'fastify';
import { pages } from '../pages/index.ts';
import { boundedBy } from './bounded.ts';
import { guard, LIMITS, type Limits } from './guard.ts';
import { keyedBy } from './keyed.ts';
import { linksBy } from './links.ts';
import { measure } from './metrics.ts';
import { notFound } from './not-found.ts';
import { describeRoutes, docsPage } from './openapi.ts';
import { answerError } from './problem.ts';
import { auditRoutes } from './routes/audits.ts';
import { cycleRoutes } from './routes/cycles.ts';
import { eventRoutes } from './routes/events.ts';
import { fleetRoutes } from './routes/fleet.ts';
import { lifeRoutes } from './routes/life.ts';
import { logRoutes } from './routes/logs.ts';
import { planRoutes } from './routes/plans.ts';
import { processRoutes } from './routes/process.ts';
import { recordRoutes } from './routes/record.ts';
import { reportRoutes } from './routes/reports.ts';
import { servingRoutes } from './routes/serving.ts';
import { signInLinkRoutes } from './routes/sign-in-links.ts';
import { sweepRoutes } from './routes/sweep.ts';
import { check, write } from './schema.ts';
import { sessionsBy } from './session.ts';
import { EVENTS, type EventOptions, streamsOf } from './streams.ts';
import type { Api, Deps, ZodTypes } from './types.ts';
import { watchBy } from './watch.ts';

export interface AppOptions {
  readonly version: string;
  readonly limits?: Limits;
  /** Addresses of proxies in front whose word for who asks is taken. */
  readonly trustProxy?: readonly string[];
  readonly events?: EventOptions;
  /** What browsers' sessions and links to sign in are sealed by; made anew when left out, so that they end with the process. */
  readonly sessionKey?: Buffer;
}

/** A plan and what lies beside it have at most 256 KiB; JSON writes line ends and quotes longer. */
const BODY_BYTES = 1024 * 1024;

/** An answer is in memory whole, and so is what it is made of. */
const READS_AT_ONCE = 16;
/** What computes in DuckDB, or reads all that there is. */
const HEAVY_AT_ONCE = 2;

export async function createApp(
  deps: Deps,
  { version, limits = LIMITS, trustProxy = [], events = EVENTS, sessionKey = randomBytes(32) }: AppOptions,
): Promise<Api> {
  const api: Api = Fastify({
    ...{ loggerInstance: deps.log, bodyLimit: BODY_BYTES },
    logController: new LogController({ disableRequestLogging: true }),
    // Of the sockets: a head and a body come in time, an idle connection goes.
    ...{ requestTimeout: 30_000, keepAliveTimeout: 10_000, connectionTimeout: 0 },
    http: { headersTimeout: 10_000 },
    trustProxy: trustProxy.length > 0 ? [...trustProxy] : false,
    return503OnClosing: true,
    frameworkErrors: answerError as never,
    routerOptions: { maxParamLength: 100 },
  }).withTypeProvider<ZodTypes>();
  api.removeContentTypeParser('text/plain');
  api.setValidatorCompiler(check as never);
  api.setSerializerCompiler(write);
  notFound(api);
  headersOfAll(api);
  closeSoon(api);
  const metrics = measure(api);
  await describeRoutes(api, version);
  const [sessions, links] = [sessionsBy(sessionKey), linksBy(sessionKey)];
  const admit = await guard(api, deps.authenticate, sessions, limits);
  await api.register(processRoutes(deps, metrics));
  await api.register(signInLinkRoutes(links));
  await api.register(fleetRoutes(deps));
  await api.register(planRoutes(deps));
  const keyed = keyedBy(deps, metrics);
  for (const routes of [cycleRoutes, servingRoutes, lifeRoutes, sweepRoutes]) await api.register(routes(deps, keyed));
  const [bounded, heavy] = [boundedBy(READS_AT_ONCE), boundedBy(HEAVY_AT_ONCE)];
  await api.register(recordRoutes(deps, bounded, heavy));
  await api.register(auditRoutes(deps, bounded, heavy));
  await api.register(reportRoutes(deps, bounded));
  const streams = streamsOf(api, metrics, events);
  const watch = watchBy((name) => deps.verbs.status(deps.operator, { model: name }), events.every);
  await api.register(eventRoutes(deps, streams, watch));
  await api.register(logRoutes(deps, bounded, streams, watch));
  await api.register(pages(deps, { admit, sessions, links }));
  await docsPage(api);
  await api.ready();
  return api;
}

/** What was asked is answered within this, or not at all. */
const GRACE_MS = 10_000;

/** When all that was asked is answered, connections go: also those on which nothing was ever asked, which Node would wait for. */
function closeSoon(api: Api): void {
  let asked = 0;
  api.addHook('onRequest', async (_, reply) => {
    asked += 1;
    // Of an answer that was given up, too.
    reply.raw.once('close', () => {
      asked -= 1;
    });
  });
  api.addHook('preClose', async () => {
    const begun = Date.now();
    const timer = setInterval(() => {
      if (asked === 0 || Date.now() - begun > GRACE_MS) api.server.closeAllConnections();
    }, 50);
    api.server.once('close', () => clearInterval(timer));
    timer.unref();
  });
}

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
} as const;

function headersOfAll(api: Api): void {
  api.addHook('onSend', async (_, reply) => {
    for (const [name, value] of Object.entries(HEADERS)) if (!reply.hasHeader(name)) reply.header(name, value);
  });
}
