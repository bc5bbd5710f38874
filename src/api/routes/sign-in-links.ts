/** A link by which the holder of a token signs a browser in to the pages, instead of pasting the token. */
import { z } from 'zod';
import { json, problems } from '../answers.ts';
import { tokenOf } from '../guard.ts';
import { type Links, signInLink } from '../links.ts';
import { OUR_PATH } from '../requests.ts';
import type { Api } from '../types.ts';

const asked = z.strictObject({
  next: z
    .string()
    .regex(OUR_PATH, 'write a path of this API, such as /models/flights')
    .default('/')
    .meta({ description: 'The page that it leads to' }),
});

export const signInLinkRoutes = (links: Links) => async (api: Api) => {
  api.post(
    '/v1/sign-in-links',
    {
      config: { role: 'viewer' },
      schema: {
        ...{ operationId: 'makeSignInLink', tags: ['process'], summary: 'Makes a link that signs a browser in, once' },
        body: asked,
        response: { 201: json('The link', signInLink), ...problems(413, 415) },
      },
    },
    (request, reply) => {
      const { code, until } = links.make(tokenOf(request));
      const query = new URLSearchParams({ code, next: request.body.next });
      return reply.code(201).send({ path: `/login?${query}`, until: new Date(until).toISOString() });
    },
  );
};
