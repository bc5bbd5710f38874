/** The charts of an evaluation. */
import type { EvaluationDetails, ModelScores } from '../data/evaluation.ts';
import { type Slice, sliceName } from '../data/slices.ts';
import { METRICS, type Metric } from '../plan/schema.ts';
import { chart, FIRST, INK, MUTED, SECOND, type Spec } from './chart.ts';
import type { Html } from './html.ts';
import { fixed, METRIC_NAMES, percent, whole } from './numbers.ts';

type Compared = Pick<EvaluationDetails, 'challenger' | 'champion'>;

const models = ({ challenger, champion }: Compared): ModelScores[] => [challenger, ...(champion ? [champion] : [])];

/** One colour a model, the same in every chart; a legend only where there are two. */
const colour = (compared: Compared) => ({
  field: 'model',
  type: 'nominal' as const,
  scale: { domain: models(compared).map(({ name }) => name), range: [FIRST, SECOND] },
  legend: compared.champion ? {} : null,
});

/** A small chart a metric: the values with their 95 % intervals, each on its own scale. */
export function intervalChart(compared: Compared): Promise<Html> {
  const shown = METRICS.filter((metric) => models(compared).some(({ metrics }) => metrics[metric]));
  const one = (metric: Metric) => ({
    title: METRIC_NAMES[metric],
    width: 270,
    height: compared.champion ? 44 : 24,
    data: {
      values: models(compared).flatMap(({ name, metrics }) => {
        const found = metrics[metric];
        return found ? [{ model: name, ...found }] : [];
      }),
    },
    encoding: {
      y: { field: 'model', type: 'nominal' as const, axis: null, sort: models(compared).map(({ name }) => name) },
      color: colour(compared),
    },
    layer: [
      {
        mark: { type: 'rule' as const, strokeWidth: 3, strokeCap: 'round' as const },
        encoding: {
          x: {
            field: 'low',
            type: 'quantitative' as const,
            scale: { zero: false, nice: true },
            axis: { title: null, tickCount: 4 },
          },
          x2: { field: 'high' },
        },
      },
      {
        mark: { type: 'point' as const, filled: true, size: 70, opacity: 1 },
        encoding: { x: { field: 'value', type: 'quantitative' as const } },
      },
    ],
  });
  const spec: Spec = { concat: shown.map(one), columns: 3, spacing: { row: 14, column: 46 } };
  const words = models(compared).map(
    ({ name, metrics }) =>
      `${name}: ${shown.map((m) => `${METRIC_NAMES[m]} ${fixed(metrics[m]?.value ?? Number.NaN)}`).join(', ')}`,
  );
  return chart(spec, `Metrics with 95 % intervals. ${words.join('. ')}`);
}

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
      {
        data: {
          values: [
            { x: 0, y: 0 },
            { x: end, y: end },
          ],
        },
        mark: { type: 'line', color: MUTED, strokeDash: [4, 4], strokeWidth: 1 },
        encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
      },
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
  const spec: Spec = {
    width: 370,
    height: 320,
    layer: [
      {
        data: {
          values: [
            { x: 0, y: 0 },
            { x: 1, y: 1 },
          ],
        },
        mark: { type: 'line', color: MUTED, strokeDash: [4, 4], strokeWidth: 1 },
        encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
      },
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 2 },
        encoding: {
          x: {
            field: 'falsePositiveRate',
            type: 'quantitative',
            axis: { title: 'of the negatives, flagged', format: '.0%' },
          },
          y: {
            field: 'truePositiveRate',
            type: 'quantitative',
            axis: { title: 'of the positives, flagged', format: '.0%' },
          },
          order: { field: 'order', type: 'quantitative' },
          color: colour(compared),
        },
      },
    ],
  };
  const words = models(compared).map(({ name, metrics }) => `${name}: AUC ${fixed(metrics.auc?.value ?? Number.NaN)}`);
  return chart(spec, `ROC curve. ${words.join('. ')}`);
}

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

/** The largest slices of one column, best first, with the value over all rows as a line. */
export function sliceChart(metric: Metric, slices: readonly Slice[], overall: number | undefined): Promise<Html> {
  const values = slices.flatMap((slice) => {
    const found = slice.metrics?.[metric];
    return found ? [{ slice: `${sliceName(slice.value)}  (${whole(slice.rows)})`, ...found }] : [];
  });
  const spec: Spec = {
    width: 640,
    height: { step: 19 },
    layer: [
      ...(overall === undefined
        ? []
        : [
            {
              data: { values: [{ overall }] },
              mark: { type: 'rule' as const, color: INK, strokeDash: [4, 4] },
              encoding: { x: { field: 'overall', type: 'quantitative' as const } },
            },
          ]),
      {
        data: { values },
        mark: { type: 'rule' as const, strokeWidth: 2.5, color: FIRST, opacity: 0.6 },
        encoding: {
          y: {
            field: 'slice',
            type: 'nominal' as const,
            sort: values.map(({ slice }) => slice),
            axis: { title: null, ticks: false, domain: false },
          },
          x: {
            field: 'low',
            type: 'quantitative' as const,
            scale: { zero: false },
            axis: { title: METRIC_NAMES[metric], orient: 'top' as const },
          },
          x2: { field: 'high' },
        },
      },
      {
        data: { values },
        mark: { type: 'point' as const, filled: true, size: 55, color: FIRST, opacity: 1 },
        encoding: {
          y: { field: 'slice', type: 'nominal' as const, sort: values.map(({ slice }) => slice) },
          x: { field: 'value', type: 'quantitative' as const },
        },
      },
    ],
  };
  return chart(
    spec,
    `${METRIC_NAMES[metric]} of each slice: ${values.map(({ slice, value }) => `${slice} ${fixed(value, 3)}`).join(', ')}`,
  );
}
