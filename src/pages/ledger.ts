/** The ledger, newest first: the last entries on a model's page, and all of them page by page. */
import type { Audit } from '../operations/views.ts';
import { type Html, html } from '../report/html.ts';
import { badge, section, table } from '../report/page.ts';
import { page } from './layout.ts';
import type { Viewer } from './types.ts';
import { when } from './words.ts';

const ON_THE_PAGE = 8;
const A_PAGE = 50;

type Entry = NonNullable<Audit['entries']>[number];

export function ledgerPart(model: string, found: Audit): Html {
  const { entries = [] } = found;
  const last = entries.slice(-ON_THE_PAGE).reverse();
  return section(
    'Ledger',
    whole(found),
    entriesTable(last, 'The last entries, newest first'),
    html`<p><a href="/models/${model}/ledger">All ${entries.length} entries</a></p>`,
  );
}

export function ledgerPage(found: Audit, viewer: Viewer, before = Number.POSITIVE_INFINITY): string {
  const { model, entries = [] } = found;
  const earlier = entries.filter(({ seq }) => seq < before).reverse();
  const shown = earlier.slice(0, A_PAGE);
  const last = shown.at(-1);
  const at = `/models/${model}/ledger`;
  return page({
    title: `Ledger of ${model}`,
    viewer,
    trail: [
      ['Models', '/'],
      [model, `/models/${model}`],
      ['Ledger', at],
    ],
    content: [
      section('Entries', whole(found), entriesTable(shown, 'Newest first')),
      html`<p>${before !== Number.POSITIVE_INFINITY && html`<a href="${at}">The newest</a> · `}${last && earlier.length > shown.length && html`<a href="${at}?before=${last.seq}">Earlier ones</a>`}</p>`,
    ],
  });
}

function whole({ chain, model }: Audit): Html {
  if (chain.broken.length === 0)
    return html`<p>${badge('good', '✓ the chain is whole')} (${chain.entries} entries, each names the hash of the one before); <code>perennial audit ${model} --verify</code> reads every object again.</p>`;
  return html`<p>${badge('bad', '✕ the chain is broken')}</p><ul>${chain.broken.map((line) => html`<li>${line}</li>`)}</ul>`;
}

const entriesTable = (entries: readonly Entry[], caption: string): Html =>
  table(
    caption,
    ['Entry', 'When', 'What', 'By whom', 'Why'],
    entries.map(({ seq, at, event, by, reason = '', facts }) => [seq, when(at), `${event}${about(facts)}`, by, reason]),
    [1, 2, 3, 4],
  );

function about({ cycle, version }: Entry['facts']): string {
  const words = [cycle !== undefined && `cycle ${cycle}`, version !== undefined && `v${version}`].filter(Boolean);
  return words.length > 0 ? ` (${words.join(', ')})` : '';
}
