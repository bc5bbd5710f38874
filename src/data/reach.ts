/**
 * What a statement of a plan may name and how large it may make things: the sources and nothing of the database itself, and
 * no value or row whose size or number is not written down. DuckDB's memory limit does not count one value's bytes. Pure.
 */
import { some } from './words.ts';

export interface Node {
  readonly [key: string]: unknown;
}

/** They tell of the machine or of the session, not of the row. */
const SESSION = new Set(['current_setting', 'getvariable', 'getenv']);
/** Functions whose result is as large as a number says, and which arguments are that number (all of them when left out). */
const SIZED: Readonly<Record<string, readonly number[] | undefined>> = {
  repeat: [1],
  lpad: [1],
  rpad: [1],
  list_resize: [1],
  array_resize: [1],
  bar: [3],
  range: undefined,
  generate_series: undefined,
};
const FORMATTING = new Set(['format', 'printf']);
/** Of one statement, all sizes multiplied: one may stand within another. */
const MOST = 1_000_000;

/** The names that WITH gives, anywhere in a statement. */
export function namesGiven(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => {
    const given = (node.cte_map as { map?: { key: string }[] } | undefined)?.map ?? [];
    return given.map(({ key }) => key);
  });
}

/** `given` are names of WITH, `tables` those of sources. */
export function reachProblem(node: Node, tables: readonly string[], given: readonly string[]): string | undefined {
  if (node.type === 'SHOW_REF') return 'DESCRIBE, SHOW and SUMMARIZE tell of tables, not of a row; leave them out';
  if (node.type === 'RECURSIVE_CTE_NODE')
    return 'WITH RECURSIVE may never end; write the steps out, or compute them before and name the result as a source';
  const called = String(node.function_name ?? '').toLowerCase();
  if (node.class === 'FUNCTION' && SESSION.has(called))
    return `${called}() tells of the machine; features must follow from the row alone: leave it out`;
  if (node.type !== 'BASE_TABLE' || node.schema_name || node.catalog_name) return undefined;
  const name = String(node.table_name);
  const known = (names: readonly string[]) => names.some((one) => one.toLowerCase() === name.toLowerCase());
  if (known(tables) || (known(given) && !/^(duckdb|pg|sqlite)_/i.test(name))) return undefined;
  return `there is no source "${name.slice(0, 60)}"; name one of ${some(tables)}`;
}

/** The first node whose size is not written down, or with which they are too large together. */
export function sizeProblem(nodes: readonly Node[]): { node: Node; problem: string } | undefined {
  let product = 1;
  for (const node of nodes.filter((one) => one.class === 'FUNCTION')) {
    const called = String(node.function_name).toLowerCase();
    const children = (node.children ?? []) as readonly (Node | undefined)[];
    if (FORMATTING.has(called)) {
      const pattern = literalOf(children[0]);
      if (typeof pattern !== 'string' || /\d{4}|\*|\{[^}]*\{/.test(pattern))
        return { node, problem: `${called}(): write its pattern as a text, with widths of at most 3 digits` };
    }
    if (!Object.hasOwn(SIZED, called)) continue;
    const deciding = SIZED[called] ?? children.map((_, at) => at);
    for (const child of children.filter((_, at) => deciding.includes(at))) {
      const size = literalOf(child);
      if (typeof size !== 'number' || !Number.isFinite(size))
        return { node, problem: `${called}(): write how much it makes as a number, such as 24` };
      product *= Math.max(1, Math.abs(size));
    }
    if (product > MOST)
      return {
        node,
        problem: `${called}() may make ${product} characters or rows for each row; at most ${MOST} are possible: make less`,
      };
  }
  return undefined;
}

/** Of a literal, also a negative or a cast one. */
function literalOf(node: Node | undefined): unknown {
  if (node?.class === 'CONSTANT') return (node.value as { value?: unknown } | undefined)?.value;
  if (node?.class === 'CAST') return literalOf(node.child as Node | undefined);
  const [only, ...others] = (node?.children ?? []) as readonly (Node | undefined)[];
  if (node?.function_name !== '-' || others.length > 0) return undefined;
  const value = literalOf(only);
  return typeof value === 'number' ? -value : undefined;
}
