/** The one statement that turns source rows into the model's features, in training and in serving. Pure. */
import type { RawFeatures } from './features.ts';
import { clipped, type Fitted, type FittedOneHot, type FittedTarget, finiteNumber } from './fit.ts';
import { ROW_ID } from './land.ts';
import { double, identifier, list, text } from './sql.ts';

// No source can be called so: a source's name has no space.
const RAW_ROWS = identifier('raw features');
const CLEAN_ROWS = identifier('clean features');

/** Gives row_id, the label and every feature as DOUBLE, ordered by row_id. */
export function statementOf({ sql, label }: RawFeatures, fitted: readonly Fitted[]): string {
  const clean = fitted.map((feature) => {
    const column = identifier(feature.name);
    return `${feature.kind === 'number' ? finiteNumber(column) : `CAST(${column} AS VARCHAR)`} AS ${column}`;
  });
  const features = fitted.flatMap((feature) =>
    featureExpressions(feature).map(([name, expression]) => `${expression} AS ${identifier(name)}`),
  );
  return `WITH ${RAW_ROWS} AS (
${sql}
), ${CLEAN_ROWS} AS (
SELECT ${list([ROW_ID, `CAST(${identifier(label)} AS DOUBLE) AS ${identifier(label)}`, ...clean])} FROM ${RAW_ROWS}
)
SELECT ${ROW_ID}, ${identifier(label)},
${features.join(',\n')}
FROM ${CLEAN_ROWS} ORDER BY ${ROW_ID}`;
}

/** The features' names in the order that the model reads them. */
export const featureNames = (fitted: readonly Fitted[]): string[] =>
  fitted.flatMap((feature) => (feature.kind === 'one-hot' ? feature.columns.map(({ name }) => name) : [feature.name]));

function featureExpressions(feature: Fitted): [name: string, expression: string][] {
  if (feature.kind === 'target') return [[feature.name, targetExpression(feature)]];
  if (feature.kind === 'one-hot') return oneHotExpressions(feature);
  const value = clipped(identifier(feature.name), feature.clip);
  return [[feature.name, feature.fill === undefined ? value : `coalesce(${value}, ${double(feature.fill)})`]];
}

/**
 * A look-up in a literal list by the code of a literal ENUM: DuckDB finds a category by its hash, which is three times
 * as fast as its MAP and needs no join. An ENUM's literals hold no NUL; categories that do are compared one by one.
 */
function targetExpression({ name, prior, missing, values }: FittedTarget): string {
  const column = identifier(name);
  const plain = values.filter(([category]) => !category.includes('\0'));
  const odd = values.filter(([category]) => category.includes('\0'));
  const kind = `ENUM(${list(plain.map(([category]) => text(category)))})`;
  const code = `CAST(enum_code(TRY_CAST(${column} AS ${kind})) AS BIGINT) + 1`;
  const known =
    plain.length === 0
      ? double(prior)
      : `coalesce([${list(plain.map(([, value]) => double(value)))}][${code}], ${double(prior)})`;
  const cases = odd.map(([category, value]) => `WHEN ${column} = ${text(category)} THEN ${double(value)} `).join('');
  return `CASE WHEN ${column} IS NULL THEN ${double(missing)} ${cases}ELSE ${known} END`;
}

function oneHotExpressions({ name, columns }: FittedOneHot): [string, string][] {
  return columns.map((one) => [
    one.name,
    `CASE WHEN ${identifier(name)} = ${text(one.category)} THEN 1e0 ELSE 0e0 END`,
  ]);
}
