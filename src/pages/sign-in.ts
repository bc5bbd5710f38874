/** Signing in with a token of the API, and out. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApiProblem } from '../api/problem.ts';
import type { Api } from '../api/types.ts';
import { html } from '../report/html.ts';
import { saidOf, statusOf } from './errors.ts';
import { page } from './layout.ts';
import { sendPage } from './send.ts';
import type { Door, Said } from './types.ts';

/** An address of ours: what a link from elsewhere may not turn into another site's. */
const OURS = /^\/(?![/\\])[\w/?=&.%-]{0,500}$/;

const form = z.strictObject({
  token: z.string().trim().max(8192),
  next: z.string().max(1_000).optional(),
});

export const signInPages =
  ({ admit, sessions }: Door) =>
  async (api: Api) => {
    api.get('/login', { schema: { querystring: z.object({ next: z.string().optional() }) } }, ({ query }, reply) =>
      sendPage(reply, loginPage(query.next)),
    );

    api.post('/login', { schema: { body: form } }, async (request, reply) => {
      const { token, next = '/' } = request.body;
      try {
        if (!/^[\x21-\x7e]+$/.test(token)) throw new ApiProblem('unauthenticated', 'that is no token', MEND);
        const { until } = await admit(request, token);
        const cookie = sessions.begin(request, token, until);
        return reply.header('set-cookie', cookie).redirect(OURS.test(next) ? next : '/', 303);
      } catch (error) {
        return refused(reply, error, next);
      }
    });

    api.post('/logout', (request, reply) => reply.header('set-cookie', sessions.end(request)).redirect('/login', 303));
  };

const MEND = 'paste the whole token, as "perennial token <id> --role <role>" showed it';

function refused(reply: FastifyReply, error: unknown, next: string): FastifyReply {
  const status = statusOf(error);
  if (status >= 500) throw error;
  const said = status === 401 ? { ...saidOf(error), hint: MEND } : saidOf(error);
  return sendPage(reply, loginPage(next, said), status);
}

function loginPage(next = '/', said?: Said): string {
  return page({
    title: 'Sign in',
    said,
    content: [
      html`<section><h2>With a token of the API</h2>
<form method="post" action="/login">
<input type="hidden" name="next" value="${OURS.test(next) ? next : '/'}">
<p class="field"><label for="token">Token</label><input id="token" name="token" type="password" required autocomplete="off" maxlength="8192" aria-describedby="whence"></p>
<p class="buttons"><button class="do">Sign in</button></p>
</form>
<p class="note" id="whence">On a laptop the token lies in the file that “perennial up” names. Elsewhere somebody makes one by “perennial token”, or your issuer gives you one. The session ends with the token, and after 12 hours.</p></section>`,
    ],
  });
}
