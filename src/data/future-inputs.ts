/** Instants among the inputs that lie after their own row: no request could have known them. */
import type { Column } from '../activities/types.ts';
import { permanent } from '../failures.ts';
import { isTime } from './columns.ts';
import type { Duck } from './duckdb.ts';
import { identifier } from './sql.ts';
import { count } from './words.ts';

/** So small a share of rows may be a fault of a clock. */
const TRACE = 0.001;

/** Throws `DataUnusable` naming the input, how many rows, and the mend. Compared as dates when one of the two is a date. */
export async function refuseFuture(
  duck: Duck,
  main: string,
  inputs: readonly Column[],
  { time, allow }: { readonly time: Column; readonly allow: readonly string[] },
): Promise<void> {
  for (const { name, type } of inputs) {
    if (!isTime(type) || name === time.name || allow.includes(name)) continue;
    const as = type === 'DATE' || time.type === 'DATE' ? 'DATE' : 'TIMESTAMP';
    const [value, own] = [name, time.name].map((column) => `CAST(${identifier(column)} AS ${as})`);
    const { later, both } = await duck.one<{ later: number; both: number }>(
      `SELECT count_if(${value} > ${own})::DOUBLE AS later, count_if(${value} IS NOT NULL AND ${own} IS NOT NULL)::DOUBLE AS "both" FROM ${identifier(main)}`,
    );
    if (later > both * TRACE)
      throw permanent(
        'DataUnusable',
        `prepare.inputs: ${name} lies after the row's own time (${time.name}) in ${later.toLocaleString('en-US')} of ${count(both, 'row')}: no request could know it. Take it out, or, if it is known in time (a plan, an appointment), add it to prepare.leaks.allow`,
      );
  }
}
