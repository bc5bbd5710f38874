/** Text and whatever else is encoded, fitted on the training part: what each category becomes. */
import type { Target } from '../activities/types.ts';
import type { Plan } from '../plan/schema.ts';
import { type Encoding, encodingOf, textImputation } from '../plan/settings.ts';
import { type Duck, inOrder } from './duckdb.ts';
import { textValue } from './expressions.ts';
import type { FittedLookup, FittedText } from './fitted.ts';
import { identifier, list, marked, unmarked } from './sql.ts';
import type { Measured } from './target-sums.ts';
import { TRAINING, valueless } from './training-rows.ts';

/** Categories listed one by one: the most frequent, and at most so many characters and numbers of them. */
const MOST_CATEGORIES = 10_000;
const MOST_CHARACTERS = 262_144;
const MOST_NUMBERS = 50_000;

export interface TextFit {
  readonly fitted: FittedText;
  /** Of a target encoding: how the training rows are encoded by the other folds. */
  readonly folds?: { readonly smoothing: number; readonly folds: number };
}

export interface TextContext {
  readonly prepare: Plan['prepare'];
  readonly target: Target;
  readonly measured: Measured;
  /** A column's name that nothing else has. */
  readonly fresh: (wish: string) => string;
}

/** Throws `DataUnusable` when the feature has no value. */
export async function fitText(duck: Duck, name: string, context: TextContext): Promise<TextFit> {
  const { prepare, fresh } = context;
  const said = prepare.encode[name];
  if (said === undefined) throw new Error(`${name} has no encoding`);
  const encoding = encodingOf(said);
  const common = await frequent(duck, identifier(name), 1);
  if (common.length === 0) throw valueless(name);
  const imputation = textImputation(prepare, name);
  const fill =
    typeof imputation === 'object' ? String(imputation.constant) : imputation === 'mode' ? common[0] : undefined;
  const value = textValue(identifier(name), fill);
  switch (encoding.kind) {
    case 'target':
      return { fitted: await fitTarget(duck, { name, fill, value }, encoding, context), folds: encoding };
    case 'frequency':
      return { fitted: await fitFrequency(duck, { name, fill, value }) };
    case 'ordinal':
      return { fitted: await fitOrdinal(duck, { name, fill, value }, encoding.values) };
    case 'one-hot': {
      const categories = (await frequent(duck, value, encoding.most)).sort(byCodePoints);
      const columns = categories.map((category) => ({ category, name: fresh(`${name}_${category}`) }));
      return { fitted: { kind: 'one-hot', name, fill, columns } };
    }
    case 'hash': {
      const columns = Array.from({ length: encoding.buckets }, (_, at) => fresh(`${name}_${at}`));
      return { fitted: { kind: 'hash', name, fill, columns } };
    }
  }
}

interface Text {
  readonly name: string;
  readonly fill?: string;
  readonly value: string;
}

/** The most frequent categories, of equally frequent ones those that come first. */
async function frequent(duck: Duck, value: string, most: number): Promise<string[]> {
  const rows = await duck.rows<{ read: string }>(
    `SELECT ${marked('category')} AS read FROM (SELECT CAST(${value} AS VARCHAR) AS category, count(*) AS n FROM ${TRAINING} GROUP BY 1)
     WHERE category IS NOT NULL ORDER BY n DESC, category LIMIT ${most}`,
  );
  return rows.map(({ read }) => unmarked(read));
}

type Counted = { readonly category: string | null; readonly n: number; readonly sums: readonly number[] };

/** Rows and sums of the missing and of the categories that are listed, in the order of their texts. */
async function counted(duck: Duck, value: string, sums: readonly string[], categories: number): Promise<Counted[]> {
  const counts = `SELECT ${value} AS category, count(*) AS n, [${list(sums.map((sum) => `sum(${sum})`))}]::DOUBLE[] AS sums FROM ${TRAINING} GROUP BY 1`;
  const rows = await duck.rows<Counted & { read: string | null }>(
    `SELECT ${marked('category')} AS read, n::DOUBLE AS n, sums FROM (
       SELECT *, row_number() OVER ranked AS rank, sum(length(category)) OVER ranked AS characters FROM (${counts})
       WINDOW ranked AS (ORDER BY n DESC, category NULLS FIRST))
     WHERE category IS NULL OR (rank <= ${categories} AND characters <= ${MOST_CHARACTERS}) ORDER BY category`,
  );
  return rows.map(({ read, n, sums }) => ({ category: read === null ? null : unmarked(read), n, sums }));
}

/** (sum + smoothing · overall mean) / (rows + smoothing), of each class or of the label's value. */
async function fitTarget(
  duck: Duck,
  { name, fill, value }: Text,
  { smoothing }: Encoding & { kind: 'target' },
  { measured, target, fresh }: TextContext,
): Promise<FittedLookup> {
  const { expressions, shrink } = measured;
  const most = Math.min(MOST_CATEGORIES, Math.floor(MOST_NUMBERS / expressions.length));
  // Sums of 0 and 1 are the same in any order.
  const read = () => counted(duck, value, expressions, most);
  const rows = await (target.problem === 'regression' ? inOrder(duck, read) : read());
  const smooth = ({ n, sums }: Counted) =>
    sums.map((sum, at) => (sum + smoothing * (measured.means[at] as number)) / (n + smoothing) / shrink);
  const unseen = measured.means.map((mean) => mean / shrink);
  const missing = rows.find(({ category }) => category === null);
  const columns = target.classes ? target.classes.map((one) => fresh(`${name}_${one}`)) : [name];
  return {
    ...{ kind: 'lookup', name, fill, columns, unseen },
    missing: missing ? smooth(missing) : unseen,
    values: rows.flatMap((row) => (row.category === null ? [] : [[row.category, smooth(row)] as const])),
  };
}

/** The share of training rows that are of the category. */
async function fitFrequency(duck: Duck, { name, fill, value }: Text): Promise<FittedLookup> {
  const { all } = await duck.one<{ all: number }>(`SELECT count(*)::DOUBLE AS "all" FROM ${TRAINING}`);
  const rows = await counted(duck, value, [], MOST_CATEGORIES);
  return {
    ...{ kind: 'lookup', name, fill, columns: [name], unseen: [0] },
    missing: [(rows.find(({ category }) => category === null)?.n ?? 0) / all],
    values: rows.flatMap(({ category, n }) => (category === null ? [] : [[category, [n / all]] as const])),
  };
}

/** The place in the list, or among the sorted categories, from 0; missing when it has none. */
async function fitOrdinal(duck: Duck, { name, fill, value }: Text, given?: readonly string[]): Promise<FittedLookup> {
  const order = given ?? (await counted(duck, value, [], MOST_CATEGORIES)).flatMap(({ category }) => category ?? []);
  return {
    ...{ kind: 'lookup', name, fill, columns: [name], unseen: [null], missing: [null] },
    values: order.map((category, at) => [category, [at]] as const),
  };
}

/** As DuckDB orders text: by its bytes in UTF-8. */
const byCodePoints = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
