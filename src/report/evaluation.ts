/** The evaluation report: may this challenger be deployed, and how good is it? */
import type { EvaluationDetails } from '../data/evaluation.ts';
import { direction } from '../data/metrics.ts';
import { type Slice, sliceName } from '../data/slices.ts';
import { METRICS, type Metric } from '../plan/schema.ts';
import { calibrationChart, histogramChart, intervalChart, rocChart, sliceChart } from './evaluation-charts.ts';
import { type Html, html } from './html.ts';
import { fixed, instant, interval, METRIC_NAMES, percent, signed, whole } from './numbers.ts';
import { badge, figure, renderPage, section, table } from './page.ts';

/** A chart of more slices than this is no longer read. */
const CHARTED = 25;

/** One self-contained HTML page. The same details give the same page. */
export async function renderEvaluation(details: EvaluationDetails): Promise<string> {
  const { model, cycle, asOf, objective, planHash, rows, positives, passed, champion, gates } = details;
  const broken = gates.filter(({ held }) => !held).length;
  return renderPage({
    title: `${model}, cycle ${cycle}: evaluation`,
    good: passed,
    verdict: passed ? `All ${gates.length} gates hold` : `${broken} of ${gates.length} gates do not hold`,
    lead: html`${objective} <strong>${details.challenger.name}</strong> was scored on ${whole(rows)} test rows that no training has seen, through the container that would serve it${
      champion
        ? html`; <strong>${champion.name}</strong> on the very same rows`
        : '. There is no champion yet to compare with'
    }.`,
    facts: [
      ['As of', instant(asOf)],
      ['Test rows', whole(rows)],
      ['Positive', percent(positives)],
      ['Plan', planHash.slice(0, 12)],
    ],
    sections: [
      gateSection(details),
      await metricSection(details),
      await shapeSection(details),
      confusionSection(details),
      ...(await sliceSections(details)),
      dataSection(details),
    ],
  });
}

function gateSection({ gates }: EvaluationDetails): Html {
  if (gates.length === 0) return section('Gates', html`<p>The plan sets no gates: evaluate.gates is empty.</p>`);
  const rows = gates.map(({ gate, held, found }) => [gate, verdict(held, found), found]);
  return section(
    'Gates',
    table('What the plan asks of a challenger, and what was found', ['Gate', 'Held', 'Found'], rows, [1, 2]),
  );
}

function verdict(held: boolean, found: string): Html {
  if (!held) return badge('bad', '✕ no');
  return found.startsWith('not applicable') ? badge('quiet', '– not applicable') : badge('good', '✓ yes');
}

async function metricSection(details: EvaluationDetails): Promise<Html> {
  const { challenger, champion, improvements, bootstrap } = details;
  const heads = [
    'Metric',
    'Better',
    'Challenger',
    '95 % interval',
    ...(champion ? ['Champion', '95 % interval', 'Improvement', '95 % interval'] : []),
  ];
  const rows = METRICS.map((metric) => [
    METRIC_NAMES[metric],
    direction(metric) > 0 ? 'higher' : 'lower',
    ...cells(details.challenger, metric),
    ...(champion ? [...cells(champion, metric), ...improvement(improvements?.[metric])] : []),
  ]);
  return section(
    'Metrics',
    figure(
      await intervalChart({ challenger, champion }),
      `Points are values, bars their 95 % intervals (percentiles of ${bootstrap.replicates} resamples of the test rows). Each metric has its own scale.`,
    ),
    table(
      champion
        ? 'An improvement is counted in the better direction; its interval is of the difference, both models on the same resamples'
        : 'Values with their 95 % intervals',
      heads,
      rows,
      [1],
    ),
  );
}

function cells({ metrics, undefined: why }: EvaluationDetails['challenger'], metric: Metric): (string | Html)[] {
  const found = metrics[metric];
  return found
    ? [fixed(found.value), interval(found)]
    : [html`<span title="${why[metric] ?? ''}">–</span>`, why[metric] ?? ''];
}

function improvement(found: { value: number; low: number; high: number } | undefined): (string | Html)[] {
  if (!found) return ['–', ''];
  const kind = found.low > 0 ? 'good' : found.high < 0 ? 'bad' : 'quiet';
  return [badge(kind, signed(found.value)), interval(found, signed)];
}

async function shapeSection({ challenger, champion, rows }: EvaluationDetails): Promise<Html> {
  const compared = { challenger, champion };
  const sentence = [challenger, ...(champion ? [champion] : [])].map(
    ({ name, bias }) =>
      html`<strong>${name}</strong> predicts ${percent(bias.predicted)} on average where ${percent(bias.observed)} came true (${signed(bias.bias * 100, 1)} points). `,
  );
  return section(
    'Probabilities',
    html`<p>${sentence}</p><div class="pair">${[
      figure(
        await calibrationChart(compared),
        'Calibration: on the dashed line, what is predicted comes true just as often. Ten bins of equal width, each (low, high]; a point’s area grows with its rows.',
      ),
      figure(
        await rocChart(compared),
        'ROC curve: how many of the positives are caught for how many false alarms, over all thresholds. The dashed line is chance.',
      ),
      figure(await histogramChart(compared, rows), `How often which probability is predicted, of ${whole(rows)} rows.`),
    ]}</div>`,
  );
}

function confusionSection({ challenger, champion, threshold, rows }: EvaluationDetails): Html {
  const one = ({ name, confusion }: EvaluationDetails['challenger']) => {
    const cell = (count: number) => `${whole(count)} (${percent(count / rows)})`;
    return table(
      name,
      ['', 'predicted positive', 'predicted negative'],
      [
        ['positive', cell(confusion.truePositives), cell(confusion.falseNegatives)],
        ['negative', cell(confusion.falsePositives), cell(confusion.trueNegatives)],
      ],
    );
  };
  return section(
    `Confusion at a threshold of ${threshold}`,
    html`<div class="pair">${[challenger, ...(champion ? [champion] : [])].map(one)}</div>`,
  );
}

async function sliceSections({ slices, sliceCounts, challenger }: EvaluationDetails): Promise<Html[]> {
  const columns = [...new Set(slices.map(({ column }) => column))];
  return Promise.all(
    columns.map(async (column) => {
      const found = slices.filter((slice) => slice.column === column);
      const charted = found.filter((slice) => slice.metrics?.auc).slice(0, CHARTED);
      const total = sliceCounts[column] ?? found.length;
      const which =
        total > found.length ? `the ${found.length} largest of ${whole(total)} values` : `all ${whole(total)} values`;
      return section(
        `By ${column}`,
        html`${
          charted.length > 0 &&
          figure(
            await sliceChart('auc', charted, challenger.metrics.auc?.value),
            `AUC of the challenger for the ${charted.length} largest values of ${column} (rows in brackets), with 95 % intervals. The dashed line is the AUC over all rows.`,
          )
        }`,
        table(
          `The challenger on ${which} of ${column}`,
          ['Value', 'Rows', 'Positive', 'AUC', '95 % interval', 'Log-loss', 'Calibration error'],
          found.map(sliceRow),
        ),
      );
    }),
  );
}

function sliceRow({ value, rows, positives, measures, metrics }: Slice): (string | number)[] {
  const shown = (metric: Metric) => (Number.isFinite(measures[metric]) ? fixed(measures[metric]) : '–');
  const auc = metrics?.auc ? interval(metrics.auc) : '';
  return [
    sliceName(value),
    whole(rows),
    percent(positives),
    shown('auc'),
    auc,
    shown('log_loss'),
    shown('calibration_error'),
  ];
}

function dataSection({ data, bootstrap }: EvaluationDetails): Html {
  const objects = [
    ['test inputs', data.inputs] as const,
    ['test labels', data.labels] as const,
    ...data.challenger.map((object) => ['challenger’s predictions', object] as const),
    ...(data.champion ?? []).map((object) => ['champion’s predictions', object] as const),
  ];
  return section(
    'What this rests on',
    table(
      `Objects and their content; resampled with seed ${bootstrap.seed}`,
      ['What', 'Where', 'sha256'],
      objects.map(([what, { uri, sha256 }]) => [
        what,
        html`<code>${uri}</code>`,
        html`<code>${sha256.slice(0, 16)}…</code>`,
      ]),
      [1, 2],
    ),
  );
}
