/** A canary that runs: who answers how many of the requests, and what each step was judged by. */
import { type Html, html } from '../report/html.ts';
import { fixed, percent, whole } from '../report/numbers.ts';
import { badge, fold, section, table } from '../report/page.ts';
import type { ModelStatus, RolloutProgress } from '../workflows/messages.ts';
import { form, reasonField } from './forms.ts';
import type { Part, Viewer } from './types.ts';
import { when } from './words.ts';

export function canaryPart({ model, current }: ModelStatus, viewer: Viewer): Part {
  const rollout = current?.rollout;
  if (!rollout || current.progress?.outcome) return undefined;
  const { step, paused, weights, lines, verdicts } = rollout;
  return section(
    'Canary',
    html`<p>${badge(paused ? 'warn' : 'good', paused ? '‖ held' : '▶ goes on')} ${step}</p>`,
    shares(weights),
    verdicts.length > 0 ? judged(verdicts) : html`<p class="note">No step was judged yet.</p>`,
    lines.length > 0 ? fold('What it told', html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`) : html``,
    viewer.may('approver') ? forms(model) : html`<p>You are ${viewer.role}: an approver steers it.</p>`,
  );
}

function shares(weights: RolloutProgress['weights']): Html {
  const sum = Object.values(weights).reduce((total, weight) => total + weight, 0) || 1;
  const rows = Object.entries(weights).map(([variant, weight]) => {
    const share = (weight / sum) * 100;
    return [
      variant,
      html`<meter min="0" max="100" value="${share}" aria-label="Requests to ${variant}">${share} %</meter>`,
      percent(weight / sum, 0),
    ];
  });
  return table('Who answers the requests', ['Variant', 'Share', 'Percent'], rows, [1]);
}

function judged(verdicts: RolloutProgress['verdicts']): Html {
  const rows = verdicts.map(({ step, at, healthy, requests, errorRate, latencyP99, shift, quality, reason }) => [
    step,
    healthy ? badge('good', '✓ healthy') : badge('bad', '✕ unhealthy'),
    when(at),
    whole(requests),
    percent(errorRate),
    latencyP99 === undefined ? '–' : `${Math.round(latencyP99)} ms`,
    shift ? fixed(shift.psi) : '–',
    quality?.challenger ? fixed(quality.challenger.value) : '–',
    reason,
  ]);
  const heads = ['Step', 'Verdict', 'At', 'Requests', 'Errors', 'p99', 'PSI of answers', 'Quality', 'Why'];
  return table('What each step was judged by', heads, rows, [1, 2, 8]);
}

const forms = (model: string): Html =>
  html`<div class="pair"><div>${fold(
    'Promote …',
    form({
      action: `/models/${model}/promote`,
      fields: [reasonField('promote-reason')],
      buttons: [{ id: 'promote', words: 'Go on without waiting', kind: 'do' }],
    }),
  )}</div><div>${fold(
    'Abort …',
    form({
      action: `/models/${model}/abort`,
      fields: [reasonField('abort-reason')],
      buttons: [{ id: 'abort', words: 'Return to the champion', kind: 'undo' }],
    }),
  )}</div></div>`;
