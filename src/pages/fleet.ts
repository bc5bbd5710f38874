/** The fleet: every model in a line, what waits for somebody first. */
import { z } from 'zod';
import { identityOf } from '../api/keyed.ts';
import { cursorOf } from '../api/paging.ts';
import { NAME } from '../api/requests.ts';
import type { Api, Deps } from '../api/types.ts';
import { UserError } from '../errors.ts';
import { type Html, html } from '../report/html.ts';
import { badge, section, table } from '../report/page.ts';
import type { ModelStatus } from '../workflows/messages.ts';
import { page } from './layout.ts';
import { sendPage } from './send.ts';
import { type Viewer, viewerOf } from './types.ts';
import { outcomeBadge, stateBadge, waitsFor, when } from './words.ts';

/** Each is asked for its status. */
const A_PAGE = 25;

/** A model, and its status, or why it told none. */
interface Seen {
  readonly model: string;
  readonly status?: ModelStatus;
  readonly why?: string;
}

export const fleetPages =
  ({ operator, verbs }: Deps) =>
  async (api: Api) => {
    api.get(
      '/',
      {
        config: { role: 'viewer', session: true },
        schema: { querystring: z.object({ after: z.string().regex(NAME).optional() }) },
      },
      async (request, reply) => {
        const all = await verbs.listModels(operator);
        const asked = { limit: String(A_PAGE), cursor: request.query.after };
        const { items, next } = cursorOf(all, asked, ({ model }) => model);
        const seen = await Promise.all(items.map(({ model }) => look(model)));
        return sendPage(reply, fleetPage(seen, viewerOf(identityOf(request)), { all: all.length, next }));
      },
    );

    /** One model that does not answer takes none of the others from sight. */
    async function look(model: string): Promise<Seen> {
      try {
        return { model, status: await verbs.status(operator, { model }) };
      } catch (error) {
        if (error instanceof UserError) return { model, why: error.message };
        throw error;
      }
    }
  };

export function fleetPage(
  seen: readonly Seen[],
  viewer: Viewer,
  { all, next }: { readonly all: number; readonly next?: string },
): string {
  const waiting = seen.flatMap(({ model, status }) =>
    status ? waitsFor(status).map((words) => ({ model, words })) : [],
  );
  return page({
    title: 'Models',
    trail: [['Models', '/']],
    viewer,
    content: [
      all === 0
        ? html`<section><h2>There is none yet</h2><p>Apply a plan: <code>perennial apply &lt;folder&gt;</code>.</p></section>`
        : undefined,
      waiting.length > 0
        ? section(
            'Waits for somebody',
            html`<ul>${waiting.map(({ model, words }) => html`<li>${link(model)}: ${words}</li>`)}</ul>`,
          )
        : undefined,
      all > 0
        ? section(
            'All models',
            table(`${all === 1 ? 'One model' : `${all} models, by name`}`, HEADS, seen.map(row), [1, 2, 3, 4, 5]),
          )
        : undefined,
      html`<p><a href="/">Refresh</a>${next && html` · <a href="/?after=${next}">More models, after ${next}</a>`}</p>`,
    ],
  });
}

const HEADS = ['Model', 'State', 'Serves', 'Last cycle', 'Findings', 'Next'];
const link = (model: string): Html => html`<a href="/models/${model}">${model}</a>`;

function row({ model, status, why }: Seen): Html[] {
  if (!status) return [link(model), badge('bad', `✕ ${why ?? 'it tells nothing'}`), ...Array(4).fill(html`–`)];
  const { champion, nextRuns } = status;
  const [last] = status.outcomes;
  return [
    link(model),
    stateBadge(status),
    champion ? html`v${champion.version}, ${champion.algorithm}, since ${when(champion.since)}` : html`–`,
    last ? html`${outcomeBadge(last.outcome)} cycle ${last.cycle}, ${when(last.endedAt)}` : html`–`,
    findings(status),
    nextRuns?.retrain
      ? html`cycle ${when(nextRuns.retrain)}`
      : nextRuns?.monitor
        ? html`look ${when(nextRuns.monitor)}`
        : html`–`,
  ];
}

function findings({ monitor, problems }: ModelStatus): Html {
  const found = (monitor?.findings ?? []).map(({ severity, kind, subject }) =>
    severity === 'alarm' ? badge('bad', `✕ ${kind}: ${subject}`) : badge('warn', `! ${kind}: ${subject}`),
  );
  const all = [...problems.map((words) => badge('bad', `✕ ${words}`)), ...found];
  if (all.length > 0)
    return html`${all.slice(0, 3).map((one) => html`<p>${one}</p>`)}${all.length > 3 && html`<p>and ${all.length - 3} more</p>`}`;
  return monitor ? badge('good', '✓ none') : badge('quiet', 'not looked at yet');
}
