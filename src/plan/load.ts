/** A folder with plan.yaml and its features → a plan that can be relied on, or everything that is wrong with it. */
import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import type { FrozenPlan } from '../activities/types.ts';
import { filesOf } from './files.ts';
import { closest, explain, type Path, PlanError, type Problem, pathText } from './problems.ts';
import { brokenRules } from './rules.ts';
import { type Plan, planSchema } from './schema.ts';

const MOST_BYTES = 256 * 1024;
const MOST_ALIASES = 50;

/** Reads and checks `folder`/plan.yaml and the features it names. Throws `PlanError` with every problem. */
export async function loadPlan(folder: string): Promise<FrozenPlan> {
  const home = (await isFile(folder)) ? resolve(folder, '..') : resolve(folder);
  const file = (await isFile(folder)) ? resolve(folder) : join(home, 'plan.yaml');
  const shown = join(basename(home), basename(file));
  const plan = checkPlan(await readText(file, shown, home), shown);
  const features = await readText(join(home, plan.prepare.features), join(basename(home), plan.prepare.features), home);
  if (!/\bselect\b/i.test(features))
    throw new PlanError([
      {
        file: plan.prepare.features,
        path: '',
        found: 'there is no SELECT in it',
        mend: 'write one statement that selects row_id, the label and the features',
      },
    ]);
  const files = await readFiles(plan, home);
  const hash = createHash('sha256')
    .update(JSON.stringify([sorted(plan), features, sorted(files)]))
    .digest('hex');
  return { plan: withAbsolutePaths(plan, home), features, files, hash };
}

/** Checks the text of a plan. `file` is what messages call it. */
export function checkPlan(text: string, file = 'plan.yaml'): Plan {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [flaw] = document.errors;
  if (flaw) {
    const found = flaw.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? '';
    throw new PlanError([{ file, line: flaw.linePos?.[0].line, path: '', found, mend: 'write valid YAML' }]);
  }
  const value = readValue(document, (node) => ({ file, line: node && lines.linePos(node).line, path: '' }));
  const place = (path: Path) => ({ file, path: pathText(path), line: lineOf(document, lines, path) });
  const read = planSchema.safeParse(value);
  if (!read.success)
    throw new PlanError(
      explain(read.error.issues, value).map(({ path, ...rest }) => ({ ...place(path), ...withGuess(path, rest) })),
    );
  const broken = brokenRules(read.data).map(({ path, ...rest }): Problem => ({ ...place(path), ...rest }));
  if (broken.length > 0) throw new PlanError(broken);
  return read.data;
}

/** An alias may name an anchor before it only, not one that it stands in; aliases of aliases are counted as they multiply. */
function readValue(document: Document, place: (node?: number) => Pick<Problem, 'file' | 'line' | 'path'>): unknown {
  const tooMany = () =>
    new PlanError([
      { ...place(), found: `it has more than ${MOST_ALIASES} aliases`, mend: 'write the values themselves' },
    ]);
  let aliases = 0;
  visit(document, {
    Alias(_, alias) {
      aliases += 1;
      if (aliases > MOST_ALIASES) throw tooMany();
      const anchored = alias.resolve(document);
      const [at = 0] = alias.range ?? [];
      if (anchored && (anchored.range?.[2] ?? 0) <= at) return;
      const found = `*${alias.source} ${anchored ? 'stands in what it names' : 'names no anchor before it'}`;
      throw new PlanError([
        { ...place(at), found, mend: 'write the value itself, or quote a text that begins with *' },
      ]);
    },
  });
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    throw error instanceof ReferenceError ? tooMany() : error;
  }
}

/** Derived tables, and scripts with what lies beside them. */
async function readFiles(plan: Plan, home: string): Promise<Record<string, string>> {
  const paths = await filesOf(plan, home);
  const read = await Promise.all(
    paths.map(async (path) => [path, await readText(join(home, path), join(basename(home), path), home)] as const),
  );
  const bytes = read.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0);
  if (bytes > MOST_BYTES)
    throw new PlanError([
      {
        file: basename(home),
        path: '',
        found: `the files that the plan names have ${bytes} bytes`,
        mend: `keep them under ${MOST_BYTES} together`,
      },
    ]);
  return Object.fromEntries(read);
}

/** A link may lead to another file of the folder only: what is read is sent to Temporal and S3. */
async function readText(path: string, shown: string, home: string): Promise<string> {
  const problem = (found: string, mend: string) => new PlanError([{ file: shown, path: '', found, mend }]);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile())
    throw problem('there is no such file', 'name a folder that holds plan.yaml and the features it names');
  const within = relative(await realpath(home), await realpath(path));
  if (within.startsWith('..') || isAbsolute(within))
    throw problem('it is a link that leads out of the folder', 'put the file itself there');
  if (found.size > MOST_BYTES) throw problem(`it has ${found.size} bytes`, `keep it under ${MOST_BYTES}`);
  return readFile(path, 'utf8');
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (s) => s.isFile(),
    () => false,
  );

function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = (parent as { items?: { key?: { value?: unknown; range?: [number] } }[] } | undefined)?.items?.find(
      (item) => item?.key?.value === key,
    );
    const node = pair?.key ?? (document.getIn(path.slice(0, length), true) as { range?: [number] } | undefined);
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return undefined;
}

/** An unknown key's nearest neighbour, from the schema itself. */
function withGuess(path: Path, words: { found: string; mend: string }): { found: string; mend: string } {
  const key = path.at(-1);
  if (words.found !== 'there is no such key' || typeof key !== 'string') return words;
  const known = keysAt(
    z.toJSONSchema(planSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema,
    path.slice(0, -1),
  );
  const near = closest(key, known);
  return { found: words.found, mend: near ? `did you mean ${near}?` : `it may be ${known.join(', ')}` };
}

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
}

function keysAt(schema: JsonSchema, path: Path): string[] {
  const [head, ...rest] = path;
  const branches = [schema, ...(schema.anyOf ?? [])];
  if (head === undefined) return [...new Set(branches.flatMap(({ properties }) => Object.keys(properties ?? {})))];
  return branches.flatMap(({ properties, items, additionalProperties }) => {
    const inner = typeof head === 'number' ? items : (properties?.[head] ?? additionalProperties);
    return typeof inner === 'object' ? keysAt(inner, rest) : [];
  });
}

function withAbsolutePaths(plan: Plan, home: string): Plan {
  const sources = Object.entries(plan.collect.sources).map(([name, source]) => {
    const remote = /^[a-z0-9]+:\/\//.test(source.uri);
    return [name, remote || isAbsolute(source.uri) ? source : { ...source, uri: resolve(home, source.uri) }] as const;
  });
  return { ...plan, collect: { ...plan.collect, sources: Object.fromEntries(sources) } };
}

/** The same value with its keys in order, so that a hash says what is written, not in which order. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
};
