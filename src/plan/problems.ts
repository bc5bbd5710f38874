/** What is wrong with a plan, in words that name the place and the mend. */
import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { redact } from '../redact.ts';

export interface Problem {
  readonly file: string;
  /** 1-based; absent when the place is not in the file. */
  readonly line?: number;
  /** Path inside the plan, as `train.candidates[0].algorithm`; empty for the whole. */
  readonly path: string;
  readonly found: string;
  readonly mend: string;
}

export type Path = readonly (string | number)[];

/** A rule that a plan breaks. */
export interface Broken {
  readonly path: Path;
  readonly found: string;
  readonly mend: string;
}

/** A plan that can't be used. `problems` lists everything that is wrong, not the first thing only. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(sentence).join('\n'));
    this.problems = problems;
  }
}

export const sentence = ({ file, line, path, found, mend }: Problem): string =>
  `${file}${line ? `:${line}` : ''}: ${path ? `${path}: ` : ''}${found}; ${mend}`;

/** `train.candidates[0].algorithm`; a key that is no plain word stands in brackets and quotes, cut short. */
export const pathText = (path: Path): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    if (!/^[\w*-]+$/.test(part)) return `${text}[${JSON.stringify(part.slice(0, 60))}]`;
    return text ? `${text}.${part}` : part;
  }, '');

/** The path, what was found and the mend of each of zod's issues. */
export function explain(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
): { path: Path; found: string; mend: string }[] {
  return issues.flatMap((issue) => {
    const path = issue.path as Path;
    if (issue.code === 'invalid_union') return explainUnion(issue, value);
    if (issue.code !== 'unrecognized_keys') return [{ path, ...wordsFor(issue, at(value, path)) }];
    return issue.keys.map((key) => ({
      path: [...path, key],
      found: 'there is no such key',
      mend: 'take it out or check its spelling',
    }));
  });
}

/** Adds "did you mean" to problems about unknown keys, from the keys that the place may have. */
export function closest(word: string, known: readonly string[]): string | undefined {
  const [best] = [...known].sort((a, b) => distance(word, a) - distance(word, b));
  return best && distance(word, best) <= Math.max(2, word.length / 3) ? best : undefined;
}

function explainUnion(issue: z.core.$ZodIssueInvalidUnion, value: unknown) {
  const place = issue.path as Path;
  const branches = issue.errors.map((errors) => explain(errors, at(value, place)));
  const [nearest] = branches.filter((branch) => branch.length > 0).sort((a, b) => weight(a) - weight(b));
  return (nearest ?? []).map((problem) => ({ ...problem, path: [...place, ...problem.path] }));
}

/** The branch that a person meant: the one with the fewest unknown or missing keys. */
const weight = (problems: readonly { found: string }[]): number =>
  problems.reduce((sum, { found }) => sum + (found === 'it is missing' || found === 'there is no such key' ? 2 : 1), 0);

function wordsFor(issue: z.core.$ZodIssue, value: unknown): { found: string; mend: string } {
  const found = value === undefined ? 'it is missing' : `found ${brief(value)}`;
  switch (issue.code) {
    case 'invalid_type':
      return { found, mend: `${value === undefined ? 'add' : 'write'} ${article(issue.expected)}` };
    case 'invalid_value':
      return { found, mend: `write one of ${issue.values.map((v) => String(v)).join(', ')}` };
    case 'too_small':
      return { found, mend: `it must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}` };
    case 'too_big':
      return { found, mend: `it must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}` };
    case 'invalid_format':
    case 'custom':
      return { found, mend: issue.message };
    default:
      return { found, mend: issue.message };
  }
}

const article = (type: string): string =>
  ({
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    object: 'a mapping',
    array: 'a list',
    record: 'a mapping',
    tuple: 'a list',
  })[type] ?? type;

const brief = (value: unknown): string => {
  const text = redact(written(value));
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

function written(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch (error) {
    if (error instanceof RangeError) return 'what is nested too deep to be shown';
    throw error;
  }
}

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      inner === null || typeof inner !== 'object' ? undefined : (inner as Record<string | number, unknown>)[key],
    value,
  );
