/** Six types are enough: what every snapshot, request and statement holds. The rest is turned into them as rows land. */
import type { Column } from '../activities/types.ts';
import type { Duck } from './duckdb.ts';
import { identifier, list } from './sql.ts';

export const COLUMN_TYPES = ['BIGINT', 'DOUBLE', 'BOOLEAN', 'VARCHAR', 'TIMESTAMP', 'DATE'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** A column of a file, the type it gets, and the expression that makes it. */
export interface Landed extends Column {
  readonly type: ColumnType;
  readonly expression: string;
}

/**
 * How each column of `relation` lands. Whole numbers become BIGINT (one that does not fit is refused by the cast), other
 * numbers DOUBLE; instants TIMESTAMP in UTC. What is no finite number or instant lands as missing: no request, being
 * JSON, could carry it. Text of which every value has the form of another type gets that type: any in CSV (`all`),
 * instants only in JSON (`times`), in Parquet only the column that tells the time.
 */
export async function landedColumns(
  duck: Duck,
  relation: string,
  told: { readonly fromText: 'all' | 'times' | 'none'; readonly time?: string },
): Promise<Landed[]> {
  const columns = await duck.columns(`SELECT * FROM ${relation}`);
  const landed = columns.map(landedAs);
  const mayBe = (column: string, type: ColumnType): boolean =>
    told.fromText === 'all' || (isTime(type) && (told.fromText === 'times' || told.time === column));
  const texts = landed.filter(({ name, type }) => type === 'VARCHAR' && mayBe(name, 'TIMESTAMP'));
  const types = await typesOfText(duck, relation, texts);
  return landed.map((column) => {
    const type = types.get(column.name);
    return type && mayBe(column.name, type) ? { ...column, type, expression: read(column.expression, type) } : column;
  });
}

export const isTime = (type: string): boolean => type === 'TIMESTAMP' || type === 'DATE';

function landedAs({ name, type }: Column): Landed {
  const column = identifier(name);
  const as = (landed: ColumnType, expression: string): Landed => ({ name, type: landed, expression });
  if (/^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/.test(type)) return as('BIGINT', cast(column, 'BIGINT'));
  if (/^(FLOAT|DOUBLE|DECIMAL.*)$/.test(type)) return as('DOUBLE', cast(column, 'DOUBLE'));
  if (type === 'BOOLEAN') return as('BOOLEAN', column);
  if (type === 'DATE') return as('DATE', finite(column));
  if (type === 'TIMESTAMP WITH TIME ZONE') return as('TIMESTAMP', finite(`(${column} AT TIME ZONE 'UTC')`));
  if (/^TIMESTAMP/.test(type)) return as('TIMESTAMP', cast(column, 'TIMESTAMP'));
  if (type === 'JSON') return as('VARCHAR', `(${column} ->> '$')`);
  if (/[[(]/.test(type) && !/^ENUM\(/.test(type)) return as('VARCHAR', `CAST(to_json(${column}) AS VARCHAR)`);
  return as('VARCHAR', cast(column, 'VARCHAR'));
}

const finite = (expression: string): string => `CASE WHEN isfinite(${expression}) THEN ${expression} END`;

function cast(expression: string, type: ColumnType): string {
  const typed = `CAST(${expression} AS ${type})`;
  return type === 'DOUBLE' || type === 'TIMESTAMP' || type === 'DATE' ? finite(typed) : typed;
}

/** Text as a value of another type. A plain cast to TIMESTAMP would drop an offset. */
const read = (expression: string, type: ColumnType): string =>
  type === 'TIMESTAMP' ? finite(`(CAST(${expression} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')`) : cast(expression, type);

/** Forms that are tried in order; a form is taken when every value that is there has it. "007" is a code, and so are numbers of more digits than a double holds. */
const FORMS: readonly (readonly [ColumnType, string])[] = [
  ['BOOLEAN', '(?i:true|false)'],
  ['BIGINT', String.raw`-?(0|[1-9]\d{0,18})`],
  ['DOUBLE', String.raw`[+-]?(0|[1-9]\d{0,14}|(0|[1-9]\d*)\.\d*|\.\d+)([eE][+-]?\d+)?|(?i:nan|[+-]?inf(inity)?)`],
  ['DATE', String.raw`\d{4}-\d{2}-\d{2}`],
  ['TIMESTAMP', String.raw`\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2})?)?)?`],
];

/** So many columns are measured by one query: of more, DuckDB would plan for minutes and without bound. */
const TOGETHER = 10;
/** Of so many the first value is looked at by one query: most text has no form already by that. */
const LOOKED_AT = 200;

type Formed = readonly [column: Landed, forms: typeof FORMS];

async function typesOfText(duck: Duck, relation: string, texts: readonly Landed[]): Promise<Map<string, ColumnType>> {
  const formed: Formed[] = [];
  for (let from = 0; from < texts.length; from += LOOKED_AT)
    formed.push(...(await formsOfFirst(duck, relation, texts.slice(from, from + LOOKED_AT))));
  const types = new Map<string, ColumnType>();
  for (let from = 0; from < formed.length; from += TOGETHER)
    for (const [name, type] of await typesOfAll(duck, relation, formed.slice(from, from + TOGETHER)))
      types.set(name, type);
  return types;
}

/** The columns whose first value has a form, with those that it has. */
async function formsOfFirst(duck: Duck, relation: string, texts: readonly Landed[]): Promise<Formed[]> {
  const firsts = texts.map(({ expression }) => `any_value(${expression})`);
  const tests = FORMS.map(([type, form]) => `coalesce(regexp_full_match(value, '${form}'), false) AS ${type}`);
  const found = await duck.rows<Record<string, boolean>>(
    `SELECT ${list(tests)} FROM (SELECT unnest(v) AS value, unnest(range(${texts.length})) AS place FROM
       (SELECT [${list(firsts)}] AS v FROM ${relation})) ORDER BY place`,
  );
  return texts.flatMap((column, at): Formed[] => {
    const forms = FORMS.filter(([type]) => found[at]?.[type]);
    return forms.length === 0 ? [] : [[column, forms]];
  });
}

async function typesOfAll(duck: Duck, relation: string, formed: readonly Formed[]) {
  const tests = formed.flatMap(([{ expression }, forms], at) =>
    forms.map(
      ([type, form]) =>
        `bool_and(regexp_full_match(${expression}, '${form}') AND TRY_CAST(${expression} AS ${type}) IS NOT NULL) FILTER (WHERE ${expression} IS NOT NULL) AS ${type}${at}`,
    ),
  );
  const found = await duck.one<Record<string, boolean | null>>(`SELECT ${list(tests)} FROM ${relation}`);
  return formed.flatMap(([{ name }, forms], at) => {
    const form = forms.find(([type]) => found[`${type}${at}`]);
    return form ? [[name, form[0]] as const] : [];
  });
}
