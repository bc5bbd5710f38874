/** What a model does now, what waits for somebody first. The part of the page that is kept true while it is looked at. */
import type { Places } from '../api/types.ts';
import { type Html, html } from '../report/html.ts';
import { section } from '../report/page.ts';
import type { ModelStatus } from '../workflows/messages.ts';
import { approvalPart } from './approval.ts';
import { canaryPart } from './canary.ts';
import { servingPart, stepsPart } from './serving.ts';
import { runningPart } from './stages.ts';
import type { Viewer } from './types.ts';
import { outcomeBadge, stateBadge, waitsFor, when } from './words.ts';

export function nowPart(status: ModelStatus, viewer: Viewer, places?: Places): Html {
  return html`${section(
    'Now',
    html`<p class="verdict" data-entries="${status.ledger.entries}"><span data-state>${stateBadge(status)}</span></p>`,
    facts(status),
    stepsPart(status, viewer),
  )}
${approvalPart(status, viewer)}
${canaryPart(status, viewer)}
${runningPart(status, places)}
${servingPart(status, viewer)}`;
}

function facts(status: ModelStatus): Html {
  const { paused, quarantine, breaker, rollback, lastRollback, queue, problems, nextRuns, outcomes } = status;
  const [last] = outcomes;
  const lines = [
    ...waitsFor(status).map((words) => html`<strong>Waits:</strong> ${words}.`),
    ...problems.map((words) => html`<strong class="bad">✕ Problem:</strong> ${words}`),
    quarantine && html`Quarantine since ${when(quarantine.since)}: ${quarantine.reason}`,
    breaker && html`The breaker is open since ${when(breaker.since)}: ${breaker.reason}`,
    paused && html`Paused by ${paused.by}, ${when(paused.at)}${paused.reason && `: ${paused.reason}`}`,
    rollback && html`Returns from v${rollback.from} to v${rollback.to}.`,
    lastRollback &&
      html`Last rollback, v${lastRollback.from} to v${lastRollback.to}: ${outcomeBadge(lastRollback.outcome)}, ${when(lastRollback.at)}. ${lastRollback.reason}`,
    ...queue.map(
      ({ trigger, by, reason, notBefore }) =>
        html`In line: a cycle (${trigger}, ${by})${reason && `: ${reason}`}${notBefore && html`, not before ${when(notBefore)}`}`,
    ),
    last && html`Last cycle: ${outcomeBadge(last.outcome)} cycle ${last.cycle}, ${when(last.endedAt)}: ${last.reason}`,
    nextRuns?.retrain && html`Next cycle by the calendar: ${when(nextRuns.retrain)}`,
    nextRuns?.monitor && html`Next look: ${when(nextRuns.monitor)}`,
  ].filter((line) => line !== undefined && line !== '');
  return html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}
