/** The column that says how much a training row counts. */
import type { Duck } from './duckdb.ts';
import { ROW_ID } from './land.ts';
import { RAW } from './raw.ts';
import { CHOSEN, SPLIT } from './split.ts';
import { identifier } from './sql.ts';
import { broken } from './syntax.ts';
import { count } from './words.ts';

/** Throws `FeaturesBroken` for weights that are missing, negative or not finite in a row that trains or validates, or 0 in all. */
export async function refuseWeights(duck: Duck, weight: string): Promise<void> {
  const column = identifier(weight);
  for (const part of ['train', 'validation'] as const) {
    const { wrong, strange, most } = await duck.one<{ wrong: number; strange: number | null; most: number | null }>(
      `SELECT count_if(NOT good)::DOUBLE AS wrong, any_value(weight) FILTER (WHERE NOT good) AS strange, max(weight) AS most
       FROM (SELECT ${column} AS weight, coalesce(isfinite(${column}) AND ${column} >= 0, false) AS good
         FROM ${identifier(RAW)} SEMI JOIN (FROM ${SPLIT} WHERE ${CHOSEN[part]}) USING (${ROW_ID}))`,
    );
    if (wrong > 0)
      throw broken(
        `the weight "${weight}" is ${strange ?? 'missing'} in one of ${count(wrong, 'row')} of ${part} where it is no finite number from 0 on; mend it there, as greatest(0, coalesce(${weight}, 1))`,
      );
    if (most === 0)
      throw broken(`the weight "${weight}" is 0 in every row of ${part}; let some row count, or widen the window`);
  }
}
