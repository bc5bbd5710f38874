/** The one statement that turns source rows into the model's features, in training and in serving. Pure. */
import type { Target } from '../activities/types.ts';
import { bucketOf, elementOf, filled, finiteNumber, lookedUp, oneOf, scaled, textValue } from './expressions.ts';
import type { Fitted } from './fitted.ts';
import { labelNumber } from './label.ts';
import { ROW_ID } from './land.ts';
import type { RawFeatures } from './raw.ts';
import { identifier, list, text } from './sql.ts';

// No source can be called so: a source's name has no space.
const RAW_ROWS = identifier('raw features');
const CLEAN_ROWS = identifier('clean features');

/** Gives row_id, the label and every feature as DOUBLE, ordered by row_id. */
export function statementOf({ sql, label }: RawFeatures, target: Target, fitted: readonly Fitted[]): string {
  const clean = fitted.map((feature) => `${cleanValue(feature)} AS ${identifier(feature.name)}`);
  const features = fitted.flatMap((feature) =>
    featureValues(feature).map(([name, value]) => `${value} AS ${identifier(name)}`),
  );
  return `WITH ${RAW_ROWS} AS (
${sql}${CLEAN_BEGINS}SELECT ${list([ROW_ID, `${labelNumber(label, target)} AS ${identifier(label.name)}`, ...clean])} FROM ${RAW_ROWS}
)
SELECT ${ROW_ID}, ${identifier(label.name)},
${features.join(',\n')}
FROM ${CLEAN_ROWS} ORDER BY ${ROW_ID}`;
}

const CLEAN_BEGINS = `\n), ${CLEAN_ROWS} AS (\n`;

/** Of a statement made here: the query of what features.sql itself gives, one JSON object a row, in `raw`. */
export function rawQuery(statement: string): string {
  const end = statement.indexOf(CLEAN_BEGINS);
  if (end < 0) throw new Error('the statement is none that prepare makes');
  return `${statement.slice(0, end)}\n) SELECT CAST(to_json(r) AS VARCHAR) AS raw FROM ${RAW_ROWS} AS r ORDER BY ${ROW_ID}`;
}

/** Of a raw column: what is computed once a row. */
function cleanValue(feature: Fitted): string {
  if (feature.kind === 'number') return finiteNumber(identifier(feature.name));
  if (feature.kind === 'indicator') {
    const column = identifier(feature.of);
    return oneOf(`${feature.number ? `(${finiteNumber(column)})` : column} IS NULL`);
  }
  const value = textValue(identifier(feature.name), feature.fill);
  if (feature.kind === 'hash') return bucketOf(value, feature);
  return feature.kind === 'lookup' && feature.columns.length > 1 ? lookedUp(value, feature) : value;
}

/** Of a clean column: its features by name. */
function featureValues(feature: Fitted): (readonly [name: string, value: string])[] {
  const column = identifier(feature.name);
  switch (feature.kind) {
    case 'number':
      return [[feature.name, scaled(filled(column, feature), feature)]];
    case 'indicator':
      return [[feature.name, column]];
    case 'lookup': {
      const [only, ...others] = feature.columns;
      if (only !== undefined && others.length === 0) return [[only, lookedUp(column, feature)]];
      return feature.columns.map((name, at) => [name, elementOf(feature.name, at)]);
    }
    case 'one-hot':
      return feature.columns.map(({ name, category }) => [name, oneOf(`${column} = ${text(category)}`)]);
    case 'hash':
      return feature.columns.map((name, at) => [name, oneOf(`${column} = ${at}`)]);
  }
}
