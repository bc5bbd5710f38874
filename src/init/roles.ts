/** Each column's part: features that follow from it, or why it is left out. Pure. */
import { isTime } from '../data/columns.ts';
import { count } from '../data/words.ts';
import type { Aim } from './aim.ts';
import type { Seen, SeenColumn } from './look.ts';
import { slug, unused } from './names.ts';
import { isNumeric } from './problem.ts';

export interface Feature {
  readonly name: string;
  /** Of the file. */
  readonly column: string;
  /** Over the column, written as `value`. */
  readonly sql: (value: string) => string;
  readonly encode?: 'one-hot' | 'target' | 'frequency';
  readonly note?: string;
}

export interface LeftOut {
  readonly column: string;
  readonly why: string;
}

export interface Roles {
  readonly features: readonly Feature[];
  readonly leftOut: readonly LeftOut[];
  /** Tells which rows belong together, as a patient's. */
  readonly group?: SeenColumn;
}

/** A column that is missing more often tells nearly nothing. */
const MOST_MISSING = 0.95;
/** Of texts that differ in so many rows each names its row. */
const ALL_DIFFERENT = 0.9;
/** Rows that a text has on average, for its meaning to be learnt. */
const ROWS_OF_TEXT = 3;
const LONG_TEXT = 100;
const ONE_HOT = 12;
/** With more classes an encoding by target would have a column for each. */
const MANY_CLASSES = 10;
const ID =
  /(^|[_\s-])(id|uuid|guid|key|index|idx|nr|no|number|rownum|serial)$|[a-z](Id|ID|Key|Uuid)$|^unnamed: ?0$|^column_1$/i;
const CODE = /(zip|postal|postcode|code)$/i;
const YEAR_MS = 365.25 * 86_400_000;

/** `time` is the column that says when a row happened, `byTime` whether the split goes by it. */
export function rolesOf(
  { rows, columns }: Seen,
  aim: Aim,
  { time, byTime, label }: { time?: SeenColumn; byTime: boolean; label: string },
): Roles {
  const used = new Set([label.toLowerCase()]);
  const features: Feature[] = [];
  const leftOut: LeftOut[] = [];
  let group: SeenColumn | undefined;
  for (const column of columns) {
    if (column === aim.column) continue;
    const of = { ...column, rows };
    const why = dull(of);
    if (why === undefined && isGroup(of)) {
      leftOut.push({
        column: column.name,
        why: `it names what ${count(Math.round(column.present / column.distinct), 'row')} on average belong to`,
      });
      if ((group?.distinct ?? 0) < column.distinct) group = column;
      continue;
    }
    const made = why === undefined ? featuresOf(of, aim, column === time && byTime) : [];
    if (made.length > 0)
      features.push(...made.map((one) => ({ ...one, name: unused(one.name, used), column: column.name })));
    else if (column !== time)
      leftOut.push({ column: column.name, why: why ?? 'it tells no part of a time that comes again' });
  }
  return { features, leftOut, group };
}

type Of = SeenColumn & { readonly rows: number };

/** Why a column can be no feature. */
function dull(column: Of): string | undefined {
  const { type, name, present, distinct, rows, low = 0, high = 0, length = 0 } = column;
  if (present === 0) return 'it has no value';
  if (distinct < 2) return 'it has the same value in every row';
  if (1 - present / rows > MOST_MISSING) return `it is missing in ${percent(1 - present / rows)} of the rows`;
  const different = distinct >= ALL_DIFFERENT * present;
  if (type === 'BIGINT' && distinct === present && present === rows && high - low + 1 === rows)
    return 'it numbers the rows';
  if (type === 'BIGINT' && different && ID.test(name)) return 'it is another in nearly every row: an id';
  if (type !== 'VARCHAR' || isNumeric(column)) return undefined;
  if (different) return 'it is another in nearly every row: an id, a name or free text';
  if (length > LONG_TEXT) return `it is free text of ${Math.round(length)} characters on average`;
  if (present / distinct < ROWS_OF_TEXT && !ID.test(name))
    return `its ${count(distinct, 'different text')} have too few rows each to learn from`;
  return undefined;
}

const isGroup = ({ type, name, present, distinct }: Of): boolean =>
  (type === 'BIGINT' || type === 'VARCHAR') &&
  ID.test(name) &&
  !CODE.test(name) &&
  distinct >= 20 &&
  present / distinct < 1000;

type Made = Omit<Feature, 'column'>;

function featuresOf(column: Of, aim: Aim, splitsBy: boolean): Made[] {
  const name = slug(column.name, 'feature', 50);
  if (isTime(column.type)) return timesOf(column, name, splitsBy);
  const text = (sql: Made['sql']): Made[] => [{ name, sql, encode: encodingFor(column, aim) }];
  if (isNumeric(column))
    return [
      {
        name,
        sql: (value) => `TRY_CAST(${value} AS DOUBLE)`,
        note: 'text that is a number nearly everywhere; missing elsewhere',
      },
    ];
  if (column.type === 'VARCHAR') return text((value) => value);
  if (column.type === 'BIGINT' && CODE.test(column.name) && column.present / column.distinct >= ROWS_OF_TEXT)
    return text((value) => `CAST(${value} AS VARCHAR)`);
  return [{ name, sql: (value) => value }];
}

function encodingFor({ distinct }: Of, { classes = [] }: Aim): Feature['encode'] {
  if (distinct <= ONE_HOT) return 'one-hot';
  return classes.length > MANY_CLASSES ? 'frequency' : 'target';
}

/** What comes again of an instant: hour, weekday, season. Years only where no part of the split lies in another one. */
function timesOf({ low = 0, high = 0, days = 0, clock }: Of, name: string, splitsBy: boolean): Made[] {
  const years = (high - low) / YEAR_MS;
  const made: Made[] = [];
  if (clock) made.push({ name: `${name}_hour`, sql: (value) => `hour(${value}) + minute(${value}) / 60.0` });
  if (days >= 14) made.push({ name: `${name}_weekday`, sql: (value) => `isodow(${value})` });
  if (years >= 1 && days >= 30) {
    made.push({ name: `${name}_winter`, sql: (value) => `cos(2 * pi() * dayofyear(${value}) / 366)` });
    made.push({ name: `${name}_spring`, sql: (value) => `sin(2 * pi() * dayofyear(${value}) / 366)` });
  }
  if (!splitsBy && years >= 1)
    made.push({ name: name === 'year' ? name : `${name}_year`, sql: (value) => `year(${value})` });
  return made;
}

export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
