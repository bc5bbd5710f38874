/** How far each column has moved from what the serving version learnt from, pass by pass. */
import type { Pass } from '../operations/views.ts';
import { BAD, FIRST, GOOD, INK, MUTED, SECOND, type Spec, WARN } from '../report/chart.ts';
import { type Html, html } from '../report/html.ts';
import { METHOD_NAMES } from '../report/monitoring-charts.ts';
import { fixed } from '../report/numbers.ts';
import { badge, figure, fold, section, table } from '../report/page.ts';
import { drawn } from './drawn.ts';
import { when } from './words.ts';

/** Columns with a line of their own: those that moved most. */
const LINES = 6;
/** Passes that the table shows. */
const IN_TABLE = 7;

export async function driftPart(all: readonly Pass[]): Promise<Html> {
  // By another method the same drift is another number.
  const method = all.at(-1)?.drift.method;
  const shown = all.filter(({ drift }) => drift.method === method && drift.columns.length > 0);
  const last = shown.at(-1);
  if (!last) return section('Drift', html`<p>No look has found rows to compare yet.</p>`);
  const { warn, alarm } = last.drift;
  const name = METHOD_NAMES[last.drift.method];
  const columns = mostMoved(shown);
  return section(
    'Drift',
    figure(
      await drawn(specOf(shown, columns.slice(0, LINES), { warn, alarm, name }), told(last, name)),
      `${name} of what came against what the version learnt from, in each look: every look when they are few, else the last of each day. ${columns.length > LINES ? `The ${LINES} columns that moved most. ` : ''}A warning from ${warn} on, an alarm from ${alarm} on when it is significant.`,
    ),
    fold('The same as a table', asTable(shown.slice(-IN_TABLE), columns, name)),
  );
}

/** Names of columns, those that moved most in any pass first. */
function mostMoved(shown: readonly Pass[]): string[] {
  const most = new Map<string, number>();
  for (const { drift } of shown)
    for (const { column, value } of drift.columns) most.set(column, Math.max(value, most.get(column) ?? 0));
  return [...most].sort(([, a], [, b]) => b - a).map(([column]) => column);
}

const MARKS = { alarm: ['bad', '✕'], warn: ['warn', '!'], calm: ['good', '✓'], 'not judged': ['quiet', '·'] } as const;

function asTable(shown: readonly Pass[], columns: readonly string[], name: string): Html {
  const rows = columns.map((column) => [
    column,
    ...shown.map(({ drift }) => {
      const found = drift.columns.find((one) => one.column === column);
      if (!found) return '–';
      const [kind, mark] = MARKS[found.state];
      return html`${badge(kind, mark)} ${fixed(found.value)}`;
    }),
  ]);
  const caption = `${name} by column, the last ${shown.length} looks. ✕ alarm, ! warning, ✓ calm, · not judged (too few rows)`;
  const body = table(
    caption,
    ['Column', ...shown.map(({ to, version }) => `${to.slice(0, 10)} ${to.slice(11, 16)}, v${version}`)],
    rows,
  );
  return html`${body}<p class="note">The last was until ${when(shown.at(-1)?.to ?? '')}.</p>`;
}

function specOf(
  shown: readonly Pass[],
  columns: readonly string[],
  { warn, alarm, name }: { readonly warn: number; readonly alarm: number; readonly name: string },
): Spec {
  const values = shown.flatMap(({ to, drift }) =>
    drift.columns.flatMap(({ column, value }) => (columns.includes(column) ? [{ at: to, column, value }] : [])),
  );
  const limits = [
    { at: warn, words: `warn ${warn}`, below: 10 },
    { at: alarm, words: `alarm ${alarm}`, below: -6 },
  ];
  const domain = [...columns];
  const which = { field: 'column', type: 'nominal' as const, sort: domain };
  return {
    width: 820,
    height: 240,
    layer: [
      {
        data: { values },
        mark: { type: 'line', point: { size: 50 }, strokeWidth: 2 },
        encoding: {
          x: {
            field: 'at',
            type: 'temporal',
            scale: { type: 'utc' },
            axis: { title: null, tickCount: 6, format: clock(shown), labelOverlap: true },
          },
          y: { field: 'value', type: 'quantitative', axis: { title: name, tickCount: 5 } },
          color: { ...which, scale: { domain, range: [FIRST, SECOND, GOOD, BAD, WARN, INK] } },
          strokeDash: { ...which, scale: { domain } },
        },
      },
      {
        data: { values: limits },
        mark: { type: 'rule', color: MUTED, strokeDash: [2, 4] },
        encoding: { y: { field: 'at', type: 'quantitative' } },
      },
      {
        data: { values: limits },
        mark: { type: 'text', color: MUTED, align: 'right', x: 816, dy: { expr: 'datum.below' }, fontSize: 11 },
        encoding: { y: { field: 'at', type: 'quantitative' }, text: { field: 'words' } },
      },
    ],
  };
}

/** Days, or the time of day when all happened in two. */
function clock(shown: readonly Pass[]): string {
  const lasted = Date.parse(shown.at(-1)?.to ?? '') - Date.parse(shown[0]?.to ?? '');
  if (lasted > 2 * 86_400_000) return '%-d %b';
  return lasted > 600_000 ? '%H:%M' : '%H:%M:%S';
}

const told = ({ drift, to }: Pass, name: string): string =>
  `${name} over time; in the last look, until ${to}: ${drift.columns.map(({ column, value, state }) => `${column} ${fixed(value)} (${state})`).join(', ')}`;
