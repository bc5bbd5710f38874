/** This process: whether it lives, whether it can serve, what it counts, and what it offers. */
import { z } from 'zod';
import { json, only, problems } from '../answers.ts';
import type { Metrics } from '../metrics.ts';
import { openapiText } from '../openapi.ts';
import type { Api, Deps } from '../types.ts';

const ANSWERS_WITHIN_MS = 3_000;

export const processRoutes =
  ({ operator, verbs }: Deps, metrics: Metrics) =>
  async (api: Api) => {
    const well = z.object({ status: z.literal('ok') });
    api.get(
      '/healthz',
      {
        schema: {
          ...{ operationId: 'health', tags: ['process'], summary: 'Whether this process lives' },
          response: { 200: json('It does', well) },
        },
      },
      () => ({ status: 'ok' as const }),
    );

    api.get(
      '/readyz',
      {
        schema: {
          ...{
            operationId: 'ready',
            tags: ['process'],
            summary: 'Whether Temporal answers, so that requests can be served',
          },
          response: { 200: json('It does', well), ...only(503) },
        },
      },
      async () => {
        await verbs.ping(operator, ANSWERS_WITHIN_MS);
        return { status: 'ok' as const };
      },
    );

    api.get(
      '/metrics',
      {
        config: { role: 'viewer' },
        schema: {
          ...{ operationId: 'metrics', tags: ['process'], summary: 'What this process counts, for Prometheus' },
          response: {
            200: { description: 'As Prometheus reads it', content: { 'text/plain': { schema: z.string() } } },
            ...problems(),
          },
        },
      },
      async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()),
    );

    api.get('/openapi.json', { schema: { hide: true } }, (_, reply) =>
      reply.type('application/json').send(openapiText(api)),
    );
  };
