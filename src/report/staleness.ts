/** The backtest report: how fast does a version grow stale, and how good would each one have been? */
import type { AgeMean } from '../activities/backtest-types.ts';
import type { Estimate } from '../activities/types.ts';
import type { BacktestDetails } from '../data/backtest.ts';
import { MOST_ROWS } from '../data/later-rows.ts';
import type { Metric } from '../plan/metrics.ts';
import { usd } from '../plan/usd.ts';
import { type Html, html } from './html.ts';
import { fixed, instant, interval, METRIC_NAMES, signed, whole } from './numbers.ts';
import { badge, figure, renderPage, section, table } from './page.ts';
import { meanChart, worseChart } from './staleness-charts.ts';

/** One self-contained HTML page. The same details give the same page. */
export async function renderStaleness(details: BacktestDetails): Promise<string> {
  const { model, instants, calendar, origins, failed, metrics, verdict, planHash, horizon, objective } = details;
  const lost = Object.keys(failed).length;
  const [first = '', last = ''] = [instants[0], instants.at(-1)];
  return renderPage({
    title: `${model}: backtest`,
    good: lost === 0,
    verdict: `${verdict.charAt(0).toUpperCase()}${verdict.slice(1)}.`,
    lead: html`${objective} Had it been retrained on this calendar (${calendar}), how good would each version have been on the rows that came after it? ${whole(origins.length)} versions were trained${
      lost > 0 ? ` (${lost} came to nothing)` : ''
    }, each on what was known at its instant, and scored through the container that would serve it on up to ${horizon} windows that lie strictly after it.`,
    facts: [
      ['From', instant(first)],
      ['To', instant(last)],
      ['A step', calendar],
      ['Versions', whole(origins.length)],
      ['Plan', planHash.slice(0, 12)],
    ],
    sections: [
      ...(await Promise.all(metrics.map((metric, at) => curveSection(details, metric, at === 0)))),
      ...metrics.map((metric) => matrixSection(details, metric)),
      versionSection(details),
    ],
  });
}

async function curveSection({ curves }: BacktestDetails, metric: Metric, main: boolean): Promise<Html> {
  const curve = curves[metric] ?? [];
  return section(
    main ? `Staleness: ${METRIC_NAMES[metric]}, the plan’s objective` : `Staleness: ${METRIC_NAMES[metric]}`,
    html`<div class="pair">${figure(
      await worseChart(metric, curve),
      'How much worse than the version that was trained just before the window, on the very same rows. Above the dashed line is worse; an interval that reaches it may be chance.',
    )}${figure(
      await meanChart(metric, curve),
      'The mean over windows. Older versions are seen on fewer and later windows: compare ages by the chart beside this one.',
    )}</div>`,
    table(
      'By the age of the version in steps; 95 % intervals of the mean over windows (of a single window: of its rows)',
      ['Age', METRIC_NAMES[metric], '95 % interval', 'Windows', 'Worse by', '95 % interval', 'Windows of both'],
      curve.map(ageRow),
    ),
  );
}

const ageRow = ({ age, metric, windows, worse, paired }: AgeMean): (string | Html)[] => [
  String(age),
  ...shown(metric),
  whole(windows),
  ...(age === 1 ? ['freshly trained', '', ''] : [...judged(worse), whole(paired)]),
];

const shown = (found: Estimate | undefined): string[] => (found ? [fixed(found.value), interval(found)] : ['–', '']);

function judged(worse: Estimate | undefined): (string | Html)[] {
  if (!worse) return ['–', ''];
  const kind = worse.low > 0 ? 'bad' : worse.high < 0 ? 'good' : 'quiet';
  return [badge(kind, signed(worse.value)), interval(worse, signed)];
}

function matrixSection({ cells, instants, windows, metrics }: BacktestDetails, metric: Metric): Html {
  const origins = [...new Set(cells.map(({ origin }) => origin))].sort((a, b) => a - b);
  const rows = origins.map((origin) => [
    day(instants[origin]),
    ...windows.map((_, at) => {
      const cell = cells.find((one) => one.origin === origin && one.end === at + 1);
      const found = cell?.metrics[metric];
      return found ? html`${fixed(found.value)}<br><span class="note">${interval(found, short)}</span>` : '';
    }),
  ]);
  const note =
    metric === metrics[0]
      ? html`<p>A row is a version, by the instant that it was trained as of; a column is a window of rows, by its last day. The first value of a row is the version at age 1; down a column all versions are measured on the same rows.</p>`
      : html``;
  return section(
    `Every version on every window: ${METRIC_NAMES[metric]}`,
    note,
    table(
      `${METRIC_NAMES[metric]} with its 95 % interval (rows drawn anew)`,
      ['Trained as of', ...windows.map(({ to }) => day(to))],
      rows,
    ),
  );
}

const short = (value: number): string => fixed(value, 3);
const day = (iso = ''): string => iso.slice(0, 10);

function versionSection({ origins, failed, seed }: BacktestDetails): Html {
  const made = origins.map(({ asOf, candidate, later, scored, costUsd, facts }) => [
    instant(asOf),
    candidate,
    later.rows.map(whole).join(', '),
    whole(later.unlabelled),
    usd(costUsd),
    facts.sha256.slice(0, 12),
    scored.name,
  ]);
  const lost = Object.entries(failed).map(([asOf, why]) => [instant(asOf), why]);
  return section(
    'The versions',
    table(
      `The best candidate of each instant and the rows that it scored, a number a window (at most ${whole(MOST_ROWS)}, chosen by a hash); resampled with seed ${seed}`,
      ['Trained as of', 'Candidate', 'Rows scored', 'Without a label', 'Cost', 'Model', 'Scored by'],
      made,
      [1, 5, 6],
    ),
    lost.length > 0 ? table('Instants that gave no version', ['Instant', 'Why'], lost, [1]) : html``,
  );
}
