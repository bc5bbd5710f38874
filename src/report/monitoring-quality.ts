/** Quality as a monitoring report shows it: measured by outcomes, or estimated and marked as that. */
import type { Target } from '../activities/types.ts';
import { measureName, metricOf } from '../data/measures.ts';
import type { ModelScores } from '../data/model-scores.ts';
import type { MonitorDetails } from '../data/monitoring.ts';
import { METRICS_OF } from '../plan/metrics.ts';
import { type Html, html } from './html.ts';
import { fixed, interval, METRIC_NAMES, percent, signed, whole } from './numbers.ts';
import { badge, figure, section, table } from './page.ts';
import { calibrationChart, histogramChart } from './probability-charts.ts';

export async function qualitySection(details: MonitorDetails): Promise<Html> {
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
