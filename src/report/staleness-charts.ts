/** The charts of a backtest: a measure by the age of the version. */
import type { AgeMean } from '../activities/backtest-types.ts';
import type { Metric } from '../plan/metrics.ts';
import { chart, FIRST, MUTED, SECOND, type Spec } from './chart.ts';
import type { Html } from './html.ts';
import { fixed, METRIC_NAMES, signed } from './numbers.ts';

interface Point {
  readonly age: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The mean by age. */
export function meanChart(metric: Metric, curve: readonly AgeMean[]): Promise<Html> {
  const points = curve.flatMap(({ age, metric: found }) => (found ? [{ age, ...found }] : []));
  return byAge(points, { title: METRIC_NAMES[metric], colour: FIRST }, [], fixed);
}

/** How much worse than freshly trained, by age; the line is no difference. */
export function worseChart(metric: Metric, curve: readonly AgeMean[]): Promise<Html> {
  const fresh = { age: 1, value: 0, low: 0, high: 0 };
  const points = [fresh, ...curve.flatMap(({ age, worse }) => (worse ? [{ age, ...worse }] : []))];
  const zero = {
    data: { values: [{ zero: 0 }] },
    mark: { type: 'rule' as const, color: MUTED, strokeDash: [4, 4] },
    encoding: { y: { field: 'zero', type: 'quantitative' as const } },
  };
  return byAge(points, { title: `${METRIC_NAMES[metric]}: worse by`, colour: SECOND }, [zero], signed);
}

function byAge(
  values: readonly Point[],
  { title, colour }: { readonly title: string; readonly colour: string },
  under: readonly object[],
  show: (value: number) => string,
): Promise<Html> {
  const x = {
    field: 'age',
    type: 'ordinal' as const,
    axis: { title: 'Age of the version in steps', labelAngle: 0, grid: false },
  };
  const y = (field: string) => ({
    field,
    type: 'quantitative' as const,
    scale: { zero: false, nice: true },
    axis: { title, tickCount: 6 },
  });
  const data = { values: [...values] };
  const spec = {
    width: 400,
    height: 240,
    layer: [
      ...under,
      {
        data,
        mark: { type: 'rule', strokeWidth: 3, strokeCap: 'round', color: colour, opacity: 0.5 },
        encoding: { x, y: y('low'), y2: { field: 'high' } },
      },
      { data, mark: { type: 'line', color: colour, strokeWidth: 1.5 }, encoding: { x, y: y('value') } },
      {
        data,
        mark: { type: 'point', filled: true, size: 70, color: colour, opacity: 1 },
        encoding: { x, y: y('value') },
      },
    ],
  } as Spec;
  const told = values.map(({ age, value, low, high }) => `${age}: ${show(value)} (${show(low)} to ${show(high)})`);
  return chart(spec, `${title} by age in steps. ${told.join(', ')}`);
}
