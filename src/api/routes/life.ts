/** Holding a model, looking at it now, ending it. */
import { z } from 'zod';
import { held, monitorResult, retiring, started } from '../../operations/shapes/index.ts';
import { json, looking, problems } from '../answers.ts';
import { WAIT_MS, within } from '../bounded.ts';
import { identityOf, type Keyed, keyHeader } from '../keyed.ts';
import { ApiProblem } from '../problem.ts';
import { instant, model, reason } from '../requests.ts';
import type { Api, Deps } from '../types.ts';

const HOLDING = {
  pause: [
    'pauseModel',
    'Holds a model: no automatic cycle starts and no rollout moves on; it serves and is watched as before',
  ],
  resume: ['resumeModel', 'Lets a model go on: ends a pause, a quarantine for bad data, and a breaker that opened'],
} as const;

export const lifeRoutes =
  ({ operator, verbs }: Deps, keyed: Keyed) =>
  async (api: Api) => {
    const params = z.object({ model });

    for (const action of ['pause', 'resume'] as const) {
      const [operationId, summary] = HOLDING[action];
      api.post(
        `/v1/models/:model/${action}`,
        {
          config: { role: 'operator' },
          schema: {
            ...{ operationId, tags: ['life'], summary, params, headers: keyHeader, body: z.strictObject({ reason }) },
            response: { 200: json('Done', held), ...problems(404, 409, 413, 415, 422) },
          },
        },
        (request, reply) =>
          keyed(request, reply, async (updateId) => {
            const word = { model: request.params.model, by: identityOf(request).by, ...request.body };
            await verbs[action](operator, { ...word, updateId });
            return { status: 200, body: { ...word, paused: action === 'pause' } };
          }),
      );
    }

    api.post(
      '/v1/models/:model/monitor',
      {
        config: { role: 'operator' },
        schema: {
          ...{
            operationId: 'monitorModel',
            tags: ['life'],
            summary: 'One monitoring pass now, instead of at the next time of the calendar',
          },
          description: `Waits for the report, but no longer than ${WAIT_MS / 1000} s: then 202, and \`monitor\` of the model has it later.`,
          ...{ params, headers: keyHeader },
          body: z.strictObject({
            asOf: instant
              .optional()
              .meta({ description: 'What a cycle that follows looks back from; now when left out' }),
          }),
          response: {
            200: json('The report, or why there was nothing to look at', monitorResult),
            202: looking('It goes on', started),
            ...problems(404, 409, 413, 415, 422),
          },
        },
      },
      (request, reply) =>
        keyed(request, reply, async (id) => {
          const named = request.params;
          const asked = { ...named, ...request.body, by: identityOf(request).by, id };
          const workflowId = await verbs.startMonitor(operator, asked);
          const late = (error: unknown) => request.log.warn({ err: error, workflowId }, 'a monitoring pass failed');
          const result = await within(WAIT_MS, verbs.monitorResult(operator, { ...named, workflowId }), late);
          if (result) return { status: 200, body: result };
          return { status: 202, body: { workflowId }, location: `/v1/models/${named.model}` };
        }),
    );

    api.post(
      '/v1/models/:model/retire',
      {
        config: { role: 'approver' },
        schema: {
          ...{
            operationId: 'retireModel',
            tags: ['life'],
            summary: 'Ends a model: endpoint, API, alarms, dashboard and calendars are removed; data and ledger stay',
          },
          description: 'It takes a while: the model is gone from the list when it has ended.',
          ...{ params, headers: keyHeader },
          body: z.strictObject({
            confirm: z.string().max(30).meta({ description: "The model's name once more: it is meant" }),
            reason,
          }),
          response: { 202: looking('It is under way', retiring), ...problems(404, 409, 413, 415, 422) },
        },
      },
      (request, reply) =>
        keyed(request, reply, async (updateId) => {
          const { confirm, ...more } = request.body;
          const { model: name } = request.params;
          if (confirm !== name)
            throw new ApiProblem(
              'conflict',
              `${name} would no longer serve, and confirm says "${confirm}"`,
              `if that is meant: confirm "${name}"`,
            );
          const word = { model: name, by: identityOf(request).by, ...more };
          await verbs.startRetirement(operator, { ...word, updateId });
          return { status: 202, body: { ...word, retiring: true }, location: `/v1/models/${name}` };
        }),
    );
  };
