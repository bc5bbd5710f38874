/** What there is: all models, page by page, and everything about one. */
import { z } from 'zod';
import { modelStatus, modelSummary } from '../../operations/shapes/index.ts';
import { json, problems } from '../answers.ts';
import { cursorOf, page, paged } from '../paging.ts';
import { model } from '../requests.ts';
import type { Api, Deps } from '../types.ts';

export const fleetRoutes =
  ({ operator, verbs }: Deps) =>
  async (api: Api) => {
    api.get(
      '/v1/models',
      {
        config: { role: 'viewer' },
        schema: {
          ...{ operationId: 'listModels', tags: ['models'], summary: 'All models by name' },
          querystring: paged,
          response: { 200: json('A page of models', page('ModelPage', modelSummary)), ...problems() },
        },
      },
      async ({ query }) => cursorOf(await verbs.listModels(operator), query, ({ model: name }) => name),
    );

    api.get(
      '/v1/models/:model',
      {
        config: { role: 'viewer' },
        schema: {
          ...{ operationId: 'getModel', tags: ['models'], summary: 'Everything about one model, now' },
          params: z.object({ model }),
          response: { 200: json('The model', modelStatus), ...problems(404) },
        },
      },
      ({ params }) => verbs.status(operator, params),
    );
  };
