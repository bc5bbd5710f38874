/** What became of a model: its history, its versions side by side, and one prediction explained. */
import { z } from 'zod';
import { compareShape, readWhich } from '../../operations/compare.ts';
import { explainShape } from '../../operations/explain.ts';
import { historyShape } from '../../operations/history.ts';
import { scoreShape } from '../../operations/score.ts';
import { json, problems } from '../answers.ts';
import type { Bounded } from '../bounded.ts';
import { limitTo, numberCursor, numberOf } from '../paging.ts';
import { instance, instant, model } from '../requests.ts';
import type { Api, Deps } from '../types.ts';

const side = z
  .string()
  .regex(/^[vc]?[1-9]\d{0,8}$/, 'write v3, or c3 for a cycle')
  .optional();

export const recordRoutes =
  ({ reads }: Deps, bounded: Bounded, heavy: Bounded) =>
  async (api: Api) => {
    const params = z.object({ model });

    api.get(
      '/v1/models/:model/history',
      {
        config: { role: 'viewer' },
        schema: {
          ...{
            operationId: 'getHistory',
            tags: ['record'],
            summary: 'Every cycle there ever was, and the rollbacks, plans and endings between, newest first',
          },
          params,
          querystring: z.strictObject({
            limit: limitTo(200, '50'),
            cursor: numberCursor,
            since: instant.optional().meta({ description: 'None that is older' }),
          }),
          response: { 200: json('A page of it', historyShape), ...problems(404) },
        },
      },
      (request) => {
        const { limit, cursor, since } = request.query;
        const asked = { ...request.params, limit: Number(limit), before: numberOf(cursor), since };
        return bounded(request, () => reads.history(asked));
      },
    );

    api.get(
      '/v1/models/:model/compare',
      {
        config: { role: 'viewer' },
        schema: {
          ...{ operationId: 'compareVersions', tags: ['record'], summary: 'Two versions, or cycles, side by side' },
          description:
            'The two newest versions when neither is named, and one against what serves when one is. Differences are second minus first.',
          params,
          querystring: z.strictObject({
            first: side.meta({ description: 'A version, as v3 or 3, or a cycle, as c3' }),
            second: side.meta({ description: 'The other; what serves now when left out' }),
          }),
          response: { 200: json('Both, and how they differ', compareShape), ...problems(404, 409) },
        },
      },
      (request) => {
        const { first, second } = request.query;
        const which = [first, second].flatMap((word) => (word === undefined ? [] : (readWhich(word) ?? [])));
        return heavy(request, () => reads.compare({ ...request.params, which }));
      },
    );

    api.get(
      '/v1/models/:model/score',
      {
        config: { role: 'viewer' },
        schema: {
          ...{
            operationId: 'getScore',
            tags: ['record'],
            summary: 'The ML Test Score: 28 tests, each with what tells it and how to come by what is lacking',
          },
          params,
          response: { 200: json('By section, test by test', scoreShape), ...problems(404) },
        },
      },
      (request) => heavy(request, () => reads.score(request.params)),
    );

    api.post(
      '/v1/models/:model/explain',
      {
        config: { role: 'operator' },
        schema: {
          ...{
            operationId: 'explain',
            tags: ['record'],
            summary: 'Explains one prediction from what was sent to what was answered, and what came true',
          },
          description:
            'One that was given, by its id, or an instance that nobody has asked. The version that answered is asked once more, as a probe that monitoring leaves out.',
          params,
          body: z.union([
            z.strictObject({
              id: z.string().min(1).max(200).meta({ description: 'As the prediction had it: <request>/<row>' }),
              at: instant.optional().meta({ description: 'About when it was asked; the newest captures otherwise' }),
            }),
            z.strictObject({ instance }),
          ]),
          response: { 200: json('Step by step', explainShape), ...problems(404, 409, 413, 415, 422) },
        },
      },
      (request) =>
        heavy(
          request,
          () => reads.explain({ ...request.params, ...request.body }),
          'say about when it was asked: "at"',
        ),
    );
  };
