/** What is learnt from the training part alone: where numbers are cut, what stands for a missing one, what a category means. */
import { permanent } from '../failures.ts';
import type { Plan } from '../plan/schema.ts';
import type { Duck } from './duckdb.ts';
import { RAW, type RawFeature, type RawFeatures } from './features.ts';
import { ROW_ID } from './land.ts';
import { SPLIT } from './split.ts';
import { double, identifier, list } from './sql.ts';

export interface FittedNumber {
  readonly kind: 'number';
  readonly name: string;
  /** Values below and above are cut to these. */
  readonly clip?: readonly [number, number];
  /** What stands for a missing value. */
  readonly fill?: number;
}

export interface FittedTarget {
  readonly kind: 'target';
  readonly name: string;
  /** Of a category that training did not see, or saw too seldom to list. */
  readonly prior: number;
  /** Of a missing value. */
  readonly missing: number;
  readonly values: readonly (readonly [category: string, value: number])[];
}

export interface FittedOneHot {
  readonly kind: 'one-hot';
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly category: string }[];
}

export type Fitted = FittedNumber | FittedTarget | FittedOneHot;

/** So many rows of the overall share are mixed into each category's own: the share of a rare one is not believed. */
export const SMOOTHING = 20;
/** Categories listed one by one: the most frequent, and at most so many characters of them. */
const MOST_CATEGORIES = 10_000;
const MOST_CHARACTERS = 262_144;
export const MOST_ONE_HOT = 50;

// A semi join brings no column of its own, which a feature might be called like.
const TRAINING = `${identifier(RAW)} SEMI JOIN (FROM ${SPLIT} WHERE part = 0) USING (${ROW_ID})`;

/** Fits every feature on the whole training part (before it is sampled). Throws `DataUnusable`. */
export async function fit(duck: Duck, raw: RawFeatures, { clip, impute, encode }: Plan['prepare']): Promise<Fitted[]> {
  const numbers = await fitNumbers(
    duck,
    raw.features.filter(({ kind }) => kind === 'number'),
    clip,
    impute,
  );
  const taken = new Set([ROW_ID, raw.label, ...raw.features.map(({ name }) => name)].map((name) => name.toLowerCase()));
  const fitted: Fitted[] = [];
  for (const feature of raw.features) {
    const number = numbers.get(feature.name);
    if (number) fitted.push(number);
    else if (encode[feature.name] === 'target') fitted.push(await fitTarget(duck, feature.name, raw.label));
    else fitted.push(await fitOneHot(duck, feature.name, taken));
  }
  return fitted;
}

/** A number as the statement reads it: DOUBLE, missing when it is not finite. */
export const finiteNumber = (column: string): string =>
  `CASE WHEN isfinite(CAST(${column} AS DOUBLE)) THEN CAST(${column} AS DOUBLE) END`;

export const clipped = (column: string, clip: FittedNumber['clip']): string =>
  clip
    ? `CASE WHEN ${column} < ${double(clip[0])} THEN ${double(clip[0])} WHEN ${column} > ${double(clip[1])} THEN ${double(clip[1])} ELSE ${column} END`
    : column;

async function fitNumbers(
  duck: Duck,
  features: readonly RawFeature[],
  clip: Plan['prepare']['clip'],
  impute: Plan['prepare']['impute'],
): Promise<Map<string, FittedNumber>> {
  if (features.length === 0) return new Map();
  const rows = `SELECT ${list(features.map(({ name }) => `${finiteNumber(identifier(name))} AS ${identifier(name)}`))} FROM ${TRAINING}`;
  const measured = (of: (column: string) => string) =>
    list(features.map(({ name }, at) => `${of(identifier(name))} AS v${at}`));
  // quantile_cont is type 7: linear between the two nearest values.
  const [lowest, highest] = clip ?? [0, 1];
  const quantiles = `[${list([lowest, 0.5, highest].map(double))}]`;
  const found = await duck.one<Record<string, number[] | null>>(
    `SELECT ${measured((column) => `quantile_cont(${column}, ${quantiles})`)} FROM (${rows})`,
  );
  const fitted = features.map(({ name }, at): FittedNumber => {
    const [low, median, high] = found[`v${at}`] ?? [];
    if (low === undefined || median === undefined || high === undefined) throw valueless(name);
    const fill = impute === 'median' ? Math.min(high, Math.max(low, median)) : undefined;
    return { kind: 'number', name, clip: clip ? [low, high] : undefined, fill };
  });
  if (impute !== 'mean') return new Map(fitted.map((number) => [number.name, number]));
  const means = fitted.map((number, at) => `avg(${clipped(identifier(number.name), number.clip)}) AS v${at}`);
  // Sums of doubles depend on their order: one thread keeps it.
  await duck.run('SET threads = 1');
  const fills = await duck.one<Record<string, number>>(`SELECT ${list(means)} FROM (${rows})`);
  await duck.run('RESET threads');
  return new Map(fitted.map((number, at) => [number.name, { ...number, fill: fills[`v${at}`] }]));
}

const valueless = (name: string): Error =>
  permanent(
    'DataUnusable',
    `features.sql: feature "${name}" has no value in the training part; leave it out, or widen the window of the data`,
  );

interface CategoryRow {
  readonly category: string | null;
  readonly n: number;
  readonly positives: number;
}

async function fitTarget(duck: Duck, name: string, label: string): Promise<FittedTarget> {
  const counts = `SELECT CAST(${identifier(name)} AS VARCHAR) AS category, count(*) AS n, count_if(${identifier(label)} = 1) AS positives FROM ${TRAINING} GROUP BY 1`;
  const all = await duck.one<{ n: number; positives: number }>(
    `SELECT sum(n)::DOUBLE AS n, sum(positives)::DOUBLE AS positives FROM (${counts})`,
  );
  const rows = await duck.rows<CategoryRow>(
    `SELECT category, n::DOUBLE AS n, positives::DOUBLE AS positives FROM (
       SELECT *, row_number() OVER ranked AS rank, sum(length(category)) OVER ranked AS characters FROM (${counts})
       WINDOW ranked AS (ORDER BY n DESC, category NULLS FIRST))
     WHERE category IS NULL OR (rank <= ${MOST_CATEGORIES} AND characters <= ${MOST_CHARACTERS}) ORDER BY category`,
  );
  const prior = all.positives / all.n;
  const smoothed = ({ n, positives }: CategoryRow): number => (positives + SMOOTHING * prior) / (n + SMOOTHING);
  const missing = rows.find(({ category }) => category === null);
  return {
    kind: 'target',
    name,
    prior,
    missing: missing ? smoothed(missing) : prior,
    values: rows.flatMap((row) => (row.category === null ? [] : [[row.category, smoothed(row)] as const])),
  };
}

async function fitOneHot(duck: Duck, name: string, taken: Set<string>): Promise<FittedOneHot> {
  const rows = await duck.rows<{ category: string }>(
    `SELECT category FROM (
       SELECT CAST(${identifier(name)} AS VARCHAR) AS category, count(*) AS n FROM ${TRAINING} WHERE ${identifier(name)} IS NOT NULL
       GROUP BY 1 ORDER BY n DESC, category LIMIT ${MOST_ONE_HOT}) ORDER BY category`,
  );
  if (rows.length === 0) throw valueless(name);
  const columns = rows.map(({ category }) => ({ category, name: freshName(`${name}_${category}`, taken) }));
  return { kind: 'one-hot', name, columns };
}

/** A column's name of letters, digits and "_", at most 60 of them, that nothing else has. */
function freshName(wish: string, taken: Set<string>): string {
  const base = wish.replaceAll(/\W+/g, '_').slice(0, 60);
  let name = base;
  for (let next = 2; taken.has(name.toLowerCase()); next++) name = `${base.slice(0, 55)}_${next}`;
  taken.add(name.toLowerCase());
  return name;
}
