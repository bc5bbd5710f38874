/** Charts as inline SVG, drawn here by Vega; colours are the page's own variables, so that they follow light and dark. */
import { Tinypool } from 'tinypool';
import type { Config, TopLevelSpec } from 'vega-lite';
import { escapeHtml, Html } from './html.ts';

export const FIRST = 'var(--first)';
export const SECOND = 'var(--second)';
export const GOOD = 'var(--good)';
export const WARN = 'var(--warn)';
export const BAD = 'var(--bad)';
export const INK = 'var(--ink)';
export const MUTED = 'var(--muted)';

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

const CONFIG: Config = {
  aria: false,
  font: FONT,
  background: 'transparent',
  view: { stroke: 'transparent' },
  axis: {
    domainColor: 'var(--line)',
    gridColor: 'var(--grid)',
    tickColor: 'var(--line)',
    labelColor: MUTED,
    titleColor: MUTED,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelLimit: 220,
  },
  legend: { labelColor: INK, titleColor: MUTED, labelFontSize: 12, orient: 'top', title: null, labelLimit: 300 },
  title: { color: INK, fontSize: 13, anchor: 'start' },
  header: { labelColor: INK, titleColor: MUTED, labelFontSize: 13 },
  text: { color: INK },
};

export type Spec = TopLevelSpec;

/** One thread: Vega takes a second to load and a quarter of one to draw, in which this one answers others. */
const threads = new Tinypool({
  filename: new URL('./draw.mjs', import.meta.url),
  minThreads: 0,
  maxThreads: 1,
  idleTimeout: 300_000,
});
const LONGEST_MS = 60_000;

/** Draws one chart. `told` says in words what it shows: the text that a screen reader reads. */
export async function chart(spec: Spec, told: string): Promise<Html> {
  const svg = await threads.run({ ...spec, config: CONFIG }, { signal: AbortSignal.timeout(LONGEST_MS) });
  return new Html(asOnePicture(svg).replace('<svg ', `<svg role="img" aria-label="${escapeHtml(told)}" `));
}

/** Without the parts that Vega announces one by one, some of them without a name: the picture as a whole has one. */
const asOnePicture = (svg: string): string =>
  svg.replace(/<[a-z][^>]*>/g, (tag) => tag.replaceAll(/ (?:role|aria-[a-z]+)="[^"]*"/g, ''));
