/** Charts as inline SVG, drawn here by Vega; colours are the page's own variables, so that they follow light and dark. */
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

/** Draws one chart. `told` says in words what it shows: the text that a screen reader reads. */
export async function chart(spec: Spec, told: string): Promise<Html> {
  // A second to load, which a worker's start need not wait for.
  const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const view = new View(parse(compile({ ...spec, config: CONFIG }).spec), { renderer: 'none' });
  try {
    const svg = await view.toSVG();
    return new Html(asOnePicture(svg).replace('<svg ', `<svg role="img" aria-label="${escapeHtml(told)}" `));
  } finally {
    view.finalize();
  }
}

/** Without the parts that Vega announces one by one, some of them without a name: the picture as a whole has one. */
const asOnePicture = (svg: string): string =>
  svg.replace(/<[a-z][^>]*>/g, (tag) => tag.replaceAll(/ (?:role|aria-[a-z]+)="[^"]*"/g, ''));
