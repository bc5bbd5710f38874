/** A model's status as a stream of server-sent events: at once, and whenever it changes. */
import { z } from 'zod';
import { problems } from '../answers.ts';
import { model } from '../requests.ts';
import { EVENT_STREAM, lastEventId, type Streams } from '../streams.ts';
import type { Api, Deps } from '../types.ts';
import type { Watch } from '../watch.ts';

export const eventRoutes =
  ({ operator, verbs }: Deps, streams: Streams, watch: Watch) =>
  async (api: Api) => {
    api.get(
      '/v1/models/:model/events',
      {
        config: { role: 'viewer', session: true },
        schema: {
          operationId: 'watchModel',
          tags: ['models'],
          summary: "The model's status at once and whenever it changes, as server-sent events",
          description:
            'Each event `status` has a status (as GET of the model gives it) and an id; whoever comes back with `Last-Event-ID` gets nothing twice. `gone` is the last event of a model that ends. A stream ends after an hour or with its token: ask again.',
          params: z.object({ model }),
          headers: lastEventId,
          response: { 200: EVENT_STREAM, ...problems(404) },
        },
      },
      async (request, reply) => {
        streams.admit(request);
        const name = request.params.model;
        await verbs.status(operator, { model: name });
        let last = request.headers['last-event-id'];
        return streams.answer(request, reply, ({ say, end }) =>
          watch(name, {
            saw: ({ id, text }) => {
              if (id !== last) say({ event: 'status', id, data: text });
              last = id;
            },
            ended: (reason) => {
              say({ event: 'gone', data: JSON.stringify({ reason }) });
              end();
            },
          }),
        );
      },
    );
  };
