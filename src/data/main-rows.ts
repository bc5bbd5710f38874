/** The main source cut down to the rows that take part: the first of equal ones, the rows that are no history. */
import type { Column } from '../activities/types.ts';
import { permanent } from '../failures.ts';
import type { Plan } from '../plan/schema.ts';
import type { Duck } from './duckdb.ts';
import { ROW_ID } from './land.ts';
import { identifier, list, text } from './sql.ts';
import { some } from './words.ts';

export interface MainSource {
  readonly name: string;
  /** Its snapshot in the scratch folder. */
  readonly path: string;
  /** Without row_id. */
  readonly columns: readonly Column[];
}

/** From here on the main source has the rows of a query that gives row_id, and no others. */
export const keepRows = (duck: Duck, { name, path }: Pick<MainSource, 'name' | 'path'>, rows: string): Promise<void> =>
  duck.run(
    `CREATE OR REPLACE VIEW ${identifier(name)} AS FROM read_parquet(${text(path)}) SEMI JOIN (${rows}) USING (${ROW_ID})`,
  );

const FIRST = '"first of equal rows"';

/** Of rows equal in the columns (missing equals missing) the one of least row_id stays. Gives how many are left out. */
export async function dropDuplicates(
  duck: Duck,
  main: MainSource,
  deduplicate: Plan['prepare']['deduplicate'],
): Promise<number> {
  if (deduplicate === undefined) return 0;
  const all = main.columns.map(({ name }) => name);
  const names = deduplicate === true ? all : deduplicate;
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0)
    throw permanent(
      'PlanRefused',
      `prepare.deduplicate: ${main.name} has no column ${some(unknown)}; correct it, or mend the source: there are ${some(all)}`,
    );
  await duck.run(
    `CREATE TABLE ${FIRST} AS SELECT min(${ROW_ID}) AS ${ROW_ID} FROM ${identifier(main.name)} GROUP BY ${list(names.map(identifier))}`,
  );
  const { left } = await duck.one<{ left: number }>(
    `SELECT ((SELECT count(*) FROM ${identifier(main.name)}) - (SELECT count(*) FROM ${FIRST}))::DOUBLE AS "left"`,
  );
  if (left > 0) await keepRows(duck, main, `FROM ${FIRST}`);
  return left;
}
