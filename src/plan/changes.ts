/** What differs between two plans, by path: as people read a plan, not as JSON compares. Pure. */
import { candidateName } from './meaning.ts';
import type { Candidate } from './schema.ts';

export interface Change {
  readonly kind: 'added' | 'changed' | 'removed';
  /** `train.candidates[xgboost].hyperparameters.max_depth` */
  readonly path: string;
  readonly old?: unknown;
  readonly new?: unknown;
}

/** In the order of the newer value, what is gone last. */
export function changesBetween(old: unknown, now: unknown, path = ''): Change[] {
  if (same(old, now)) return [];
  if (old === undefined) return [{ kind: 'added', path, new: now }];
  if (now === undefined) return [{ kind: 'removed', path, old }];
  const [before, after] = [partsOf(old, path), partsOf(now, path)];
  if (!before || !after) return [{ kind: 'changed', path, old, new: now }];
  const keys = [...new Set([...after.keys(), ...before.keys()])];
  return keys.flatMap((key) => changesBetween(before.get(key), after.get(key), join(path, key, Array.isArray(now))));
}

/** What a value is made of, by name; undefined for what is compared as a whole: scalars, and lists of them. */
function partsOf(value: unknown, path: string): Map<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  if (!value.every((one) => typeof one === 'object' && one !== null && !Array.isArray(one))) return undefined;
  const named = new Map<string, unknown>();
  for (const one of value) {
    const name = nameOf(one as Record<string, unknown>, path);
    // Two of one name: the second one has its number beside it.
    const twin = [...named.keys()].filter((key) => key === name || key.startsWith(`${name} #`)).length;
    named.set(twin === 0 ? name : `${name} #${twin + 1}`, one);
  }
  return named;
}

/** What people would call an entry of a list. */
function nameOf(entry: Record<string, unknown>, path: string): string {
  if (path === 'train.candidates') return candidateName(entry as Candidate);
  const { metric, class: of, slice, versusChampion, column, table, rows } = entry;
  if (metric !== undefined) {
    const parts = [of, slice && `by ${slice}`, versusChampion !== undefined && 'versusChampion'];
    return [metric, ...parts.filter((part) => part !== undefined && part !== false)].join(' ');
  }
  if (column !== undefined) return table === undefined ? String(column) : `${table}.${column}`;
  return rows === undefined ? Object.keys(entry).sort().join(' ') : 'rows';
}

const join = (path: string, key: string, inList: boolean): string =>
  inList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;

/** Key order says nothing. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, inOrder(inner)]));
}
