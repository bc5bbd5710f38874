/** The charts of an evaluation. */
import type { EvaluationDetails } from '../data/evaluation.ts';
import type { ModelScores } from '../data/model-scores.ts';
import { type Slice, sliceName } from '../data/slices.ts';
import type { Metric } from '../plan/metrics.ts';
import { METRICS_OF } from '../plan/metrics.ts';
import { chart, FIRST, INK, MUTED, SECOND, type Spec } from './chart.ts';
import type { Html } from './html.ts';
import { fixed, METRIC_NAMES, whole } from './numbers.ts';

export type Compared = Pick<EvaluationDetails, 'target' | 'challenger' | 'champion'>;

export const models = ({ challenger, champion }: Compared): ModelScores[] => [
  challenger,
  ...(champion ? [champion] : []),
];

/** One colour a model, the same in every chart; a legend only where there are two. */
export const colour = (compared: Compared) => ({
  field: 'model',
  type: 'nominal' as const,
  scale: { domain: models(compared).map(({ name }) => name), range: [FIRST, SECOND] },
  legend: compared.champion ? {} : null,
});

/** A small chart a metric: the values with their 95 % intervals, each on its own scale. */
export function intervalChart(compared: Compared): Promise<Html> {
  const shown = METRICS_OF[compared.target.problem].filter((metric) =>
    models(compared).some(({ metrics }) => metrics[metric]),
  );
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

/** The dashed line on which both axes are equal. */
export const diagonal = (from: number, to: number) => ({
  data: {
    values: [
      { x: from, y: from },
      { x: to, y: to },
    ],
  },
  mark: { type: 'line' as const, color: MUTED, strokeDash: [4, 4], strokeWidth: 1 },
  encoding: { x: { field: 'x', type: 'quantitative' as const }, y: { field: 'y', type: 'quantitative' as const } },
});

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
