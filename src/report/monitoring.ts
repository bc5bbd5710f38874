/** The monitoring report: is the model still what it was, and does it do what it should? */
import type { MonitorDetails } from '../data/monitoring.ts';
import { type Html, html } from './html.ts';
import { dataSection } from './monitoring-data.ts';
import { driftSection } from './monitoring-drift.ts';
import { qualitySection } from './monitoring-quality.ts';
import { serviceSection } from './monitoring-service.ts';
import { skewSection } from './monitoring-skew.ts';
import { instant, whole } from './numbers.ts';
import { badge, renderPage, section, table } from './page.ts';

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
