/** Champion against challengers over time, by the metric that the plan trained for. */
import type { Contest } from '../operations/views.ts';
import { FIRST, SECOND, type Spec } from '../report/chart.ts';
import { type Html, html } from '../report/html.ts';
import { fixed } from '../report/numbers.ts';
import { figure, fold, section, table } from '../report/page.ts';
import { drawn } from './drawn.ts';
import { estimateText, metricName, outcomeBadge, when } from './words.ts';

export async function contestsPart(all: readonly Contest[]): Promise<Html> {
  const heading = 'Champion against challengers';
  const metric = all.at(-1)?.metric;
  if (metric === undefined) return section(heading, html`<p>No cycle has evaluated anything yet.</p>`);
  // Values of another metric are not comparable: a plan may change what it trains for.
  const shown = all.filter((one) => one.metric === metric);
  const name = metricName(metric);
  const rows = shown.map(({ cycle, at, outcome, version, challenger, champion }) => [
    `Cycle ${cycle}`,
    estimateText(challenger),
    estimateText(champion),
    html`${outcomeBadge(outcome)}${version !== undefined && ` v${version}`}`,
    when(at),
  ]);
  return section(
    heading,
    figure(
      await drawn(specOf(shown, name), told(shown, name)),
      `${name} of both on the test rows of each cycle, with 95 % intervals. Test rows differ from cycle to cycle.`,
    ),
    fold(
      'The same as a table',
      table(`${name}, cycle by cycle`, ['Cycle', 'Challenger', 'Champion', 'Outcome', 'Ended'], rows, [3, 4]),
    ),
  );
}

function specOf(shown: readonly Contest[], name: string): Spec {
  const values = shown.flatMap(({ cycle, challenger, champion }) => [
    { cycle, who: 'challenger', ...challenger },
    ...(champion ? [{ cycle, who: 'champion', ...champion }] : []),
  ]);
  const who = { field: 'who', type: 'nominal' as const };
  const x = { field: 'cycle', type: 'ordinal' as const, axis: { title: 'cycle', labelAngle: 0 } };
  const color = { ...who, scale: { domain: ['challenger', 'champion'], range: [FIRST, SECOND] } };
  const xOffset = { ...who, scale: { domain: ['challenger', 'champion'], paddingInner: 0.5 } };
  return {
    width: Math.max(240, Math.min(900, shown.length * 90)),
    height: 220,
    data: { values },
    encoding: { x, xOffset },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: {
          color,
          y: { field: 'low', type: 'quantitative', scale: { zero: false }, axis: { title: name } },
          y2: { field: 'high' },
        },
      },
      {
        mark: { type: 'point', filled: true, size: 80, opacity: 1 },
        encoding: {
          color,
          y: { field: 'value', type: 'quantitative', scale: { zero: false } },
          shape: { ...who, scale: { domain: ['challenger', 'champion'], range: ['circle', 'diamond'] } },
        },
      },
    ],
  };
}

const told = (shown: readonly Contest[], name: string): string =>
  `${name} by cycle. ${shown
    .map(
      ({ cycle, challenger, champion }) =>
        `Cycle ${cycle}: challenger ${fixed(challenger.value)}${champion ? `, champion ${fixed(champion.value)}` : ''}`,
    )
    .join('; ')}`;
