/** The charts of a monitoring pass. */
import { type ColumnDrift, type DriftMethod, effect } from '../data/drift.ts';
import type { MonitorDetails } from '../data/monitoring.ts';
import { BAD, chart, FIRST, GOOD, MUTED, type Spec, WARN } from './chart.ts';
import type { Html } from './html.ts';
import { fixed, percent } from './numbers.ts';

export const METHOD_NAMES: Readonly<Record<DriftMethod, string>> = {
  psi: 'PSI',
  'jensen-shannon': 'Jensen–Shannon distance',
  ks: 'KS statistic',
};

/** Longer bars are cut, so that the limits can be told apart; their values stand beside them. */
export const cutAt = (alarm: number): number => alarm * 4;

/** One bar a column, the most moved first, between the lines of warning and alarm, in the colour of its state. */
export function driftChart(
  columns: readonly ColumnDrift[],
  { method, warn, alarm, states }: MonitorDetails['drift'],
): Promise<Html> {
  const values = columns
    .map((drift) => ({ column: drift.column, value: effect(drift, method) }))
    .sort((a, b) => b.value - a.value)
    .map((one) => ({ ...one, state: states[one.column]?.state ?? 'not judged' }));
  const end = Math.max(alarm * 1.15, Math.min(cutAt(alarm), Math.max(...values.map(({ value }) => value)) * 1.1));
  const x = {
    field: 'value',
    type: 'quantitative' as const,
    scale: { domain: [0, end], nice: false, clamp: true },
    axis: { title: METHOD_NAMES[method] },
  };
  const limits = [
    { at: warn, words: `warn ${warn}` },
    { at: alarm, words: `alarm ${alarm}` },
  ];
  const spec: Spec = {
    width: 620,
    height: { step: 26 },
    layer: [
      {
        data: { values },
        mark: { type: 'bar', height: { band: 0.62 } },
        encoding: {
          y: {
            field: 'column',
            type: 'nominal',
            sort: values.map(({ column }) => column),
            axis: { title: null, ticks: false, domain: false },
          },
          x,
          color: {
            field: 'state',
            type: 'nominal',
            scale: { domain: ['not judged', 'calm', 'warn', 'alarm'], range: [MUTED, GOOD, WARN, BAD] },
            legend: null,
          },
        },
      },
      {
        data: { values },
        mark: { type: 'text', align: 'left', dx: 5, fontSize: 12 },
        encoding: {
          y: { field: 'column', type: 'nominal', sort: values.map(({ column }) => column) },
          x: { field: 'value', type: 'quantitative' },
          text: { field: 'value', type: 'quantitative', format: '.4f' },
        },
      },
      {
        data: { values: limits },
        mark: { type: 'rule', color: MUTED, strokeDash: [4, 4] },
        encoding: { x: { field: 'at', type: 'quantitative' } },
      },
      {
        data: { values: limits },
        mark: { type: 'text', color: MUTED, align: 'left', dx: 4, y: -8, fontSize: 11 },
        encoding: { x: { field: 'at', type: 'quantitative' }, text: { field: 'words' } },
      },
    ],
  };
  const words = values.map(({ column, value, state }) => `${column} ${fixed(value)} (${state})`);
  return chart(spec, `${METHOD_NAMES[method]} of each column against its baseline: ${words.join(', ')}`);
}

/** A column's shares, baseline and now, bin by bin. */
export function binsChart({ column, bins }: ColumnDrift): Promise<Html> {
  const shown = bins.filter(({ baseline, current }) => baseline > 0 || current > 0);
  const values = shown.flatMap(({ bin, baseline, current }) => [
    { bin, when: 'baseline', share: baseline },
    { bin, when: 'now', share: current },
  ]);
  const spec: Spec = {
    title: column,
    width: 400,
    height: 150,
    data: { values },
    mark: { type: 'bar' },
    encoding: {
      x: {
        field: 'bin',
        type: 'nominal',
        sort: shown.map(({ bin }) => bin),
        axis: { title: null, labelAngle: -45, labelLimit: 130 },
      },
      xOffset: { field: 'when', sort: ['baseline', 'now'] },
      y: { field: 'share', type: 'quantitative', axis: { title: 'share of rows', format: '.0%', tickCount: 4 } },
      color: { field: 'when', type: 'nominal', scale: { domain: ['baseline', 'now'], range: [MUTED, FIRST] } },
    },
  };
  const words = shown.map(({ bin, baseline, current }) => `${bin}: ${percent(baseline)}, now ${percent(current)}`);
  return chart(spec, `${column}, share of rows in each bin. ${words.join('; ')}`);
}
