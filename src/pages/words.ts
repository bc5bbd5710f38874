/** Instants, spans, amounts and states as pages write them. Pure. */

import { span } from '../plan/span.ts';
import { type Html, html } from '../report/html.ts';
import { fixed, instant, METRIC_NAMES } from '../report/numbers.ts';
import { badge } from '../report/page.ts';
import type { ModelStatus } from '../workflows/messages.ts';

/** "27 Nov 2026, 12:09 UTC" */
export function when(iso: string): Html {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return html`${iso}`;
  const day = at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  return html`<time datetime="${iso}"><span>${day}</span>, <span>${iso.slice(11, 16)} UTC</span></time>`;
}

export const between = (from: string, to: string): string => span(Date.parse(to) - Date.parse(from));

/** A metric as reports call it; one of a class keeps its class. */
export function metricName(name: string): string {
  const [, metric = name, of = ''] = /^([^[]+)(\[.*\])?$/.exec(name) ?? [];
  const known = Object.hasOwn(METRIC_NAMES, metric) ? METRIC_NAMES[metric as keyof typeof METRIC_NAMES] : metric;
  return `${known}${of && ` ${of}`}`;
}

export const estimateText = (found: { value: number; low: number; high: number } | undefined): string =>
  found ? `${fixed(found.value)} (${fixed(found.low)} to ${fixed(found.high)})` : '–';

export interface State {
  readonly kind: 'good' | 'warn' | 'bad' | 'quiet';
  readonly words: string;
}

/** What a model does now, in a few words; what needs somebody comes before all else. */
export function stateOf(status: ModelStatus): State {
  const { approval, champion, current, rollback } = status;
  if (status.retired) return { kind: 'quiet', words: '■ retired' };
  if (approval) return { kind: 'warn', words: `! cycle ${approval.cycle} waits for approval` };
  if (rollback) return { kind: 'warn', words: `↶ returns to v${rollback.to}` };
  if (status.quarantine) return { kind: 'bad', words: '✕ in quarantine: bad data' };
  if (status.breaker) return { kind: 'bad', words: '✕ the breaker is open' };
  if (status.paused) return { kind: 'warn', words: '‖ paused' };
  if (current) return { kind: 'good', words: `▶ cycle ${current.cycle}: ${current.progress?.stage ?? 'begins'}` };
  return champion ? { kind: 'good', words: '✓ serves' } : { kind: 'quiet', words: '· serves nothing yet' };
}

export const stateBadge = (status: ModelStatus): Html => {
  const { kind, words } = stateOf(status);
  return badge(kind, words);
};

const OUTCOMES: Readonly<Record<string, State>> = {
  deployed: { kind: 'good', words: '✓ deployed' },
  running: { kind: 'quiet', words: '▶ running' },
  cancelled: { kind: 'quiet', words: '■ cancelled' },
  failed: { kind: 'bad', words: '✕ failed' },
};

export const outcomeBadge = (outcome: string): Html => {
  const { kind, words } = OUTCOMES[outcome] ?? { kind: 'warn', words: `! ${outcome}` };
  return badge(kind, words);
};

/** What waits for whom: a line each. */
export function waitsFor(status: ModelStatus): string[] {
  const { approval, paused, quarantine, breaker } = status;
  return [
    approval && `an approver decides about cycle ${approval.cycle} until ${instant(approval.until)}`,
    quarantine && 'an operator looks at the data and resumes',
    breaker && 'an operator looks why retraining did not help and resumes',
    paused && `whoever resumes it; ${paused.by} paused it`,
  ].filter((line) => line !== undefined);
}
