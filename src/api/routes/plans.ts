/** Plans: looked at, and put in force. */
import { z } from 'zod';
import { diffShape } from '../../operations/diff.ts';
import { modelStatus, validated } from '../../operations/shapes/index.ts';
import { json, problems } from '../answers.ts';
import { identityOf } from '../keyed.ts';
import { frozenOf, planFiles } from '../plan-files.ts';
import { model, reason } from '../requests.ts';
import type { Api, Deps } from '../types.ts';

export const planRoutes =
  ({ operator, verbs }: Deps) =>
  async (api: Api) => {
    const params = z.object({ model });

    api.put(
      '/v1/models/:model/plan',
      {
        config: { role: 'operator' },
        schema: {
          ...{
            operationId: 'applyPlan',
            tags: ['plans'],
            summary: 'Puts a plan in force: makes the model, or gives it the plan',
          },
          description: 'The same plan again changes nothing. Its calendars are set, and the next cycle goes by it.',
          params,
          body: planFiles.extend({ reason }),
          response: { 200: json('The model, with the plan in force', modelStatus), ...problems(409, 413, 415, 422) },
        },
      },
      async (request) => {
        const { params, body } = request;
        const frozen = await frozenOf(params.model, body);
        const { by } = identityOf(request);
        await verbs.applyPlan(operator, { frozen, by, reason: body.reason });
        return verbs.status(operator, params);
      },
    );

    api.post(
      '/v1/models/:model/plan/validate',
      {
        config: { role: 'viewer' },
        schema: {
          ...{
            operationId: 'validatePlan',
            tags: ['plans'],
            summary: 'Says everything that is wrong with a plan; starts nothing',
          },
          params,
          body: planFiles,
          response: { 200: json('The plan is valid', validated), ...problems(413, 415, 422) },
        },
      },
      async ({ params, body }) => {
        const { plan, hash } = await frozenOf(params.model, body);
        return { model: plan.model, hash, valid: true as const };
      },
    );

    api.post(
      '/v1/models/:model/plan/diff',
      {
        config: { role: 'viewer' },
        schema: {
          ...{
            operationId: 'diffPlan',
            tags: ['plans'],
            summary: 'Says what a plan would change against the one in force, what follows and when, and what it costs',
          },
          description: 'Changes nothing. Of a model that there is not: that it would be made.',
          params,
          body: planFiles,
          response: { 200: json('What it would change', diffShape), ...problems(409, 413, 415, 422) },
        },
      },
      async ({ params, body }) => verbs.diff(operator, { frozen: await frozenOf(params.model, body) }),
    );
  };
