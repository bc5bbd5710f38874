/** The charts of a classifier's probabilities. */
import { chart, MUTED, type Spec } from './chart.ts';
import { type Compared, colour, diagonal, models } from './evaluation-charts.ts';
import type { Html } from './html.ts';
import { fixed, percent } from './numbers.ts';

/** Predicted probability against what came true, bin by bin, over the number of rows. */
export function calibrationChart(compared: Compared): Promise<Html> {
  const values = models(compared).flatMap(({ name, calibration }) =>
    calibration.filter((bin) => bin.rows > 0).map((bin) => ({ model: name, ...bin })),
  );
  const most = Math.max(0.1, ...values.flatMap((bin) => [bin.predicted ?? 0, bin.observed ?? 0]));
  const end = Math.min(1, Math.ceil(most * 10 + 0.5) / 10);
  const axis = (title: string) => ({ title, format: '.0%', tickCount: 6 });
  const spec: Spec = {
    width: 370,
    height: 320,
    layer: [
      diagonal(0, end),
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 2 },
        encoding: {
          x: {
            field: 'predicted',
            type: 'quantitative',
            scale: { domain: [0, end], nice: false },
            axis: axis('predicted (mean of the bin)'),
          },
          y: {
            field: 'observed',
            type: 'quantitative',
            scale: { domain: [0, end], nice: false, clamp: true },
            axis: axis('came true'),
          },
          color: colour(compared),
        },
      },
      {
        data: { values },
        mark: { type: 'point', filled: true, opacity: 0.85 },
        encoding: {
          x: { field: 'predicted', type: 'quantitative' },
          y: { field: 'observed', type: 'quantitative' },
          size: { field: 'rows', type: 'quantitative', scale: { range: [20, 420], domainMin: 0 }, legend: null },
          color: colour(compared),
        },
      },
    ],
  };
  const words = models(compared).map(
    ({ name, metrics, bias }) =>
      `${name}: calibration error ${fixed(metrics.calibration_error?.value ?? Number.NaN)}, ${percent(bias.predicted)} predicted where ${percent(bias.observed)} came true`,
  );
  return chart(spec, `Calibration. ${words.join('. ')}`);
}

export function rocChart(compared: Compared): Promise<Html> {
  const values = models(compared).flatMap(({ name, roc }) =>
    roc.map((point, order) => ({ model: name, order, ...point })),
  );
  const x = share('falsePositiveRate', 'of the negatives, flagged');
  const y = share('truePositiveRate', 'of the positives, flagged');
  const words = models(compared).map(({ name, metrics }) => `${name}: AUC ${fixed(metrics.auc?.value ?? Number.NaN)}`);
  return chart(curves(compared, { values, x, y, under: diagonal(0, 1) }), `ROC curve. ${words.join('. ')}`);
}

/** How many of those who are flagged are right, over how many are found; the dashed line is a model that knows nothing. */
export function precisionChart(compared: Compared): Promise<Html> {
  const values = models(compared).flatMap(({ name, precisionRecall = [] }) =>
    precisionRecall.map((point, order) => ({ model: name, order, ...point })),
  );
  const x = { ...share('recall', 'of the positives, flagged (recall)'), scale: { domain: [0, 1] } };
  const y = { ...share('precision', 'of the flagged, positive (precision)'), scale: { domain: [0, 1] } };
  const under = level(compared.challenger.bias.observed);
  const words = models(compared).map(
    ({ name, metrics }) => `${name}: area ${fixed(metrics.pr_auc?.value ?? Number.NaN)}`,
  );
  return chart(curves(compared, { values, x, y, under }), `Precision over recall. ${words.join('. ')}`);
}

/** How many times as many positives are among the rows asked first as among as many by chance. */
export function liftChart(compared: Compared): Promise<Html> {
  const values = models(compared)
    .flatMap(({ name, gain = [] }) => gain.map((point) => ({ model: name, ...point })))
    .map((point, order) => ({ ...point, order }));
  const x = { ...share('share', 'rows of the highest probabilities'), scale: { domain: [0, 1] } };
  const y = { ...quantity('lift', { title: 'lift', format: '.1f' }), scale: { zero: true } };
  const words = models(compared).map(({ name, gain = [] }) => {
    const tenth = gain.find(({ share: part }) => part >= 0.1);
    return `${name}: ${tenth ? `${fixed(tenth.lift, 1)} times as many positives in the first tenth` : 'undefined'}`;
  });
  const point = { size: 28, filled: true };
  return chart(curves(compared, { values, x, y, under: level(1), point }), `Lift. ${words.join('. ')}`);
}

interface Curves {
  /** Of each model in turn, in the `order` of its line. */
  readonly values: readonly { readonly model: string; readonly order: number }[];
  readonly x: object;
  readonly y: object;
  /** What the lines lie over. */
  readonly under: object;
  readonly point?: object;
}

/** A line a model. */
const curves = (compared: Compared, { values, x, y, under, point }: Curves): Spec =>
  ({
    width: 370,
    height: 320,
    layer: [
      under,
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 2, ...(point && { point }) },
        encoding: { x, y, order: { field: 'order', type: 'quantitative' }, color: colour(compared) },
      },
    ],
  }) as Spec;

const quantity = (field: string, axis: object) => ({ field, type: 'quantitative', axis });
const share = (field: string, title: string) => quantity(field, { title, format: '.0%' });

/** A dashed line across. */
const level = (y: number) => ({
  data: { values: [{ y }] },
  mark: { type: 'rule', strokeDash: [4, 4], color: MUTED },
  encoding: { y: { field: 'y', type: 'quantitative' } },
});

/** How often which probability is predicted, in twentieths; two models as outlines over each other. */
export function histogramChart(compared: Compared, rows: number): Promise<Html> {
  const values = models(compared).flatMap(({ name, histogram }) =>
    histogram.map((count, part) => ({ model: name, low: part / 20, high: (part + 1) / 20, share: count / rows })),
  );
  const spec: Spec = {
    width: 370,
    height: 180,
    data: { values },
    mark: { type: 'bar', fillOpacity: 0.35, strokeWidth: 1.2 },
    encoding: {
      x: { field: 'low', bin: { binned: true, step: 0.05 }, axis: { title: 'predicted probability', format: '.0%' } },
      x2: { field: 'high' },
      y: {
        field: 'share',
        type: 'quantitative',
        stack: null,
        axis: { title: 'share of rows', format: '.0%', tickCount: 4 },
      },
      color: colour(compared),
      stroke: colour(compared),
    },
  };
  return chart(spec, 'How often which probability is predicted.');
}
