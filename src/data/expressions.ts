/** One feature's value as SQL says it, from the raw column on. Pure. */
import type { Bounds, FittedHash, FittedLookup, FittedNumber, Numbers } from './fitted.ts';
import { LARGEST } from './magnitude.ts';
import { hashOf } from './split.ts';
import { double, identifier, list, text } from './sql.ts';

/** A number as the statement reads it: DOUBLE, missing when it is not finite. */
export const finiteNumber = (column: string): string =>
  `CASE WHEN isfinite(CAST(${column} AS DOUBLE)) THEN CAST(${column} AS DOUBLE) END`;

export function clipped(value: string, { low, high }: Bounds = {}): string {
  if (low === undefined && high === undefined) return value;
  const below = low === undefined ? '' : `WHEN ${value} < ${double(low)} THEN ${double(low)} `;
  const above = high === undefined ? '' : `WHEN ${value} > ${double(high)} THEN ${double(high)} `;
  return `CASE ${below}${above}ELSE ${value} END`;
}

/** A clean number, cut and with its missing values filled. */
export function filled(value: string, { clip, fill }: Pick<FittedNumber, 'clip' | 'fill'>): string {
  const cut = clipped(value, clip);
  return fill === undefined ? cut : `coalesce(${cut}, ${double(fill)})`;
}

/** A quotient that would leave the range of doubles stays at its end. */
export function scaled(value: string, { scale }: Pick<FittedNumber, 'scale'>): string {
  if (!scale) return value;
  const shrunk = scale.shrink === 1 ? value : `${value} * ${double(scale.shrink)}`;
  return clipped(`((${shrunk} - ${double(scale.center)}) / ${double(scale.spread)})`, { low: -LARGEST, high: LARGEST });
}

export const textValue = (column: string, fill: string | undefined): string =>
  fill === undefined ? `CAST(${column} AS VARCHAR)` : `coalesce(CAST(${column} AS VARCHAR), ${text(fill)})`;

/**
 * A look-up in a literal list by the code of a literal ENUM: DuckDB finds a category by its hash, which is three times
 * as fast as its MAP and needs no join. An ENUM's literals hold no NUL; categories that do are compared one by one.
 * Gives a DOUBLE, or a list of them when there are several columns.
 */
export function lookedUp(value: string, { columns, unseen, missing, values }: FittedLookup): string {
  const literal = columns.length === 1 ? ([number]: Numbers) => doubleOrNull(number) : listOf;
  const plain = values.filter(([category]) => !category.includes('\0'));
  const odd = values.filter(([category]) => category.includes('\0'));
  const kind = `ENUM(${list(plain.map(([category]) => text(category)))})`;
  const code = `CAST(enum_code(TRY_CAST(${value} AS ${kind})) AS BIGINT) + 1`;
  const known =
    plain.length === 0
      ? literal(unseen)
      : `coalesce([${list(plain.map(([, numbers]) => literal(numbers)))}][${code}], ${literal(unseen)})`;
  const cases = odd
    .map(([category, numbers]) => `WHEN ${value} = ${text(category)} THEN ${literal(numbers)} `)
    .join('');
  return `CASE WHEN ${value} IS NULL THEN ${literal(missing)} ${cases}ELSE ${known} END`;
}

/** The bucket's number, counted from 0; missing for a missing text. */
export const bucketOf = (value: string, { name, columns }: FittedHash): string =>
  `CASE WHEN ${value} IS NOT NULL THEN CAST(floor(${hashOf(`hash:${name}`, value)} * ${columns.length}) AS INTEGER) END`;

export const oneOf = (condition: string): string => `CASE WHEN ${condition} THEN 1e0 ELSE 0e0 END`;

export const elementOf = (column: string, at: number): string => `${identifier(column)}[${at + 1}]`;

const doubleOrNull = (number: number | null | undefined): string =>
  number === null || number === undefined ? 'CAST(NULL AS DOUBLE)' : double(number);
const listOf = (numbers: Numbers): string => `[${list(numbers.map(doubleOrNull))}]`;
