/** The pages: the fleet and each model as HTML, in a scope of their own beside the API's routes. See docs/pages.md. */
import type { Api, Deps } from '../api/types.ts';
import { actionRoutes } from './actions.ts';
import { SCRIPT, SHEET } from './assets.ts';
import { sameOriginOnly } from './csrf.ts';
import { answerAsPage } from './errors.ts';
import { fleetPages } from './fleet.ts';
import { modelPages } from './model.ts';
import { reportPages } from './reports.ts';
import { signInPages } from './sign-in.ts';
import type { Door } from './types.ts';

const FORM_BYTES = 32 * 1024;
const FOR_EVER = 'public, max-age=31536000, immutable';

export const pages = (deps: Deps, door: Door) => async (api: Api) => {
  api.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_BYTES },
    (_, text, done) => done(null, Object.fromEntries(new URLSearchParams(String(text)))),
  );
  api.setErrorHandler(answerAsPage);
  api.addHook('onRequest', sameOriginOnly);
  for (const { path, type, text } of [SHEET, SCRIPT])
    api.get(path, (_, reply) => reply.type(type).header('cache-control', FOR_EVER).send(text));
  await api.register(signInPages(door));
  await api.register(fleetPages(deps));
  await api.register(modelPages(deps));
  await api.register(reportPages(deps));
  await api.register(actionRoutes(deps));
};
