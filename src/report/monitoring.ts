/** The monitoring report: is the model still what it was, and does it do what it should? */
import { effect } from '../data/drift.ts';
import type { MonitorDetails } from '../data/monitoring.ts';
import { type Html, html } from './html.ts';
import { binsChart, cutAt, driftChart, METHOD_NAMES } from './monitoring-charts.ts';
import { dataSection } from './monitoring-data.ts';
import { qualitySection } from './monitoring-quality.ts';
import { serviceSection } from './monitoring-service.ts';
import { skewSection } from './monitoring-skew.ts';
import { fixed, instant, percent, pValue, whole } from './numbers.ts';
import { badge, figure, renderPage, section, table } from './page.ts';

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
      skewSection(details),
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

/** Where a column stands: by this pass and by those before. */
function stateOf(state: MonitorDetails['drift']['states'][string] | undefined): Html {
  if (!state) return badge('quiet', 'not judged');
  const { p, streak } = state;
  const words = `${streak > 1 ? `, pass ${streak} in a row` : ''} (p ${pValue(p)})`;
  if (state.state === 'alarm') return badge('bad', `✕ alarm${words}`);
  return state.state === 'warn' ? badge('warn', `! warning${words}`) : badge('good', `✓ calm${words}`);
}

async function driftSection({ drift, captured }: MonitorDetails): Promise<Html> {
  const { method, alarm, minRows, judged, columns, unjudged, states, consecutive } = drift;
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
    held.length === 0
      ? html``
      : figure(
          await driftChart(held, drift),
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
