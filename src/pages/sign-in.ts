/** Signing in, with a token of the API or by a link that its holder made, and out. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { ApiProblem } from '../api/problem.ts';
import { OUR_PATH } from '../api/requests.ts';
import type { Api } from '../api/types.ts';
import { type Html, html } from '../report/html.ts';
import { saidOf, statusOf } from './errors.ts';
import { page } from './layout.ts';
import { sendPage } from './send.ts';
import type { Door, Said } from './types.ts';

const MOST = 16_384;
const next = z.string().max(1_000).optional();
const form = z.union([
  z.strictObject({ token: z.string().trim().max(8192), next }),
  z.strictObject({ code: z.string().max(MOST), next }),
]);
const query = z.object({ next: z.string().optional(), code: z.string().max(MOST).optional() });

export const signInPages =
  ({ admit, sessions, links }: Door) =>
  async (api: Api) => {
    /** Looks at a link, and leaves it good: programs that only look at links would use it up. */
    api.get('/login', { schema: { querystring: query } }, async (request, reply) => {
      const { code, next } = request.query;
      if (code === undefined) return sendPage(reply, loginPage(withToken(next)));
      try {
        const { by, role } = await admit(request, goodFor(links.tokenOf(code)));
        return sendPage(reply, loginPage(withCode(code, `${by} (${role})`, next)));
      } catch (error) {
        return refused(reply, error, LINK_MEND, next);
      }
    });

    api.post('/login', { schema: { body: form } }, async (request, reply) => {
      const { body } = request;
      const byLink = 'code' in body;
      try {
        const token = byLink ? goodFor(links.take(body.code)) : body.token;
        if (!/^[\x21-\x7e]+$/.test(token)) throw new ApiProblem('unauthenticated', 'that is no token', MEND);
        const { until } = await admit(request, token);
        const cookie = sessions.begin(request, token, until);
        return reply.header('set-cookie', cookie).redirect(ours(body.next), 303);
      } catch (error) {
        return refused(reply, error, byLink ? LINK_MEND : MEND, body.next);
      }
    });

    api.post('/logout', (request, reply) => reply.header('set-cookie', sessions.end(request)).redirect('/login', 303));
  };

const MEND = 'paste the whole token, as "perennial token <id> --role <role>" showed it';
const LINK_MEND = 'ask for another by "perennial open", or paste a token';

function goodFor(token: string | undefined): string {
  if (token === undefined) throw new ApiProblem('unauthenticated', 'this link was used, or has ended', LINK_MEND);
  return token;
}

const ours = (path = '/'): string => (OUR_PATH.test(path) ? path : '/');

function refused(reply: FastifyReply, error: unknown, hint: string, next?: string): FastifyReply {
  const status = statusOf(error);
  if (status >= 500) throw error;
  const said = status === 401 ? { ...saidOf(error), hint } : saidOf(error);
  return sendPage(reply, loginPage(withToken(next), said), status);
}

const loginPage = (content: Html, said?: Said): string => page({ title: 'Sign in', said, content: [content] });

const withToken = (next?: string): Html => html`<section><h2>With a token of the API</h2>
<form method="post" action="/login">
<input type="hidden" name="next" value="${ours(next)}">
<p class="field"><label for="token">Token</label><input id="token" name="token" type="password" required autocomplete="off" maxlength="8192" aria-describedby="whence"></p>
<p class="buttons"><button class="do">Sign in</button></p>
</form>
<p class="note" id="whence">On a laptop “perennial open” signs you in without it, and the token lies in the file that “perennial up” names. Elsewhere somebody makes one by “perennial token”, or your issuer gives you one. The session ends with the token, and after 12 hours.</p></section>`;

const withCode = (code: string, who: string, next?: string): Html => html`<section><h2>By a link</h2>
<form method="post" action="/login">
<input type="hidden" name="next" value="${ours(next)}">
<input type="hidden" name="code" value="${code}">
<p>The link is good for one sign-in.</p>
<p class="buttons"><button class="do" autofocus>Sign in as ${who}</button></p>
</form></section>`;
