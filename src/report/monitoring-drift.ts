/** The columns of a monitoring pass against their baselines: how far each moved, where it stands, and bin by bin. */
import { type ColumnDrift, effect } from '../data/drift.ts';
import type { MonitorDetails } from '../data/monitoring.ts';
import { type Html, html } from './html.ts';
import { binsChart, cutAt, driftChart, METHOD_NAMES } from './monitoring-charts.ts';
import { fixed, percent, pValue, whole } from './numbers.ts';
import { badge, figure, fold, section, table } from './page.ts';

/** Columns that are shown bin by bin at once, those that moved most; and so many more when they are asked for. */
const SHOWN = 6;
const FOLDED = 60;

export async function driftSection({ drift, captured }: MonitorDetails): Promise<Html> {
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
    await distributions(moved.slice(0, SHOWN)),
    await folded(moved.slice(SHOWN, SHOWN + FOLDED)),
  );
}

async function distributions(columns: readonly ColumnDrift[]): Promise<Html> {
  const figures = columns.map(async (one) =>
    figure(
      await binsChart(one),
      `Missing: ${percent(one.missing.baseline)} then, ${percent(one.missing.current)} now.`,
    ),
  );
  return html`<div class="pair">${await Promise.all(figures)}</div>`;
}

/** The distributions of the columns that moved less. */
async function folded(columns: readonly ColumnDrift[]): Promise<Html> {
  if (columns.length === 0) return html``;
  const what = columns.length === 1 ? 'One more column' : `${columns.length} more columns`;
  return fold(`${what}, bin by bin`, await distributions(columns));
}

/** Where a column stands: by this pass and by those before. */
function stateOf(state: MonitorDetails['drift']['states'][string] | undefined): Html {
  if (!state) return badge('quiet', 'not judged');
  const { p, streak } = state;
  const words = `${streak > 1 ? `, pass ${streak} in a row` : ''} (p ${pValue(p)})`;
  if (state.state === 'alarm') return badge('bad', `✕ alarm${words}`);
  return state.state === 'warn' ? badge('warn', `! warning${words}`) : badge('good', `✓ calm${words}`);
}
