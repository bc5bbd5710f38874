/** What serves: the rollout that runs, the way back, and the model's own answers. */
import { z } from 'zod';
import { predicted, rollbackStarted, steered, toldLabels } from '../../operations/shapes/index.ts';
import { json, looking, problems } from '../answers.ts';
import { identityOf, type Keyed, keyHeader } from '../keyed.ts';
import { instance, model, reason } from '../requests.ts';
import type { Api, Deps } from '../types.ts';

const STEERING = {
  promote: ['promoteRollout', 'Lets the rollout that runs go on without waiting; each step is still judged'],
  abort: ['abortRollout', 'Ends the rollout that runs: the champion serves as before'],
} as const;

export const servingRoutes =
  ({ operator, verbs, asks }: Deps, keyed: Keyed) =>
  async (api: Api) => {
    const params = z.object({ model });

    for (const action of ['promote', 'abort'] as const) {
      const [operationId, summary] = STEERING[action];
      api.post(
        `/v1/models/:model/rollout/${action}`,
        {
          config: { role: 'approver' },
          schema: {
            ...{ operationId, tags: ['serving'], summary, params, headers: keyHeader },
            body: z.strictObject({ reason }),
            response: { 202: looking('The rollout is told', steered), ...problems(404, 409, 413, 415, 422) },
          },
        },
        (request, reply) =>
          keyed(request, reply, async (updateId) => {
            const { params, body } = request;
            const word = { model: params.model, action, by: identityOf(request).by, ...body };
            await verbs.steerRollout(operator, { ...word, updateId });
            return { status: 202, body: word, location: `/v1/models/${params.model}` };
          }),
      );
    }

    api.post(
      '/v1/models/:model/rollback',
      {
        config: { role: 'approver' },
        schema: {
          ...{ operationId: 'rollBack', tags: ['serving'], summary: 'Returns to a version that is kept' },
          description:
            'It takes a while: `rollback` of the model is there until it has ended, then `lastRollback` tells how.',
          ...{ params, headers: keyHeader },
          body: z.strictObject({
            to: z
              .int()
              .min(1)
              .max(999_999_999)
              .optional()
              .meta({ description: 'The version; the newest before the champion when left out' }),
            reason,
          }),
          response: { 202: looking('It is under way', rollbackStarted), ...problems(404, 409, 413, 415, 422) },
        },
      },
      (request, reply) =>
        keyed(request, reply, async (updateId) => {
          const { params, body } = request;
          const asked = { ...params, to: body.to, reason: body.reason ?? 'a person asked for it' };
          const started = await verbs.rollback(operator, { ...asked, by: identityOf(request).by, updateId });
          return { status: 202, body: started, location: `/v1/models/${params.model}` };
        }),
    );

    api.post(
      '/v1/models/:model/predictions',
      {
        config: { role: 'operator' },
        schema: {
          ...{
            operationId: 'predict',
            tags: ['serving'],
            summary: 'Asks the model that serves, through its own API and with its key',
          },
          params,
          body: z.strictObject({ instances: z.array(instance).min(1).max(1_000) }),
          response: { 200: json('Its predictions, in order', predicted), ...problems(404, 409, 413, 415, 422) },
        },
      },
      ({ params, body, raw }) => asks.predict({ ...params, body: JSON.stringify(body), signal: gone(raw) }),
    );

    api.post(
      '/v1/models/:model/labels',
      {
        config: { role: 'operator' },
        schema: {
          ...{
            operationId: 'tellLabels',
            tags: ['serving'],
            summary: 'Tells what came true of predictions, by their ids',
          },
          description: 'The same outcome may be told again.',
          params,
          body: z.strictObject({
            outcomes: z
              .array(
                z.strictObject({
                  id: z.string().min(1).max(200),
                  outcome: z.union([z.boolean(), z.number(), z.string()]),
                }),
              )
              .min(1)
              .max(10_000),
          }),
          response: { 200: json('They are accepted', toldLabels), ...problems(404, 409, 413, 415, 422) },
        },
      },
      ({ params, body, raw }) => asks.tellLabels({ ...params, ...body, signal: gone(raw) }),
    );
  };

/** Nobody waits for the answer any more. */
function gone(raw: { once(event: 'aborted', heard: () => void): unknown }): AbortSignal {
  const controller = new AbortController();
  raw.once('aborted', () => controller.abort());
  return controller.signal;
}
