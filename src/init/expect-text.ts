/** `collect.expect` from what was seen: wide enough for another day's rows, narrow enough for a broken file. Pure. */

import { type Draft, inputsOf, named } from './draft.ts';
import type { SeenColumn } from './look.ts';
import { isPlain } from './names.ts';
import { isNumeric } from './problem.ts';
import { scalar } from './yaml-text.ts';

/** More than a person would read. */
const MOST = 20;
/** How much further than seen a number may lie, in parts of its span. */
const BEYOND = 0.5;
const OUTSIDE = 0.01;
const MORE_MISSING = 0.05;

export function expectLines(draft: Draft): string[] {
  const { seen, values } = draft;
  const asked = new Set(inputsOf(draft));
  const able = seen.columns.filter(
    ({ name, type }) => asked.has(name) && isPlain(named(draft, name)) && type !== 'TIMESTAMP',
  );
  const lines = able.slice(0, MOST).map((column) => {
    const missing = 1 - column.present / seen.rows;
    const parts = [
      `column: ${scalar(named(draft, column.name))}`,
      ...rangeOf(column),
      ...inOf(values.get(column.name)),
      `missing: ${missing === 0 ? 0 : Math.min(1, Math.ceil((missing + MORE_MISSING) * 20) / 20)}`,
    ];
    return `- { ${parts.join(', ')} }`;
  });
  const more = able.length - lines.length;
  const rows = `- { rows: { min: ${roundDown(seen.rows / 2)} } } # there were ${seen.rows.toLocaleString('en-US')}`;
  return [rows, ...lines, ...(more > 0 ? [`# … and ${more} more columns: nothing is expected of them yet`] : [])];
}

function rangeOf(column: SeenColumn): string[] {
  const { type, low, high } = column;
  if ((type !== 'BIGINT' && type !== 'DOUBLE') || low === undefined || high === undefined || isNumeric(column))
    return [];
  if (!Number.isFinite(high - low)) return [];
  const beyond = (high - low) * BEYOND;
  const min = low >= 0 ? Math.max(0, low - beyond) : low - beyond;
  const [least, most] = [roundOut(min, -1, high - low), roundOut(high + beyond, 1, high - low)];
  const whole = type === 'BIGINT';
  return [`min: ${whole ? Math.floor(least) : least}`, `max: ${whole ? Math.ceil(most) : most}`, `outside: ${OUTSIDE}`];
}

const inOf = (values: readonly string[] | undefined): string[] =>
  values === undefined ? [] : [`in: [${values.map(scalar).join(', ')}]`, `outside: ${OUTSIDE}`];

/** To two digits of the span, away from what was seen. */
function roundOut(value: number, way: 1 | -1, span: number): number {
  const step = 10 ** Math.floor(Math.log10(span) - 1);
  const steps = way > 0 ? Math.ceil(value / step) : Math.floor(value / step);
  return Number((steps * step).toPrecision(12)) + 0;
}

export function roundDown(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.floor(value / step) * step;
}
