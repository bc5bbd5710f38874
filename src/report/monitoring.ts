/** The monitoring report: is the model still what it was, and does it do what it should? */
import type { Target } from '../activities/types.ts';
import { effect } from '../data/drift.ts';
import { measureName, metricOf } from '../data/measures.ts';
import type { ModelScores } from '../data/model-scores.ts';
import type { MonitorDetails } from '../data/monitoring.ts';
import { METRICS_OF } from '../plan/metrics.ts';
import { type Html, html } from './html.ts';
import { binsChart, cutAt, driftChart, METHOD_NAMES } from './monitoring-charts.ts';
import { dataSection } from './monitoring-data.ts';
import { serviceSection } from './monitoring-service.ts';
import { fixed, instant, interval, METRIC_NAMES, percent, pValue, signed, whole } from './numbers.ts';
import { badge, figure, renderPage, section, table } from './page.ts';
import { calibrationChart, histogramChart } from './probability-charts.ts';

/** Columns that are shown bin by bin: those that moved most. */
const SHOWN = 6;

/** One self-contained HTML page. The same details give the same page. */
export async function renderMonitoring(details: MonitorDetails): Promise<string> {
  const { model, version, from, to, captured, quality, findings } = details;
  const alarms = findings.filter(({ severity }) => severity === 'alarm').length;
  const warnings = findings.length - alarms;
  return renderPage({
    title: `${model}: monitoring of version ${version}`,
    good: alarms === 0,
    verdict: [
      alarms === 0 ? 'No alarm' : `${alarms} alarm${alarms === 1 ? '' : 's'}`,
      warnings > 0 && `${warnings} warning${warnings === 1 ? '' : 's'}`,
    ]
      .filter(Boolean)
      .join(', '),
    lead: html`What came to endpoint <strong>${details.endpoint}</strong>, variant <strong>${details.variant}</strong>, from ${instant(from)} to ${instant(to)}, and the outcomes that arrived in that time.`,
    facts: [
      ['Requests', whole(captured.requests)],
      ['Rows', whole(captured.rows)],
      ['With outcome', whole(quality.labelled)],
      ['Unreadable captures', whole(captured.unreadable)],
    ],
    sections: [
      findingSection(details),
      dataSection(details),
      await qualitySection(details),
      await driftSection(details),
      serviceSection(details),
      captureSection(details),
    ],
  });
}

function findingSection({ findings }: MonitorDetails): Html {
  if (findings.length === 0) return section('Findings', html`<p>Nothing breaks the limits of the plan.</p>`);
  const rows = findings.map(({ kind, severity, subject, message, mend = '' }) => [
    `${kind}: ${subject}`,
    severity === 'alarm' ? badge('bad', '✕ alarm') : badge('warn', '! warning'),
    message,
    mend,
  ]);
  return section(
    'Findings',
    table('What breaks a limit of the plan', ['Subject', 'Severity', 'Found', 'What to do'], rows, [1, 2, 3]),
  );
}

async function qualitySection(details: MonitorDetails): Promise<Html> {
  const { quality, findings, target } = details;
  const { scores, labelled, minLabels, limits, outcomes } = quality;
  const counted = html`<p class="note">Outcomes that arrived: ${whole(outcomes.arrived)} (objects: ${whole(outcomes.objects)}). Of these, ${whole(outcomes.unmatched)} of other versions or of predictions that were not captured, ${whole(outcomes.repeated)} repeated. Lines that could not be read: ${whole(outcomes.unreadable)}.</p>`;
  if (!scores)
    return section(
      'Quality',
      html`<p>Not judged: ${whole(labelled)} predictions have an outcome; from ${whole(minLabels)} on they are measured (monitor.minLabels).</p>`,
      estimatedQuality(details),
      counted,
    );
  const asked = (metric: string) => askedOf(limits, metric);
  const state = (metric: string) => {
    const found = findings.find(({ kind, subject }) => kind === 'quality' && subject === metric);
    if (found) return found.severity === 'alarm' ? badge('bad', '✕ broken') : badge('warn', '! perhaps broken');
    return asked(metric) ? badge('good', '✓ kept') : '';
  };
  const limited = limits.map(({ metric, class: one }) => measureName(metric, one));
  const names = new Set<string>([...METRICS_OF[target.problem], ...limited]);
  const rows = [...names].map((metric) => {
    const found = scores.metrics[metric];
    return [
      metricName(metric),
      found ? fixed(found.value) : '–',
      found ? interval(found) : (scores.undefined[metric] ?? ''),
      asked(metric),
      state(metric),
    ];
  });
  const { predicted, observed, bias } = scores.bias;
  const [show, points] =
    target.problem === 'regression' ? [fixed, signed(bias)] : [percent, `${signed(bias * 100, 1)} points`];
  return section(
    'Quality',
    html`<p>On ${whole(labelled)} predictions whose outcome arrived, the model said <strong>${show(predicted)}</strong> on average and <strong>${show(observed)}</strong> came true: a bias of ${points}.</p>`,
    table(
      'Values with their 95 % bootstrap intervals. A limit counts as broken when that is 95 % sure (one-sided)',
      ['Metric', 'Value', '95 % interval', 'Limit', 'State'],
      rows,
      [4],
    ),
    ...(target.problem === 'regression' ? [] : [await probabilityCharts(target, scores, labelled)]),
    counted,
  );
}

const metricName = (metric: string): string => `${METRIC_NAMES[metricOf(metric)]}${/\[.*$/s.exec(metric)?.[0] ?? ''}`;

/** A limit of the plan in short: "≥ 0.6". */
const askedOf = (limits: MonitorDetails['quality']['limits'], metric: string): string =>
  limits
    .filter((limit) => measureName(limit.metric, limit.class) === metric)
    .map(({ min, max }) =>
      [min !== undefined && `≥ ${min}`, max !== undefined && `≤ ${max}`].filter(Boolean).join(', '),
    )
    .join(', ');

/** What quality probably is, told so that nobody takes it for measured. */
function estimatedQuality({ quality: { estimated, limits }, findings }: MonitorDetails): Html {
  if (!estimated) return html``;
  if ('why' in estimated) return html`<p>Nor is it estimated: ${estimated.why}.</p>`;
  const rows = Object.entries(estimated.metrics).map(([metric, found]) => [
    metricName(metric),
    found ? `≈ ${fixed(found.value)}` : '–',
    found ? interval(found) : '',
    askedOf(limits, metric),
    findings.some(({ subject }) => subject === `${metric} (estimated)`) ? badge('warn', '! probably broken') : '',
  ]);
  return html`<p>${badge('quiet', 'Estimated, not measured:')} of the probabilities of ${whole(estimated.rows)} rows alone, corrected on the test part. It is right as long as the same inputs still mean the same; it cannot see that they mean something else.</p>${table(
    'Estimates, with the range in which the measured value would lie 95 times of 100',
    ['Metric', 'Estimate', '95 % range', 'Limit', 'State'],
    rows,
    [4],
  )}`;
}

async function probabilityCharts(target: Target, scores: ModelScores, labelled: number): Promise<Html> {
  const compared = { target, challenger: scores };
  return html`<div class="pair">${[
    figure(
      await calibrationChart(compared),
      'Calibration: on the dashed line, what is predicted comes true just as often. A point’s area grows with its rows.',
    ),
    figure(
      await histogramChart(compared, labelled),
      `How often which probability was predicted, of ${whole(labelled)} predictions.`,
    ),
  ]}</div>`;
}

/** Where a column stands: by this pass and by those before. */
function stateOf(state: MonitorDetails['drift']['states'][string] | undefined): Html {
  if (!state) return badge('quiet', 'not judged');
  const { p, streak } = state;
  const words = `${streak > 1 ? `, pass ${streak} in a row` : ''} (p ${pValue(p)})`;
  if (state.state === 'alarm') return badge('bad', `✕ alarm${words}`);
  return state.state === 'warn' ? badge('warn', `! warning${words}`) : badge('good', `✓ calm${words}`);
}

async function driftSection({ drift, captured }: MonitorDetails): Promise<Html> {
  const { method, warn, alarm, minRows, judged, columns, unjudged, states, consecutive } = drift;
  const held = columns.filter(({ column }) => !Object.hasOwn(unjudged, column));
  if (columns.length === 0)
    return section('Drift', html`<p>No rows were captured in this time: there is nothing to compare.</p>`);
  const moved = [...columns].sort((a, b) => effect(b, method) - effect(a, method));
  const rows = moved.map((one) => [
    one.column,
    fixed(one.psi),
    fixed(one.jensenShannon),
    one.ks ? fixed(one.ks.statistic) : '–',
    one.ks ? pValue(one.ks.p) : '–',
    pValue(one.chiSquare.p),
    stateOf(states[one.column]),
    `${percent(one.missing.baseline)} → ${percent(one.missing.current)}`,
  ]);
  return section(
    'Drift',
    html`${!judged && html`<p>${badge('quiet', 'Not judged:')} ${whole(captured.rows)} rows came, at least ${whole(minRows)} are asked for (monitor.drift.minRows). Of few rows these numbers are mostly chance.</p>`}`,
    figure(
      await driftChart(held, method, warn, alarm),
      `${METHOD_NAMES[method]} of ${whole(captured.rows)} captured rows against the training part; of the predictions against those on the test part. ${method === 'ks' ? 'Text columns: total variation distance.' : ''}${held.some((one) => effect(one, method) > cutAt(alarm)) ? ` Bars are cut at ${cutAt(alarm)}.` : ''}`,
    ),
    table(
      `An alarm needs the size of the effect and a p-value of chi-square of at most ${drift.significance} after Holm's correction over all judged columns, in ${consecutive === 1 ? 'one pass' : `${consecutive} passes in a row`}`,
      ['Column', 'PSI', 'Jensen–Shannon', 'KS', 'p of KS', 'p of chi-square', 'State', 'Missing'],
      rows,
      [6],
    ),
    html`${Object.entries(unjudged).map(([column, why]) => html`<p class="note">${column} is not judged: ${why}.</p>`)}`,
    html`<div class="pair">${await Promise.all(moved.slice(0, SHOWN).map(async (one) => figure(await binsChart(one), `Missing: ${percent(one.missing.baseline)} then, ${percent(one.missing.current)} now.`)))}</div>`,
  );
}

function captureSection({ captured, baseline }: MonitorDetails): Html {
  const { objects, refused, unreadable, examples } = captured;
  return section(
    'What this rests on',
    html`<p>Objects of captured requests: ${whole(objects)}. Requests in them that the model refused: ${whole(refused)}. Lines that could not be read: ${whole(unreadable)}${unreadable > 0 ? ', such as' : ''}.</p>`,
    html`${examples.length > 0 && html`<ul>${examples.map((one) => html`<li><code>${one}</code></li>`)}</ul>`}`,
    table(
      'Baselines',
      ['What', 'Where', 'sha256'],
      [
        [
          'inputs',
          html`<code>${baseline.inputs.uri}</code>`,
          html`<code>${baseline.inputs.sha256.slice(0, 16)}…</code>`,
        ],
        [
          'predictions',
          html`<code>${baseline.predictions.uri}</code>`,
          html`<code>${baseline.predictions.sha256.slice(0, 16)}…</code>`,
        ],
      ],
      [1, 2],
    ),
  );
}
