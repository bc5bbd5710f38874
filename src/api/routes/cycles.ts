/** Cycles: wished, looked at, decided about, stopped. */
import { z } from 'zod';
import { cancelled, cycleDetails, cycleOutcome, decided, wishAnswer } from '../../operations/shapes/index.ts';
import { json, looking, problems } from '../answers.ts';
import { identityOf, type Keyed, keyHeader } from '../keyed.ts';
import { ApiProblem } from '../problem.ts';
import { cycle, instant, model, reason } from '../requests.ts';
import type { Api, Deps } from '../types.ts';

const cycleList = z
  .object({
    running: z.int().optional().meta({ description: 'The number of the cycle that runs' }),
    items: z.array(cycleOutcome).meta({ description: 'The last ten that ended, newest first' }),
  })
  .meta({ id: 'CycleList' });

export const cycleRoutes =
  ({ operator, verbs }: Deps, keyed: Keyed) =>
  async (api: Api) => {
    const params = z.object({ model });
    const one = z.object({ model, cycle });

    api.post(
      '/v1/models/:model/cycles',
      {
        config: { role: 'operator' },
        schema: {
          ...{
            operationId: 'startCycle',
            tags: ['cycles'],
            summary: 'Starts a cycle, or puts it in line behind the one that runs',
          },
          ...{ params, headers: keyHeader },
          body: z.strictObject({
            asOf: instant.optional().meta({ description: 'Look back from this instant instead of now' }),
            reason,
          }),
          response: { 202: looking('It is on its way', wishAnswer), ...problems(404, 409, 413, 415, 422) },
        },
      },
      (request, reply) =>
        keyed(request, reply, async (updateId) => {
          const { params, body } = request;
          const wish = { ...params, trigger: 'person', by: identityOf(request).by, ...body, updateId } as const;
          const answer = await verbs.requestCycle(operator, wish);
          if (!answer.accepted || answer.cycle === undefined)
            throw new ApiProblem('conflict', answer.note ?? `${params.model} takes no cycle now`, 'look at its status');
          return { status: 202, body: answer, location: `/v1/models/${params.model}/cycles/${answer.cycle}` };
        }),
    );

    api.get(
      '/v1/models/:model/cycles',
      {
        config: { role: 'viewer' },
        schema: {
          ...{
            operationId: 'listCycles',
            tags: ['cycles'],
            summary: 'The cycle that runs, and the last ones that ended',
          },
          params,
          response: { 200: json('Cycles', cycleList), ...problems(404) },
        },
      },
      async ({ params }) => {
        const { current, outcomes } = await verbs.status(operator, params);
        return { running: current?.cycle, items: [...outcomes] };
      },
    );

    api.get(
      '/v1/models/:model/cycles/:cycle',
      {
        config: { role: 'viewer' },
        schema: {
          ...{ operationId: 'getCycle', tags: ['cycles'], summary: 'One cycle: stage by stage, and how it ended' },
          description: 'The last ten are always there; older ones as long as Temporal keeps what has ended.',
          params: one,
          response: { 200: json('The cycle', cycleDetails), ...problems(404) },
        },
      },
      ({ params }) => verbs.cycleDetails(operator, { model: params.model, cycle: Number(params.cycle) }),
    );

    api.post(
      '/v1/models/:model/cycles/:cycle/decision',
      {
        config: { role: 'approver' },
        schema: {
          ...{ operationId: 'decide', tags: ['cycles'], summary: 'Approves or rejects what the cycle has evaluated' },
          ...{ params: one, headers: keyHeader },
          body: z.strictObject({
            decision: z.enum(['approve', 'reject']),
            evaluation: z.string().min(1).max(200).meta({
              description: 'sha256 of the evaluation that was looked at (`approval.evaluation` of the model)',
            }),
            reason,
          }),
          response: { 200: json('It is decided', decided), ...problems(404, 409, 413, 415, 422) },
        },
      },
      (request, reply) =>
        keyed(request, reply, async (updateId) => {
          const { params, body } = request;
          const decision = { model: params.model, cycle: Number(params.cycle), by: identityOf(request).by, ...body };
          await verbs.decide(operator, { ...decision, updateId });
          return { status: 200, body: decision };
        }),
    );

    api.post(
      '/v1/models/:model/cycles/:cycle/cancel',
      {
        config: { role: 'operator' },
        schema: {
          ...{
            operationId: 'cancelCycle',
            tags: ['cycles'],
            summary: 'Stops the cycle that runs: its jobs are stopped, what it half made is removed',
          },
          ...{ params: one, headers: keyHeader, body: z.strictObject({ reason }) },
          response: { 202: looking('It is asked to stop', cancelled), ...problems(404, 409, 413, 415, 422) },
        },
      },
      (request, reply) =>
        keyed(request, reply, async (updateId) => {
          const { params, body } = request;
          const { by } = identityOf(request);
          const cycle = await verbs.cancelCycle(operator, {
            model: params.model,
            cycle: Number(params.cycle),
            by,
            ...body,
            updateId,
          });
          const location = `/v1/models/${params.model}/cycles/${cycle}`;
          return { status: 202, body: { model: params.model, cycle, by }, location };
        }),
    );
  };
