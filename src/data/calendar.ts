/** Parts of an instant (`date.hour`, `date.weekday`) say something only of rows that span a whole day or week. */
import type { Column } from '../activities/types.ts';
import type { Duck } from './duckdb.ts';
import { identifier } from './sql.ts';

const DAY_SECONDS = 23 * 3600;
const WEEK_DAYS = 7;

/** Watched columns that a short span moves by itself → why they are not judged. Instants that are all missing are judged. */
export async function shortCalendars(
  duck: Duck,
  relation: string,
  inputs: readonly Column[],
): Promise<Record<string, string>> {
  const short: Record<string, string> = {};
  for (const { name, type } of inputs) {
    if (type !== 'TIMESTAMP' && type !== 'DATE') continue;
    const column = identifier(name);
    const { days, seconds } = await duck.one<{ days: number; seconds: number | null }>(
      `SELECT CAST(count(DISTINCT CAST(${column} AS DATE)) AS DOUBLE) AS days,
              CAST(epoch(CAST(max(${column}) AS TIMESTAMP)) - epoch(CAST(min(${column}) AS TIMESTAMP)) AS DOUBLE) AS seconds FROM ${relation}`,
    );
    if (seconds === null) continue;
    if (type === 'TIMESTAMP' && seconds < DAY_SECONDS)
      short[`${name}.hour`] = `the rows span ${(seconds / 3600).toFixed(1)} hours, not a day`;
    if (days < WEEK_DAYS)
      short[`${name}.weekday`] = `the rows are of ${days} day${days === 1 ? '' : 's'}, not of a week`;
  }
  return short;
}
