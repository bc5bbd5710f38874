/** Which features a challenger lives on. */
import type { EvaluationDetails } from '../data/evaluation.ts';
import { chart, FIRST, type Spec } from './chart.ts';
import { type Html, html } from './html.ts';
import { METRIC_NAMES, signed, whole } from './numbers.ts';
import { figure, section, table } from './page.ts';

/** A chart of more features than this is no longer read; the table has all. */
const CHARTED = 30;

export async function importanceSections({ importance }: EvaluationDetails): Promise<Html[]> {
  if (!importance) return [];
  const { measure, rows, increase } = importance;
  const ranked = Object.entries(increase)
    .map(([feature, by]) => ({ feature, by }))
    .sort((a, b) => b.by - a.by || a.feature.localeCompare(b.feature));
  const name = METRIC_NAMES[measure];
  const idle = ranked.filter(({ by }) => by <= 0).length;
  return [
    section(
      'Features',
      html`<p>${idle === 0 ? 'Every feature helps.' : `${whole(idle)} of ${whole(ranked.length)} features help nothing by themselves: the model answers as well when their values are shuffled.`}</p>`,
      figure(
        await importanceChart(ranked.slice(0, CHARTED), name),
        `Importance: by how much ${name} grows on ${whole(rows)} validation rows when the values of one feature are shuffled among them. Of features that tell the same each seems to matter less than it does.`,
      ),
      table(
        'All features',
        ['Feature', `Increase of ${name}`],
        ranked.map(({ feature, by }) => [feature, signed(by, 5)]),
      ),
    ),
  ];
}

function importanceChart(values: readonly { feature: string; by: number }[], name: string): Promise<Html> {
  const spec: Spec = {
    width: 560,
    height: { step: 22 },
    data: { values: [...values] },
    mark: { type: 'bar', color: FIRST, height: 14 },
    encoding: {
      y: { field: 'feature', type: 'nominal', sort: null, axis: { title: null } },
      x: { field: 'by', type: 'quantitative', axis: { title: `increase of ${name}`, tickCount: 6 } },
    },
  };
  const [first] = values;
  return chart(spec, `Importance of features${first ? `, ${first.feature} the most with ${signed(first.by, 4)}` : ''}`);
}
