/** Plans, broken at random: values replaced, keys lost, renamed or added, text cut or spoilt. */
import fc from 'fast-check';

type Path = readonly (string | number)[];
export type Mutation = (value: unknown) => unknown;

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    0,
    -1,
    1e308,
    -1e-308,
    Number.MAX_SAFE_INTEGER,
    true,
    [],
    {},
    [[]],
    '../../etc/passwd',
  ),
  fc.constantFrom<unknown>(
    '7 days',
    '10%',
    '*',
    'NaN',
    'random',
    'hash(x)',
    "'; DROP TABLE x; --",
    '\u0000',
    '💥',
    'a'.repeat(5000),
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Where anything stands in a value. */
export function pathsOf(value: unknown, at: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [at];
  return [
    at,
    ...Object.entries(value).flatMap(([key, inner]) =>
      pathsOf(inner, [...at, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

/** One change of one place. */
export const mutation = (paths: readonly Path[]): fc.Arbitrary<Mutation> =>
  fc.oneof(
    fc.tuple(fc.constantFrom(...paths), odd).map(
      ([path, value]) =>
        (whole: unknown) =>
          changed(whole, path, () => value),
    ),
    fc.constantFrom(...paths).map((path) => (whole: unknown) => without(whole, path)),
    fc.tuple(fc.constantFrom(...paths), fc.string({ maxLength: 12 }), odd).map(
      ([path, key, value]) =>
        (whole: unknown) =>
          changed(whole, path, (inner) => (isMapping(inner) ? { ...inner, [key]: value } : [inner, value])),
    ),
    fc.tuple(fc.constantFrom(...paths), fc.nat(5)).map(
      ([path, at]) =>
        (whole: unknown) =>
          changed(whole, path, (inner) => (isMapping(inner) ? misspelt(inner, at) : inner)),
    ),
    fc.tuple(fc.constantFrom(...paths), fc.constantFrom(...paths)).map(
      ([to, from]) =>
        (whole: unknown) =>
          changed(whole, to, () => at(whole, from)),
    ),
  );

/** A text with some of it lost, doubled or spoilt. */
export const spoilt = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(text.length), fc.nat(40), fc.string({ unit: 'binary', maxLength: 6 }), fc.nat(2))
    .map(([from, length, more, how]) => {
      const to = Math.min(text.length, from + length);
      const kept = how === 0 ? '' : how === 1 ? text.slice(from, to).repeat(2) : text.slice(from, to).toUpperCase();
      return text.slice(0, from) + kept + more + text.slice(to);
    });

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | null | undefined)?.[key], value);

function changed(value: unknown, [head, ...rest]: Path, change: Mutation): unknown {
  if (head === undefined) return change(value);
  if (value === null || typeof value !== 'object') return value;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
  copy[head] = changed(copy[head], rest, change);
  return copy;
}

function without(value: unknown, path: Path): unknown {
  const last = path.at(-1);
  if (last === undefined) return undefined;
  return changed(value, path.slice(0, -1), (inner) => {
    if (Array.isArray(inner)) return inner.filter((_, at) => at !== last);
    return isMapping(inner) ? Object.fromEntries(Object.entries(inner).filter(([key]) => key !== last)) : inner;
  });
}

function misspelt(mapping: Readonly<Record<string, unknown>>, which: number): unknown {
  const entries = Object.entries(mapping);
  return Object.fromEntries(
    entries.map(([key, value], at) => [
      at === which % Math.max(1, entries.length) ? `${key.slice(1)}${key.slice(0, 1)}` : key,
      value,
    ]),
  );
}
