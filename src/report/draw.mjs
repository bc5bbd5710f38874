/**
 * What draws a chart, in a thread of its own, while the process goes on answering (chart.ts). Not TypeScript: of what
 * compiles that on the way, the threads of Node 20 know nothing.
 */
import { parse, View } from 'vega';
import { compile } from 'vega-lite';

/**
 * Gives the chart as SVG. Throws what Vega says of a chart that cannot be drawn.
 * @param {import('vega-lite').TopLevelSpec} spec
 * @returns {Promise<string>}
 */
export default async function draw(spec) {
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
