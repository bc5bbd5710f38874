/** Whether serving does what training did, as a monitoring report shows it. */
import type { MonitorDetails } from '../data/monitoring.ts';
import { type Html, html } from './html.ts';
import { percent, whole } from './numbers.ts';
import { section, table } from './page.ts';

export function skewSection({ skew }: MonitorDetails): Html {
  const title = 'Training and serving';
  if (!skew) return section(title, html`<p>Nothing was replayed.</p>`);
  if ('problem' in skew) return section(title, html`<p>Requests could not be asked again: ${skew.problem}</p>`);
  if (skew.rows === 0) return section(title, html`<p>No captured requests could be asked again.</p>`);
  const told = html`<p>${whole(skew.rows)} captured rows were asked again and sent through the transform as training applied it: ${whole(skew.differing)} came out otherwise (${percent(skew.differing / skew.rows)}).</p>`;
  if (skew.columns.length === 0) return section(title, told);
  const rows = skew.columns.map(({ feature, differing }) => [
    feature,
    whole(differing),
    percent(differing / skew.rows),
  ]);
  return section(title, told, table('What differed', ['Feature', 'Rows', 'Share'], rows));
}
