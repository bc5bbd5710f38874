/** What features.sql may say: one SELECT that gives the same for the same row, whenever and wherever it runs. */
import { permanent } from '../failures.ts';
import { type Duck, isDuckRefusal } from './duckdb.ts';
import { type Node, namesGiven, reachProblem, sizeProblem } from './reach.ts';
import { text } from './sql.ts';
import { duckSays, some } from './words.ts';

const FEATURES = 'features.sql';

/** Features that cannot be used; `place` is the file, with its line where known. */
export const broken = (what: string, place = FEATURES): Error => permanent('FeaturesBroken', `${place}: ${what}`);

/** Read by their bare names; DuckDB's own catalog tells of functions only. */
const CLOCKS = ['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp'];
/** Volatile by the catalog, but all it does is stop. */
const HARMLESS = new Set(['error']);
const ROWS_FROM_NOTHING = new Set(['unnest', 'range', 'generate_series']);

/** Checks the text and gives it without a closing semicolon, so that it can stand in brackets. Throws `FeaturesBroken`. */
export async function checkSyntax(
  duck: Duck,
  sql: string,
  tables: readonly string[],
  file = FEATURES,
): Promise<string> {
  const tree = await parse(duck, sql, file);
  if (tree.error) throw await parseError(duck, sql, tree, file);
  if (tree.statements?.length !== 1) throw broken('there must be exactly one statement, a SELECT', file);
  const unsteady = new Set(
    (
      await duck.rows<{ name: string }>(
        `SELECT DISTINCT function_name AS name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'`,
      )
    ).map(({ name }) => name),
  );
  const nodes = [...nodesOf(tree.statements)];
  const given = namesGiven(nodes);
  for (const node of nodes) {
    const problem = problemOf(node, unsteady, tables) ?? reachProblem(node, tables, given);
    if (problem) throw broken(problem, placeOf(sql, node, file));
  }
  const large = sizeProblem(nodes);
  if (large) throw broken(large.problem, placeOf(sql, large.node, file));
  return withoutSemicolon(duck, sql, file);
}

interface Tree {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly statements?: readonly Node[];
}

const parse = async (duck: Duck, sql: string, file: string): Promise<Tree> => {
  if (sql.includes('\0')) throw broken('it holds a NUL character; take it out', file);
  return JSON.parse((await duck.one<{ tree: string }>(`SELECT json_serialize_sql(${text(sql)}) AS tree`)).tree) as Tree;
};

/** DuckDB tells the line only when it is asked to run the text. */
async function parseError(duck: Duck, sql: string, tree: Tree, file: string): Promise<Error> {
  if (tree.error_type === 'not implemented') return broken('only a SELECT may stand here', file);
  try {
    await duck.columns(sql);
  } catch (error) {
    if (isDuckRefusal(error)) return broken(said(error), file);
    throw error;
  }
  return broken(tree.error_message ?? 'it is no SQL', file);
}

/** What DuckDB says of the text, without the word that we put before it. */
export const said = (error: unknown): string =>
  duckSays(error).replace(/^LINE 1: DESCRIBE (.*)\n {9}/m, 'LINE 1: $1\n');

/** SQL that DuckDB will not run, over these data: with what it says of it. */
export const refusedSql = (error: unknown, file = FEATURES, when = ''): Error =>
  broken(
    `${when}${said(error)}\nIt, or the data that it cannot take, must change: correct it there, or mend the data`,
    file,
  );

function problemOf(node: Node, unsteady: ReadonlySet<string>, tables: readonly string[]): string | undefined {
  const name = String(node.function_name ?? '').toLowerCase();
  const children = Array.isArray(node.children) ? node.children.length : 0;
  if (node.class === 'FUNCTION' && ((unsteady.has(name) && !HARMLESS.has(name)) || (name === 'age' && children === 1)))
    return `${name}() gives something else each time it runs; features must follow from the row alone`;
  const column =
    Array.isArray(node.column_names) && node.column_names.length === 1
      ? String(node.column_names[0]).toLowerCase()
      : '';
  if (node.class === 'COLUMN_REF' && CLOCKS.includes(column))
    return `${column} gives something else each time it runs; features must follow from the row alone`;
  if (node.type === 'TABLE_FUNCTION') {
    const called = String((node.function as Node | undefined)?.function_name ?? 'a table function').toLowerCase();
    return ROWS_FROM_NOTHING.has(called)
      ? undefined
      : `${called}() is not allowed; read the sources by their names: ${some(tables)}`;
  }
  if (node.type === 'BASE_TABLE' && (node.schema_name || node.catalog_name))
    return `${String(node.schema_name)}.${String(node.table_name)}: name the source alone, without a schema`;
  if (node.sample) return 'a sample gives other rows each time; features must keep every row';
  return undefined;
}

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* nodesOf(item);
  else if (value !== null && typeof value === 'object') {
    yield value as Node;
    for (const inner of Object.values(value)) yield* nodesOf(inner);
  }
}

/** The place of a node; DuckDB counts bytes from the text's beginning, and gives a huge number where it knows none. */
function placeOf(sql: string, { query_location: at }: Node, file: string): string {
  const bytes = Buffer.from(sql);
  if (typeof at !== 'number' || at > bytes.length) return file;
  return `${file}, line ${bytes.subarray(0, at).toString().split('\n').length}`;
}

async function withoutSemicolon(duck: Duck, sql: string, file: string): Promise<string> {
  const standsInBrackets = async (candidate: string) =>
    !(await parse(duck, `SELECT * FROM (\n${candidate}\n)`, file)).error;
  if (await standsInBrackets(sql)) return sql;
  const bare = sql.replace(/;\s*((--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)\s*)*$/, '');
  if (await standsInBrackets(bare)) return bare;
  throw broken('it cannot stand as one SELECT in brackets; leave out what follows the statement', file);
}
