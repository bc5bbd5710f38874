/** What serves, the way back, and the steps that people take at any time. */
import { type Html, html } from '../report/html.ts';
import { fold, section, table } from '../report/page.ts';
import type { ModelStatus } from '../workflows/messages.ts';
import { form, reasonField } from './forms.ts';
import type { Part, Viewer } from './types.ts';
import { estimateText, metricName, when } from './words.ts';

export function servingPart(status: ModelStatus, viewer: Viewer): Part {
  const { champion, api, retired } = status;
  if (!champion || retired) return undefined;
  return section(
    `Version ${champion.version} serves`,
    html`<p>${champion.algorithm}, made by cycle ${champion.cycle}, since ${when(champion.since)}.${api && html` Asked at <code>${api.url}</code>`}</p>`,
    kept(status),
    fold(
      'What it was worth',
      table(
        'On its own test rows, with 95 % intervals',
        ['Metric', 'Value'],
        Object.entries(champion.metrics).map(([name, found]) => [metricName(name), estimateText(found)]),
      ),
    ),
    viewer.may('approver') ? wayBack(status) : html``,
  );
}

function kept({ versions }: ModelStatus): Html {
  const rows = [...versions]
    .sort((a, b) => b.version - a.version)
    .map(({ version, cycle, registeredAt }) => [`v${version}`, cycle, when(registeredAt)]);
  return html`<h3>Kept versions</h3>${table('Versions that can serve at once', ['Version', 'Cycle', 'Registered'], rows, [2])}`;
}

function wayBack({ model, versions, champion, rollback }: ModelStatus): Html {
  const others = versions.filter(({ version }) => version !== champion?.version).sort((a, b) => b.version - a.version);
  if (rollback || others.length === 0) return html``;
  return fold(
    'Return to a kept version …',
    form({
      action: `/models/${model}/rollback`,
      fields: [
        {
          ...{ id: 'rollback-to', label: 'Version', name: 'to' },
          options: others.map(({ version, cycle }) => [String(version), `v${version}, of cycle ${cycle}`] as const),
        },
        reasonField('rollback-reason'),
      ],
      buttons: [{ id: 'rollback', words: 'Roll back', kind: 'undo' }],
    }),
  );
}

/** Run, pause, resume: for operators. */
export function stepsPart({ model, paused, quarantine, breaker, retired }: ModelStatus, viewer: Viewer): Html {
  if (retired || !viewer.may('operator')) return html``;
  const held = paused || quarantine || breaker;
  const one = (action: string, summary: string, words: string, kind: 'do' | 'plain') =>
    fold(
      summary,
      form({
        action: `/models/${model}/${action}`,
        fields: [reasonField(`${action}-reason`)],
        buttons: [{ id: action, words, kind }],
      }),
    );
  return html`<div class="pair"><div>${one('run', 'Run a cycle …', 'Run a cycle', 'do')}</div><div>${held && one('resume', 'Resume …', 'Let it go on', 'do')}${!paused && one('pause', 'Pause …', 'Pause', 'plain')}</div></div>`;
}
