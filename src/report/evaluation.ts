/** The evaluation report: may this challenger be deployed, and how good is it? */
import type { EvaluationDetails } from '../data/evaluation.ts';
import { direction } from '../data/measures.ts';
import type { ModelScores } from '../data/model-scores.ts';
import { type Slice, sliceName } from '../data/slices.ts';
import { METRICS_OF, type Metric } from '../plan/metrics.ts';
import { intervalChart, sliceChart } from './evaluation-charts.ts';
import { classSections } from './evaluation-classes.ts';
import { importanceSections } from './evaluation-importance.ts';
import { probabilitySection } from './evaluation-probabilities.ts';
import { regressionSection } from './evaluation-regression.ts';
import { type Html, html } from './html.ts';
import { fixed, instant, interval, METRIC_NAMES, signed, whole } from './numbers.ts';
import { badge, figure, renderPage, section, table } from './page.ts';

/** A chart of more slices than this is no longer read. */
const CHARTED = 25;

/** One self-contained HTML page. The same details give the same page. */
export async function renderEvaluation(details: EvaluationDetails): Promise<string> {
  const { model, cycle, asOf, objective, planHash, facts, rows, target, passed, champion, gates } = details;
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
      ...(facts.threshold === undefined ? [] : [['Threshold', fixed(facts.threshold)] as [string, string]]),
      ['Plan', planHash.slice(0, 12)],
      ['Model', facts.sha256.slice(0, 12)],
    ],
    sections: [
      gateSection(details),
      await metricSection(details),
      ...(target.problem === 'regression' ? [await regressionSection(details)] : [await probabilitySection(details)]),
      ...classSections(details),
      ...(await importanceSections(details)),
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
  const { challenger, champion, baseline, improvements, bootstrap, target } = details;
  const heads = [
    'Metric',
    'Better',
    'Challenger',
    '95 % interval',
    ...(champion ? ['Champion', '95 % interval', 'Improvement', '95 % interval'] : []),
    'A constant answer',
  ];
  const metrics: readonly Metric[] = METRICS_OF[target.problem];
  const rows = metrics.map((metric) => [
    METRIC_NAMES[metric],
    direction(metric) > 0 ? 'higher' : 'lower',
    ...cells(details.challenger, metric),
    ...(champion ? [...cells(champion, metric), ...improvement(improvements?.[metric])] : []),
    cells(baseline, metric)[0] ?? '',
  ]);
  return section(
    'Metrics',
    figure(
      await intervalChart({ target, challenger, champion }),
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

function cells({ metrics, undefined: why }: ModelScores, metric: Metric): (string | Html)[] {
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

/** What slices are looked at by, the charted one first. */
const OF_SLICES: Readonly<Record<EvaluationDetails['target']['problem'], readonly [Metric, ...Metric[]]>> = {
  binary: ['auc', 'log_loss', 'calibration_error', 'accuracy'],
  multiclass: ['accuracy', 'f1_macro', 'log_loss'],
  regression: ['rmse', 'mae', 'r2'],
};

async function sliceSections({ slices, sliceCounts, challenger, target }: EvaluationDetails): Promise<Html[]> {
  const columns = [...new Set(slices.map(({ column }) => column))];
  const shown = OF_SLICES[target.problem];
  const [main] = shown;
  return Promise.all(
    columns.map(async (column) => {
      const found = slices.filter((slice) => slice.column === column);
      const charted = found.filter((slice) => slice.metrics?.[main]).slice(0, CHARTED);
      const total = sliceCounts[column] ?? found.length;
      const which =
        total > found.length ? `the ${found.length} largest of ${whole(total)} values` : `all ${whole(total)} values`;
      return section(
        `By ${column}`,
        html`${
          charted.length > 0 &&
          figure(
            await sliceChart(main, charted, challenger.metrics[main]?.value),
            `${METRIC_NAMES[main]} of the challenger for the ${charted.length} largest values of ${column} (rows in brackets), with 95 % intervals. The dashed line is the value over all rows.`,
          )
        }`,
        table(
          `The challenger on ${which} of ${column}`,
          [
            'Value',
            'Rows',
            METRIC_NAMES[main],
            '95 % interval',
            ...shown.slice(1).map((metric) => METRIC_NAMES[metric]),
          ],
          found.map((slice) => sliceRow(slice, shown)),
        ),
      );
    }),
  );
}

function sliceRow(
  { value, rows, measures, metrics }: Slice,
  [main, ...others]: readonly [Metric, ...Metric[]],
): string[] {
  const shown = (metric: Metric) => (Number.isFinite(measures[metric]) ? fixed(measures[metric] as number) : '–');
  const estimated = metrics?.[main];
  return [sliceName(value), whole(rows), shown(main), estimated ? interval(estimated) : '', ...others.map(shown)];
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
