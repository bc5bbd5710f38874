/** The live status pages of the Web UI, in Markdown. Pure. */
import type { Estimate } from '../activities/types.ts';
import { span } from '../plan/span.ts';
import type { BacktestProgress } from './backtest-board.ts';
import type { CycleProgress, ModelStatus, RolloutProgress, StageProgress } from './shapes.ts';

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', '<br>');

export const figure = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(4));

export const estimate = ({ value, low, high }: Estimate): string =>
  `${figure(value)} (${figure(low)} to ${figure(high)})`;

const MARKS = { waiting: '·', running: '▶', done: '✓', failed: '✗', skipped: '–' } as const;

const stageRow = ({ stage, state, startedAt, endedAt, lines }: StageProgress): string[] => [
  `${MARKS[state]} ${stage}`,
  startedAt && endedAt ? span(Date.parse(endedAt) - Date.parse(startedAt)) : startedAt ? `since ${startedAt}` : '',
  lines.join('\n'),
];

export function cycleDetails(p: CycleProgress): string {
  const title = p.outcome ? `### Cycle ${p.cycle} of ${p.model}: ${p.outcome}` : `### Cycle ${p.cycle} of ${p.model}`;
  const because = `Started by ${p.by} (${p.trigger})${p.reason ? `: ${p.reason}` : ''}. Looks back from ${p.asOf}.`;
  const parts = [title, because, table(['stage', 'took', 'found'], p.stages.map(stageRow))];
  if (p.candidates.length) parts.push(candidates(p));
  if (p.evaluation) parts.push(evaluation(p.evaluation));
  if (p.approval && !p.outcome)
    parts.push(
      `**Waiting for approval** since ${p.approval.since}, until ${p.approval.until}: \`perennial approve ${p.model} ${p.cycle}\` or \`perennial reject ${p.model} ${p.cycle}\``,
    );
  if (p.rollout) parts.push(`Rollout: \`${p.rollout}\``);
  return parts.join('\n\n');
}

function candidates({ candidates: all }: CycleProgress): string {
  const rows = all.map(({ candidate, job, state, metrics, reason, best }) => [
    best ? `**${candidate}**` : candidate,
    job,
    state,
    reason ??
      Object.entries(metrics)
        .map(([name, value]) => `${name} ${figure(value)}`)
        .join(', '),
  ]);
  return table(['candidate', 'job', 'state', 'validation'], rows);
}

function evaluation({
  challenger,
  champion,
  baseline,
  gates,
  report,
  rows,
}: NonNullable<CycleProgress['evaluation']>): string {
  const names = Object.keys(challenger);
  const measured = names.map((name) => [name, show(challenger[name]), show(champion?.[name]), show(baseline[name])]);
  return [
    `Evaluated on ${rows} rows; report: \`${report}\``,
    table(['metric', 'challenger', 'champion', 'a constant answer'], measured),
    table(
      ['gate', 'held', 'found'],
      gates.map(({ gate, held, found }) => [gate, held ? '✓' : '✗', found]),
    ),
  ].join('\n\n');
}

export function backtestDetails({ model, by, calendar, lines, origins, problems, result }: BacktestProgress): string {
  const rows = origins.map(({ asOf, state, candidates: tried, lines: said }) => [
    `${MARKS[state]} ${asOf}`,
    tried.map(({ candidate, state, best }) => `${best ? `**${candidate}**` : candidate} ${state}`).join(', '),
    said.join('\n'),
  ]);
  return [
    `### Backtest of ${model}`,
    `Asked by ${by}. ${calendar}.`,
    ...(result ? [`**${result.verdict}** Report: \`${result.report.uri}\``] : []),
    lines.map((line) => `- ${line}`).join('\n'),
    table(['as of', 'candidates', 'found'], rows),
    ...problems.map((problem) => `⚠ ${problem}`),
  ].join('\n\n');
}

const show = (found?: Estimate): string => (found ? estimate(found) : '');

export function rolloutDetails({ endpoint, step, weights, paused, lines }: RolloutProgress): string {
  const traffic = Object.entries(weights).map(([variant, weight]) => [variant, `${weight} %`]);
  return [
    `### Rollout to ${endpoint}: ${step}${paused ? ' (paused)' : ''}`,
    table(['variant', 'traffic'], traffic),
    lines.map((line) => `- ${line}`).join('\n'),
  ].join('\n\n');
}

export function modelDetails(s: ModelStatus): string {
  const parts = [
    `### ${s.model}`,
    s.plan ? `${s.plan.objective} Plan \`${s.plan.hash.slice(0, 12)}\`.` : 'No plan yet.',
  ];
  if (s.champion)
    parts.push(
      `**Version ${s.champion.version}** (${s.champion.algorithm}, cycle ${s.champion.cycle}) serves since ${s.champion.since}.`,
      table(
        ['metric', 'at deployment'],
        Object.entries(s.champion.metrics).map(([name, found]) => [name, show(found)]),
      ),
    );
  if (s.paused) parts.push(`**Paused** by ${s.paused.by} since ${s.paused.at}: \`perennial resume ${s.model}\``);
  if (s.quarantine) parts.push(`**Quarantined** since ${s.quarantine.since}: ${s.quarantine.reason}`);
  if (s.breaker) parts.push(`**Breaker open** since ${s.breaker.since}: ${s.breaker.reason}`);
  if (s.retired) parts.push(`**Retired** by ${s.retired.by} at ${s.retired.at}.`);
  if (s.current) parts.push(`Running: \`${s.current.workflowId}\` since ${s.current.startedAt}, ${s.current.trigger}.`);
  if (s.approval) parts.push(`**Cycle ${s.approval.cycle} waits for approval** until ${s.approval.until}.`);
  if (s.rollback) parts.push(`**Rolling back** from version ${s.rollback.from} to ${s.rollback.to}.`);
  if (s.queue.length) {
    const waiting = s.queue.map((wish) => [wish.trigger, wish.by, wish.reason ?? '', wish.notBefore ?? 'next']);
    parts.push(table(['waiting', 'by', 'reason', 'not before'], waiting));
  }
  if (s.outcomes.length) {
    const ended = s.outcomes.map((o) => [String(o.cycle), o.trigger, o.outcome, o.reason, o.endedAt]);
    parts.push(table(['cycle', 'trigger', 'outcome', 'why', 'ended'], ended));
  }
  if (s.api) parts.push(`API: ${s.api.url}`);
  if (s.dashboard) parts.push(`Dashboard: ${s.dashboard}`);
  parts.push(...s.problems.map((problem) => `⚠ ${problem}`));
  return parts.join('\n\n');
}
