/** The status of a model as text. Pure. */
import type { Metrics } from '../activities/types.ts';
import type { WebUi } from '../operations/web-ui.ts';
import { usd } from '../plan/usd.ts';
import type { ModelStatus, MonitorSummary } from '../workflows/shapes.ts';
import { activityTexts, stageLine } from './follow.ts';
import { columns, counted, figure, moment } from './format.ts';

/** `link`: where it is seen in the Web UI, if anybody said where that is. */
export function statusText(s: ModelStatus, link: WebUi = () => undefined): string {
  const rows: string[][] = [];
  const row = (name: string, text: string | undefined) => text && rows.push([name, text]);
  row('plan', s.plan && `${s.plan.hash.slice(0, 12)}, applied by ${s.plan.by} ${moment(s.plan.appliedAt)}`);
  row('serving', s.champion ? servingText(s.champion) : 'nothing yet');
  row('retired', s.retired && `by ${s.retired.by} ${moment(s.retired.at)}`);
  row('paused', s.paused && `by ${s.paused.by} ${moment(s.paused.at)}${s.paused.reason ? `: ${s.paused.reason}` : ''}`);
  row('quarantine', s.quarantine && `since ${moment(s.quarantine.since)}: ${s.quarantine.reason}`);
  row('breaker', s.breaker && `open since ${moment(s.breaker.since)}: ${s.breaker.reason}`);
  row('kept', s.versions.map(({ version }) => `v${version}`).join(', '));
  row(
    'running',
    s.current &&
      `cycle ${s.current.cycle} (${s.current.trigger}, ${s.current.by}) since ${moment(s.current.startedAt)}`,
  );
  for (const text of activityTexts(s.current?.activities ?? [])) row('now', text);
  row(
    'approval',
    s.approval && `cycle ${s.approval.cycle} waits until ${moment(s.approval.until)}: perennial approve ${s.model}`,
  );
  row('rollback', s.rollback && `from v${s.rollback.from} to v${s.rollback.to}`);
  for (const wish of s.queue)
    row(
      'waiting',
      `${wish.trigger}, ${wish.by}${wish.reason ? `: ${wish.reason}` : ''}${wish.notBefore ? `, not before ${moment(wish.notBefore)}` : ''}`,
    );
  row('monitored', s.monitor && monitorText(s.monitor));
  row('next', nextText(s.nextRuns));
  row(
    'cycles',
    `${s.cycles} so far, ${s.cyclesThisMonth} this month${s.usdThisMonth ? `, ${usd(s.usdThisMonth)}` : ''}`,
  );
  row('API', s.api?.url);
  row('dashboard', s.dashboard);
  row('Web UI', link({ model: s.model, cycle: s.current?.cycle }));
  row('ledger', `${s.ledger.entries} entries, ${s.ledger.hash.slice(0, 12)}`);
  for (const problem of s.problems) row('problem', problem);
  return [`${s.model}: ${s.plan?.objective ?? 'no plan yet'}`, columns(rows), stagesText(s), outcomesText(s)]
    .filter(Boolean)
    .join('\n');
}

export const metricsText = (metrics: Metrics): string =>
  Object.entries(metrics)
    .flatMap(([name, found]) => (found ? [`${name} ${figure(found.value)}`] : []))
    .join(', ');

export function monitorText(m: MonitorSummary): string {
  const seen = `${counted(m.requests, 'request')}, ${counted(m.labelled, 'label')}`;
  const findings = m.findings.map(({ severity, message }) => `${severity}: ${message}`);
  return `until ${moment(m.to)}: ${[seen, ...(findings.length ? findings : ['nothing found'])].join('; ')}`;
}

const servingText = (c: NonNullable<ModelStatus['champion']>): string =>
  `v${c.version} (${c.algorithm}, cycle ${c.cycle}) since ${moment(c.since)}: ${metricsText(c.metrics)}`;

function nextText(next: ModelStatus['nextRuns']): string {
  const parts = [
    next?.retrain && `retraining ${moment(next.retrain)}`,
    next?.monitor && `monitoring ${moment(next.monitor)}`,
  ];
  return parts.filter(Boolean).join(', ');
}

function stagesText({ current }: ModelStatus): string {
  if (!current?.progress) return '';
  return current.progress.stages.map((stage) => `    ${stageLine(stage)}`).join('\n');
}

function outcomesText({ outcomes }: ModelStatus): string {
  if (outcomes.length === 0) return '';
  const rows = outcomes.map((o) => [`cycle ${o.cycle}`, o.outcome, o.trigger, moment(o.endedAt), o.reason]);
  return `  ended:\n${columns(rows, '    ')}`;
}
