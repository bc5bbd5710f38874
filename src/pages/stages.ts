/** A cycle that runs: stage by stage, candidate by candidate, and what goes on below them. */
import type { Places } from '../api/types.ts';
import { usd } from '../plan/usd.ts';
import { type Html, html } from '../report/html.ts';
import { fixed } from '../report/numbers.ts';
import { badge, section, table } from '../report/page.ts';
import type { CycleProgress, ModelStatus, StageProgress } from '../workflows/messages.ts';
import { temporalLink } from './elsewhere.ts';
import type { Part } from './types.ts';
import { between, metricName, when } from './words.ts';

export function runningPart({ current }: ModelStatus, places?: Places): Part {
  if (!current) return undefined;
  const { cycle, trigger, by, reason, startedAt, progress, activities = [], workflowId } = current;
  const doing = [...new Set(activities.map(({ activity, attempt, text }) => text || tries(activity, attempt)))];
  return section(
    `Cycle ${cycle} runs`,
    html`<p>Started by ${by} (${trigger}), ${when(startedAt)}${reason && `: ${reason}`}. ${temporalLink(places, workflowId, 'Its workflow in Temporal')}</p>`,
    progress ? html`<ol class="stages">${progress.stages.map(stage)}</ol>` : html`<p>It begins.</p>`,
    doing.length > 0 ? html`<h3>At this moment</h3><ul>${doing.map((text) => html`<li>${text}</li>`)}</ul>` : html``,
    progress && progress.candidates.length > 0 ? candidates(progress) : html``,
  );
}

const tries = (activity: string, attempt: number): string => (attempt > 1 ? `${activity}, try ${attempt}` : activity);

const MARKS = { waiting: '·', running: '▶', done: '✓', failed: '✕', skipped: '–' } as const;
const KINDS = { waiting: 'quiet', running: 'warn', done: 'good', failed: 'bad', skipped: 'quiet' } as const;

function stage({ stage: name, state, startedAt, endedAt, lines }: StageProgress): Html {
  const took = startedAt && endedAt ? between(startedAt, endedAt) : state;
  const here = state === 'running' && html` aria-current="step"`;
  return html`<li${here}><span class="name">${badge(KINDS[state], MARKS[state])} ${name}</span><span class="took">${took}</span><span class="found">${lines.map((line) => html`<span>${line}</span><br>`)}</span></li>`;
}

function candidates({ candidates: all }: CycleProgress): Html {
  const rows = all.map(({ candidate, state, metrics, costUsd, reason, best }) => [
    candidate,
    best ? badge('good', '✓ best') : state === 'failed' ? badge('bad', '✕ failed') : state,
    reason ??
      Object.entries(metrics)
        .map(([name, value]) => `${metricName(name)} ${fixed(value)}`)
        .join(', '),
    costUsd === undefined ? '–' : usd(costUsd),
  ]);
  return html`<h3>Candidates</h3>${table('What was trained, and how well it does on the validation part', ['Candidate', 'State', 'Validation', 'Cost'], rows, [1, 2])}`;
}
