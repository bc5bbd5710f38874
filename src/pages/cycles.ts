/** The cycles of a model, newest first, with what each was worth, and the rollbacks between them. */
import type { History } from '../operations/views.ts';
import { span } from '../plan/span.ts';
import { usd } from '../plan/usd.ts';
import { type Html, html } from '../report/html.ts';
import { section, table } from '../report/page.ts';
import { estimateText, metricName, outcomeBadge, when } from './words.ts';

const SHOWN = 20;

export function cyclesPart(model: string, { events }: History): Html {
  const told = events.filter((one) => one.kind === 'cycle' || one.kind === 'rollback').slice(0, SHOWN);
  if (told.length === 0) return section('Cycles', html`<p>There was none yet.</p>`);
  const rows = told.map((one) => {
    if (one.kind === 'rollback')
      return [
        html`Rollback`,
        outcomeBadge(one.outcome),
        html`v${one.from} to v${one.to}, ${one.by}${one.reason && `: ${one.reason}`}`,
        '–',
        when(one.at),
        '–',
        '–',
      ];
    const { cycle, outcome, trigger, by, version, objective, metrics, at, seconds, costUsd, report, reason, failure } =
      one;
    const why = failure ?? reason;
    return [
      report ? html`<a href="/models/${model}/cycles/${cycle}/report">Cycle ${cycle}</a>` : html`Cycle ${cycle}`,
      html`${outcomeBadge(outcome)}${version !== undefined && ` v${version}`}`,
      html`${trigger}${trigger !== by && `, ${by}`}${why && `: ${why}`}`,
      objective && metrics?.[objective] ? `${metricName(objective)} ${estimateText(metrics[objective])}` : '–',
      outcome === 'running' ? '–' : when(at),
      seconds === undefined ? '–' : span(1000 * seconds),
      costUsd === undefined ? '–' : usd(costUsd),
    ];
  });
  const heads = ['What', 'Outcome', 'By whom, why', 'Worth', 'Ended', 'Took', 'Cost'];
  return section(
    'Cycles',
    table(`The last ${rows.length}, newest first; each evaluated one leads to its report`, heads, rows, [1, 2, 4]),
  );
}
