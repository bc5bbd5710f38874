/** A cycle that waits for a person: what was found, gate by gate, and the two forms. */
import { type Html, html } from '../report/html.ts';
import { whole } from '../report/numbers.ts';
import { badge, fold, section, table } from '../report/page.ts';
import type { ModelStatus } from '../workflows/messages.ts';
import { form, reasonField } from './forms.ts';
import type { Part, Viewer } from './types.ts';
import { estimateText, metricName, when } from './words.ts';

export function approvalPart({ model, approval, current }: ModelStatus, viewer: Viewer): Part {
  if (!approval) return undefined;
  const { cycle, evaluation: sha256, since, until } = approval;
  const found = current?.cycle === cycle ? current.progress?.evaluation : undefined;
  const shown = found?.sha256 === sha256 ? found : undefined;
  return section(
    `Cycle ${cycle} waits for approval`,
    html`<p>Since ${when(since)}, until ${when(until)}; then it ends without being deployed.</p>`,
    shown ? gatesOf(shown) : html``,
    shown ? metricsOf(shown) : html``,
    html`<p><a href="/models/${model}/cycles/${cycle}/report">The whole report of its evaluation</a>, sha256 <code>${sha256.slice(0, 16)}…</code></p>`,
    viewer.may('approver')
      ? forms(model, { cycle: String(cycle), evaluation: sha256 })
      : html`<p>You are ${viewer.role}: an approver decides.</p>`,
  );
}

/** Two forms, so that Enter in the reason for a rejection approves nothing. */
const forms = (model: string, hidden: Readonly<Record<string, string>>) =>
  html`<div class="pair"><div><h3>Approve</h3>${form({
    action: `/models/${model}/approve`,
    hidden,
    fields: [reasonField('approve-reason')],
    buttons: [{ id: 'approve', words: 'Approve', kind: 'do' }],
  })}</div><div><h3>Or not</h3>${fold(
    'Reject …',
    form({
      action: `/models/${model}/reject`,
      hidden,
      fields: [reasonField('reject-reason')],
      buttons: [{ id: 'reject', words: 'Reject', kind: 'undo' }],
    }),
  )}</div></div>`;

type Evaluation = NonNullable<NonNullable<NonNullable<ModelStatus['current']>['progress']>['evaluation']>;

const gatesOf = ({ gates }: Evaluation): Html =>
  table(
    'What the plan asks, and what was found',
    ['Gate', 'Held', 'Found'],
    gates.map(({ gate, held, found }) => [gate, held ? badge('good', '✓ held') : badge('bad', '✕ broken'), found]),
    [1, 2],
  );

function metricsOf({ challenger, champion, baseline, rows }: Evaluation): Html {
  const heads = ['Metric', 'Challenger', ...(champion ? ['Champion'] : []), 'Always the same answer'];
  const measured = Object.keys(challenger).map((name) => [
    metricName(name),
    estimateText(challenger[name]),
    ...(champion ? [estimateText(champion[name])] : []),
    estimateText(baseline[name]),
  ]);
  const caption = `Challenger${champion ? ' and champion' : ''} on the same ${whole(rows)} test rows, with 95 % intervals`;
  return fold('All metrics', table(caption, heads, measured));
}
