/** When rows happened: the column that says it, and how far back the parts that validate and test reach. */
import { isTime } from '../data/columns.ts';
import type { Duck } from '../data/duckdb.ts';
import { identifier, list } from '../data/sql.ts';
import { shortly, some } from '../data/words.ts';
import { UserError } from '../errors.ts';
import { type Seen, type SeenColumn, TABLE } from './look.ts';

export interface When {
  readonly column: SeenColumn;
  /** As a plan writes them. */
  readonly validation: string;
  readonly test: string;
  /** Where a first cycle looks back from, ISO 8601: the last row, when that is long ago; now when left out. */
  readonly asOf?: string;
}

/** A column whose values are fewer tells an age or a vintage, not when a row happened. */
const LEAST_INSTANTS = 30;
const MOST_MISSING = 0.01;
const NAMED = /(time|date|timestamp|^ts$|_at$|^at$|^day$|when)/i;
/** Of the rows, so many test, and so many validate. */
const PART = 0.15;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The column that a person names, or the one that must be it. Throws `UserError`. */
export function timeColumn({ rows, columns }: Seen, named: string | undefined): SeenColumn | undefined {
  const times = columns.filter(({ type }) => isTime(type));
  if (named !== undefined) {
    const found = columns.find(({ name }) => name === named);
    if (found && isTime(found.type) && found.distinct > 1) return found;
    const able =
      times.length > 0
        ? `name one of ${some(times.map(({ name }) => name))}`
        : 'leave --time out: no column holds instants (ISO 8601)';
    if (!found) throw new UserError(`the file has no column "${shortly(named)}"`, able);
    throw new UserError(
      `--time "${shortly(named)}" holds ${found.distinct < 2 ? 'one value only' : `no instants but ${found.type}`}`,
      able,
    );
  }
  const able = times.filter(
    ({ distinct, present }) => distinct >= LEAST_INSTANTS && present >= (1 - MOST_MISSING) * rows,
  );
  const [only, ...others] = able;
  if (others.length === 0) return only;
  const telling = able.filter(({ name }) => NAMED.test(name));
  return telling.length === 1 ? telling[0] : undefined;
}

/** The durations that hold the last rows, and where to look back from. */
export async function whenOf(duck: Duck, column: SeenColumn, now: number): Promise<When> {
  const at = `epoch_ms(CAST(${identifier(column.name)} AS TIMESTAMP))`;
  const cells = [1 - 2 * PART, 1 - PART].map((q, i) => `quantile_disc(${at}, ${q})::DOUBLE AS q${i}`);
  const { q0, q1 } = await duck.one<{ q0: number; q1: number }>(`SELECT ${list(cells)} FROM ${TABLE}`);
  const { high = now } = column;
  const stale = now - high > (high - q1) / 4;
  const from = stale ? high : now;
  const unit = high - q0 > 20 * DAY ? DAY : high - q0 > 20 * HOUR ? HOUR : 1000;
  const test = Math.max(1, Math.ceil((from - q1) / unit));
  const validation = Math.max(1, Math.ceil((q1 - q0) / unit));
  return {
    column,
    test: durationText(test, unit),
    validation: durationText(validation, unit),
    asOf: stale ? instantText(high) : undefined,
  };
}

/** So small a share of rows may be a fault of a clock: as a cycle judges it. */
const TRACE = 0.001;

/** Instants that lie after their own row: no request could know them. */
export async function laterColumns(duck: Duck, { columns }: Seen, time: SeenColumn): Promise<Set<string>> {
  const others = columns.filter(({ name, type }) => isTime(type) && name !== time.name);
  const later = new Set<string>();
  for (const { name, type } of others) {
    const as = type === 'DATE' || time.type === 'DATE' ? 'DATE' : 'TIMESTAMP';
    const [value, own] = [name, time.name].map((column) => `CAST(${identifier(column)} AS ${as})`);
    const { share } = await duck.one<{ share: number | null }>(
      `SELECT count_if(${value} > ${own}) / count(${value}) AS share FROM ${TABLE}`,
    );
    if ((share ?? 0) > TRACE) later.add(name);
  }
  return later;
}

const durationText = (n: number, unit: number): string =>
  unit === DAY ? `${n} ${n === 1 ? 'day' : 'days'}` : `${n}${unit === HOUR ? 'h' : 's'}`;

/** A date where it is one, else the second that is over by then. */
const instantText = (ms: number): string =>
  ms % DAY === 0
    ? new Date(ms).toISOString().slice(0, 10)
    : `${new Date(Math.ceil(ms / 1000) * 1000).toISOString().slice(0, 19)}Z`;
