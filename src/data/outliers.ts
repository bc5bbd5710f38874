/** Training rows whose features lie outside of what the plan takes for possible: left out before anything is fitted. */
import type { Plan } from '../plan/schema.ts';
import type { Cut } from '../plan/settings.ts';
import type { Duck } from './duckdb.ts';
import { finiteNumber } from './expressions.ts';
import { ROW_ID } from './land.ts';
import { RAW } from './raw.ts';
import { OUTLIER, refuseEmpty, SPLIT } from './split.ts';
import { double, identifier } from './sql.ts';
import { TRAINING, valueless } from './training-rows.ts';

/**
 * Gives how many rows lie outside by each feature (a row may be outside by several); a missing value lies nowhere.
 * Quantiles are those of all training rows. Throws `DataUnusable` when none is left.
 */
export async function dropOutliers(duck: Duck, drop: Plan['prepare']['drop']): Promise<Record<string, number>> {
  const cuts = Object.entries(drop);
  if (cuts.length === 0) return {};
  const conditions: string[] = [];
  const counts: Record<string, number> = {};
  for (const [name, cut] of cuts) {
    const condition = await outsideOf(duck, name, cut);
    const { n } = await duck.one<{ n: number }>(`SELECT count_if(${condition})::DOUBLE AS n FROM ${TRAINING}`);
    counts[name] = n;
    conditions.push(condition);
  }
  await duck.run(
    `UPDATE ${SPLIT} SET part = ${OUTLIER} WHERE part = 0 AND ${ROW_ID} IN
       (SELECT ${ROW_ID} FROM ${identifier(RAW)} WHERE ${conditions.join(' OR ')})`,
  );
  await refuseEmpty(duck, 'prepare.drop');
  return counts;
}

async function outsideOf(duck: Duck, name: string, cut: Cut): Promise<string> {
  const value = `(${finiteNumber(identifier(name))})`;
  const { min, max } = 'length' in cut ? await boundsOf(duck, name, value, cut) : cut;
  const low = min === undefined ? 'false' : `${value} < ${double(min)}`;
  const high = max === undefined ? 'false' : `${value} > ${double(max)}`;
  return `coalesce(${low} OR ${high}, false)`;
}

/** Halves are exact, and the difference of two of them is finite. */
async function boundsOf(duck: Duck, name: string, value: string, [low, high]: readonly [number, number]) {
  const { found } = await duck.one<{ found: readonly number[] | null }>(
    `SELECT quantile_cont(${value} * 0.5e0, [${double(low)}, ${double(high)}]) AS found FROM ${TRAINING}`,
  );
  if (!found) throw valueless(name);
  return { min: (found[0] as number) * 2, max: (found[1] as number) * 2 };
}
