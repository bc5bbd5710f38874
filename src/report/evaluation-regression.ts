/** How far a regression's predictions lie from what came true. */
import type { EvaluationDetails } from '../data/evaluation.ts';
import type { ModelScores } from '../data/model-scores.ts';
import { chart, type Spec } from './chart.ts';
import { colour, diagonal, models } from './evaluation-charts.ts';
import { type Html, html } from './html.ts';
import { fixed, signed, whole } from './numbers.ts';
import { figure, section, table } from './page.ts';

export async function regressionSection(details: EvaluationDetails): Promise<Html> {
  const { challenger, champion } = details;
  const all = [challenger, ...(champion ? [champion] : [])];
  const sentence = all.map(
    ({ name, bias }) =>
      html`<strong>${name}</strong> predicts ${fixed(bias.predicted)} on average where ${fixed(bias.observed)} came true (${signed(bias.bias)}). `,
  );
  return section(
    'Errors',
    html`<p>${sentence}</p>`,
    figure(
      await pointChart(details),
      'Predicted against true, row by row (at most 500 of them). On the dashed line a prediction is exact.',
    ),
    residualTable(all),
    ...all.map(groupTable),
  );
}

function pointChart(details: EvaluationDetails): Promise<Html> {
  const values = models(details).flatMap(({ name, regression }) =>
    (regression?.points ?? []).map(([predicted, observed]) => ({ model: name, predicted, observed })),
  );
  const numbers = values.flatMap(({ predicted, observed }) => [predicted, observed]);
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const scale = { domain: [low, high], nice: true, zero: false };
  const spec: Spec = {
    width: 460,
    height: 400,
    layer: [
      diagonal(low, high),
      {
        data: { values },
        mark: { type: 'point', filled: true, opacity: 0.55, size: 30 },
        encoding: {
          x: { field: 'predicted', type: 'quantitative', scale, axis: { title: 'predicted' } },
          y: { field: 'observed', type: 'quantitative', scale, axis: { title: 'true' } },
          color: colour(details),
        },
      },
    ],
  };
  return chart(spec, 'Predicted against true values.');
}

const residualTable = (all: readonly ModelScores[]): Html =>
  table(
    'Quantiles of predicted minus true',
    ['Model', '5 %', '25 %', 'Median', '75 %', '95 %'],
    all.map(({ name, regression }) => [
      name,
      ...(['p5', 'p25', 'p50', 'p75', 'p95'] as const).map((at) => signed(regression?.residuals[at] ?? Number.NaN)),
    ]),
  );

const groupTable = ({ name, regression }: ModelScores): Html =>
  table(
    `${name}: groups of about equally many rows, by rising prediction`,
    ['From', 'To', 'Rows', 'Mean predicted', 'Mean true'],
    (regression?.groups ?? []).map(({ low, high, rows, predicted, observed }) => [
      fixed(low),
      fixed(high),
      whole(rows),
      fixed(predicted),
      fixed(observed),
    ]),
  );
