/** Rows that belong together (a patient's, a machine's) must not stand on both sides of the split. */
import type { Column } from '../activities/types.ts';
import { permanent } from '../failures.ts';
import type { Plan } from '../plan/schema.ts';
import type { Duck } from './duckdb.ts';
import { ROW_ID } from './land.ts';
import { columnOf, SPLIT } from './split.ts';
import { identifier } from './sql.ts';
import { count, shortly, some } from './words.ts';

const NAMES = ['training', 'validation', 'test'];

/** Throws `DataUnusable` naming how many groups, one of them, and the mend. A missing value is no group. */
export async function refuseSharedGroups(
  duck: Duck,
  main: string,
  columns: readonly Column[],
  { groups }: Plan['prepare']['split'],
): Promise<void> {
  if (groups === undefined) return;
  const column = identifier(columnOf('groups', groups, columns).name);
  const shared = `SELECT CAST(m.${column} AS VARCHAR) AS name, list_sort(list(DISTINCT s.part))::INTEGER[] AS parts
    FROM ${identifier(main)} m JOIN ${SPLIT} s USING (${ROW_ID}) WHERE m.${column} IS NOT NULL
    GROUP BY m.${column} HAVING min(s.part) <> max(s.part)`;
  const { n } = await duck.one<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM (${shared})`);
  if (n === 0) return;
  const { name, parts } = await duck.one<{ name: string; parts: readonly number[] }>(`${shared} ORDER BY name LIMIT 1`);
  throw permanent(
    'DataUnusable',
    `prepare.split.groups: ${count(n, 'value')} of ${groups} stand on several sides of the split, as ${JSON.stringify(shortly(name))} in ${some(parts.map((part) => NAMES[part] ?? ''))}; a model would be judged by what it has seen: write "by: hash(${groups})"`,
  );
}
