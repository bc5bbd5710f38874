/** Which classes are taken for which, and how well each is told. */
import type { EvaluationDetails } from '../data/evaluation.ts';
import { measureName } from '../data/measures.ts';
import type { ModelScores } from '../data/model-scores.ts';
import { CLASS_METRICS } from '../plan/metrics.ts';
import { type Html, html } from './html.ts';
import { fixed, interval, METRIC_NAMES, percent, whole } from './numbers.ts';
import { section, table } from './page.ts';

/** A matrix of more classes is no longer read: the most frequent are shown. */
const SHOWN = 20;

/** Nothing of a regression. */
export function classSections(details: EvaluationDetails): Html[] {
  const models = [details.challenger, ...(details.champion ? [details.champion] : [])];
  if (details.target.problem === 'binary')
    return [
      section('Confusion', html`<div class="pair">${models.map((model) => confusion(model, details.rows))}</div>`),
    ];
  if (details.target.problem === 'regression') return [];
  return [section('Class by class', ...models.map(perClass)), section('Confusion', ...models.map(matrix))];
}

function confusion({ name, confusion: found }: ModelScores, rows: number): Html {
  const cell = (count = 0) => `${whole(count)} (${percent(count / rows)})`;
  return table(
    `${name}, at a threshold of ${found?.threshold}`,
    ['', 'predicted positive', 'predicted negative'],
    [
      ['positive', cell(found?.truePositives), cell(found?.falseNegatives)],
      ['negative', cell(found?.falsePositives), cell(found?.trueNegatives)],
    ],
  );
}

/** Classes by falling number of rows. */
function frequent({ matrix: found }: ModelScores): { at: number; name: string; rows: number }[] {
  const classes = (found?.classes ?? []).map((name, at) => ({
    at,
    name,
    rows: (found?.counts[at] ?? []).reduce((sum, count) => sum + count, 0),
  }));
  return classes.sort((a, b) => b.rows - a.rows || a.at - b.at).slice(0, SHOWN);
}

function perClass(model: ModelScores): Html {
  const cells = (name: string) =>
    CLASS_METRICS.map((metric) => {
      const one = model.metrics[measureName(metric, name)];
      return one ? `${fixed(one.value)} (${interval(one)})` : '–';
    });
  return table(
    `${model.name}: each class against all others, with 95 % intervals`,
    ['Class', 'Rows', ...CLASS_METRICS.map((metric) => METRIC_NAMES[metric])],
    frequent(model).map(({ name, rows }) => [name, whole(rows), ...cells(name)]),
  );
}

function matrix(model: ModelScores): Html {
  const shown = frequent(model);
  const left = (model.matrix?.classes.length ?? 0) - shown.length;
  return table(
    `${model.name}: rows by true class (down) and predicted class (across)${left > 0 ? `; the ${shown.length} most frequent of ${shown.length + left} classes` : ''}`,
    ['', ...shown.map(({ name }) => name)],
    shown.map(({ at, name }) => [name, ...shown.map((other) => whole(model.matrix?.counts[at]?.[other.at] ?? 0))]),
  );
}
