/** The page of one model: now, then what serves, then all that became of it. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { identityOf } from '../api/keyed.ts';
import { model } from '../api/requests.ts';
import type { Api, Deps } from '../api/types.ts';
import { html } from '../report/html.ts';
import { type Action, DONE } from './done.ts';
import { page } from './layout.ts';
import { ledgerPage } from './ledger.ts';
import { nowPart } from './now.ts';
import { pastPart } from './past.ts';
import { readPast, tried } from './read.ts';
import { needed } from './reports.ts';
import { sendPage } from './send.ts';
import { type Said, viewerOf } from './types.ts';

export const modelPages = (deps: Deps) => async (api: Api) => {
  const { operator, verbs, places, views } = deps;
  const config = { role: 'viewer', session: true } as const;
  const params = z.object({ model });
  const actions = Object.keys(DONE) as [Action, ...Action[]];

  api.get(
    '/models/:model',
    { config, schema: { params, querystring: z.object({ done: z.enum(actions).optional().catch(undefined) }) } },
    async (request, reply) => {
      const { done } = request.query;
      const said = done && { good: true, words: DONE[done] };
      return sendPage(reply, await modelPage(deps, request, request.params.model, said));
    },
  );

  /** What `live.js` asks for again. */
  api.get('/models/:model/now', { config, schema: { params } }, async (request, reply) => {
    const status = await verbs.status(operator, request.params);
    return sendPage(reply, nowPart(status, viewerOf(identityOf(request)), places).text);
  });

  api.get(
    '/models/:model/ledger',
    {
      config,
      schema: {
        params,
        querystring: z.object({
          before: z
            .string()
            .regex(/^\d{1,9}$/)
            .optional(),
        }),
      },
    },
    async (request, reply) => {
      const found = await needed(views).audit(request.params);
      const { before } = request.query;
      const viewer = viewerOf(identityOf(request));
      return sendPage(reply, ledgerPage(found, viewer, before === undefined ? undefined : Number(before)));
    },
  );
};

export async function modelPage(deps: Deps, request: FastifyRequest, name: string, said?: Said): Promise<string> {
  const { operator, verbs, places } = deps;
  const viewer = viewerOf(identityOf(request));
  const status = await verbs.status(operator, { model: name });
  const [past, plan] = await Promise.all([readPast(deps, name), tried(() => verbs.planInForce(operator, name))]);
  const at = `/models/${name}`;
  return page({
    ...{ title: name, viewer, said },
    trail: [
      ['Models', '/'],
      [name, at],
    ],
    lead: html`<p class="lead">${status.plan?.objective ?? 'No plan is in force.'}</p>`,
    content: [
      html`<p class="news"><span id="news" role="status"></span> <a href="${at}">Refresh</a></p>`,
      html`<div id="now" data-events="/v1/models/${name}/events" data-fragment="${at}/now">${nowPart(status, viewer, places)}</div>`,
      html`<div id="past">${await pastPart({ status, past, plan, places })}</div>`,
    ],
  });
}
