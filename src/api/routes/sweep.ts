/** What nothing needs any more: looked for, and removed. */

import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sweepWorkflowId } from '../../names.ts';
import { started, swept } from '../../operations/shapes/index.ts';
import { DURATION, parseDuration } from '../../plan/units.ts';
import { json, looking, problems } from '../answers.ts';
import { WAIT_MS, within } from '../bounded.ts';
import { type Answer, identityOf, type Keyed, keyHeader } from '../keyed.ts';
import { model } from '../requests.ts';
import type { Api, Deps } from '../types.ts';

const asked = z.strictObject({
  model: model
    .optional()
    .meta({ description: 'One model; its name says that it is gone, when it does not live. All when left out' }),
  olderThan: z
    .string()
    .max(40)
    .regex(DURATION, 'give a duration such as 30 days')
    .default('30 days')
    .meta({
      description: 'Models and data of cycles that ended without a version are left alone for so long',
      examples: ['30 days'],
    }),
});

export const sweepRoutes =
  ({ operator, verbs }: Deps, keyed: Keyed) =>
  async (api: Api) => {
    async function sweep(
      request: FastifyRequest,
      { model: name, olderThan }: z.output<typeof asked>,
      remove: boolean,
    ): Promise<Answer> {
      const { by } = identityOf(request);
      const wanted = { model: name, remove, olderThan: parseDuration(olderThan) ?? 0, by };
      const late = (error: unknown) => request.log.warn({ err: error }, 'a sweep failed');
      const found = await within(WAIT_MS, verbs.sweep(operator, wanted), late);
      if (found) return { status: 200, body: found };
      return { status: 202, body: { workflowId: sweepWorkflowId(name) }, location: '/v1/sweep' };
    }
    const response = {
      200: json('What was found', swept),
      202: looking(`It takes longer than ${WAIT_MS / 1000} s, and goes on`, started),
    };

    api.get(
      '/v1/sweep',
      {
        config: { role: 'operator' },
        schema: {
          ...{
            operationId: 'lookForOrphans',
            tags: ['fleet'],
            summary: 'Looks for what nothing needs any more; changes nothing',
          },
          querystring: asked,
          response: { ...response, ...problems(409) },
        },
      },
      async (request, reply) => {
        const { status, body } = await sweep(request, request.query, false);
        return reply.code(status).send(body);
      },
    );

    api.post(
      '/v1/sweep',
      {
        config: { role: 'approver' },
        schema: {
          ...{ operationId: 'removeOrphans', tags: ['fleet'], summary: 'Removes what nothing needs any more' },
          ...{ headers: keyHeader, body: asked },
          response: { ...response, ...problems(409, 413, 415, 422) },
        },
      },
      (request, reply) => keyed(request, reply, () => sweep(request, request.body, true)),
    );
  };
