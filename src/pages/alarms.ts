/** What the last look found, and how CloudWatch's alarms stand. */
import type { Alarm } from '../operations/views.ts';
import { type Html, html } from '../report/html.ts';
import { badge, section, table } from '../report/page.ts';
import type { ModelStatus } from '../workflows/messages.ts';
import { when } from './words.ts';

const STATES = {
  OK: badge('good', '✓ quiet'),
  ALARM: badge('bad', '✕ went off'),
  INSUFFICIENT_DATA: badge('quiet', '· no data'),
} as const;

export function alarmsPart(alarms: readonly Alarm[], { monitor, model }: ModelStatus): Html {
  return section(
    'Alarms',
    monitor
      ? html`<p>The last look was until ${when(monitor.to)}: ${monitor.findings.length === 0 ? 'nothing breaks the limits of the plan' : `${monitor.findings.length} findings`}. <a href="/models/${model}/monitoring">Its report</a></p>`
      : html`<p>Nobody has looked yet.</p>`,
    monitor && monitor.findings.length > 0 ? findings(monitor.findings) : html``,
    alarms.length > 0
      ? table(
          'Alarms in CloudWatch',
          ['Alarm', 'State', 'Since', 'What it watches'],
          alarms.map(({ name, state, since, description }) => [
            name,
            STATES[state],
            since ? when(since) : '–',
            description?.split('\n')[0] ?? '',
          ]),
          [1, 2, 3],
        )
      : html`<p>CloudWatch has no alarm of this model.</p>`,
  );
}

const findings = (found: NonNullable<ModelStatus['monitor']>['findings']): Html =>
  table(
    'Findings of the last look',
    ['Subject', 'Severity', 'Found', 'What to do'],
    found.map(({ kind, subject, severity, message, mend = '' }) => [
      `${kind}: ${subject}`,
      severity === 'alarm' ? badge('bad', '✕ alarm') : badge('warn', '! warning'),
      message,
      mend,
    ]),
    [1, 2, 3],
  );
