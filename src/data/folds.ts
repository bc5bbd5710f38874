/**
 * Target encodings of the training rows: each by the rows of the other folds, so that none is told its own label. The
 * statement, fitted on all training rows, encodes every other row (cross fitting, as scikit-learn's TargetEncoder does).
 */
import { type Duck, inOrder } from './duckdb.ts';
import { textValue } from './expressions.ts';
import type { Folded } from './fit.ts';
import { hashOf } from './split.ts';
import { double, identifier, list, text } from './sql.ts';
import type { Measured } from './target-sums.ts';
import { TRAINING } from './training-rows.ts';

/** What stands for some columns of the prepared training rows. */
export interface Replacement {
  /** To be joined to `RAW` under the name r. */
  readonly join: string;
  /** Column → its value. */
  readonly columns: ReadonlyMap<string, string>;
}

export const foldOf = (rowId: string, folds: number, seed: number): string =>
  `CAST(floor(${hashOf(`${seed}:fold`, rowId)} * ${folds}) AS INTEGER)`;

/** Leaves a table of (category, fold) → numbers a feature. `RAW` is there. */
export async function encodeByFolds(
  duck: Duck,
  folded: readonly Folded[],
  measured: Measured,
  seed: number,
): Promise<Replacement[]> {
  const replacements: Replacement[] = [];
  for (const [at, one] of folded.entries())
    replacements.push(await inOrder(duck, () => replacement(duck, one, measured, { seed, at })));
  return replacements;
}

async function replacement(
  duck: Duck,
  { lookup, smoothing, folds }: Folded,
  { expressions, shrink, means }: Measured,
  { seed, at }: { readonly seed: number; readonly at: number },
): Promise<Replacement> {
  const [cells, table, alias] = [`"fold sums"`, identifier(`out of fold ${at}`), `o${at}`];
  const sums = expressions.map((expression, i) => `sum(${expression}) AS s${i}`);
  const value = textValue(identifier(lookup.name), lookup.fill);
  await duck.run(
    `CREATE TEMP TABLE ${cells} AS SELECT ${value} AS category, ${foldOf('row_id', folds, seed)} AS fold, count(*) AS n, ${list(sums)}
     FROM ${TRAINING} GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  const priors = await otherFolds(duck, cells, expressions.length, folds);
  const prior = priors.map((own) => own ?? means);
  const priorOf = (i: number) => `[${list(prior.map((numbers) => double(numbers[i] as number)))}][c.fold + 1]`;
  const listed = lookup.values.map(([category]) => text(category));
  const encoded = expressions.map((_, i) => {
    const mixed = `(coalesce(sum(o.s${i}), 0) + ${double(smoothing)} * ${priorOf(i)}) / (coalesce(sum(o.n), 0) + ${double(smoothing)})`;
    // Without smoothing a category that no other fold has is unseen.
    return `CASE WHEN coalesce(sum(o.n), 0) + ${double(smoothing)} = 0 THEN ${priorOf(i)} ELSE ${mixed} END / ${double(shrink)} AS v${i}`;
  });
  await duck.run(
    `CREATE TEMP TABLE ${table} AS SELECT c.category, c.fold, ${list(encoded)}
     FROM ${cells} c LEFT JOIN ${cells} o ON o.category IS NOT DISTINCT FROM c.category AND o.fold <> c.fold
     WHERE c.category IS NULL ${listed.length === 0 ? '' : `OR c.category IN (SELECT unnest([${list(listed)}]))`} GROUP BY c.category, c.fold`,
  );
  await duck.run(`DROP TABLE ${cells}`);
  const own = foldOf('r.row_id', folds, seed);
  const raw = textValue(`r.${identifier(lookup.name)}`, lookup.fill);
  const unlisted = (i: number) =>
    `[${list(prior.map((numbers) => double((numbers[i] as number) / shrink)))}][${own} + 1]`;
  return {
    join: `LEFT JOIN ${table} ${alias} ON ${alias}.category IS NOT DISTINCT FROM ${raw} AND ${alias}.fold = ${own}`,
    columns: new Map(
      lookup.columns.map((column, i) => [
        column,
        `CASE WHEN ${alias}.fold IS NULL THEN ${unlisted(i)} ELSE ${alias}.v${i} END`,
      ]),
    ),
  };
}

/** Means over the rows that are not in each fold; undefined when there are none. */
async function otherFolds(duck: Duck, cells: string, width: number, folds: number): Promise<(number[] | undefined)[]> {
  const sums = Array.from({ length: width }, (_, i) => `sum(s${i}) / sum(n)`);
  const found = await duck.rows<{ fold: number; means: (number | null)[] }>(
    `SELECT f.fold, [${list(sums)}] AS means FROM range(${folds}) f(fold) JOIN ${cells} c ON c.fold <> f.fold GROUP BY f.fold ORDER BY f.fold`,
  );
  return Array.from({ length: folds }, (_, fold) => found.find((one) => Number(one.fold) === fold)?.means as number[]);
}
