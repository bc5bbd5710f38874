/** Names that a plan can hold, and SQL without needless quotes. Pure. */
import { identifier } from '../data/sql.ts';

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
/** `split: { by: random }` is no column. */
const TAKEN = ['row_id', 'row_weight', 'random'];
/** Words of SQL that name nothing without quotes. */
const WORDS = new Set(
  (
    'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default deferrable ' +
    'desc describe distinct do else end except false fetch for foreign from grant group having in initially intersect into ' +
    'lambda lateral leading limit not null offset on only or order pivot pivot_longer pivot_wider placing primary qualify references returning select ' +
    'show some summarize symmetric table then to trailing true union unique unpivot using variadic when where window with ' +
    'anti asof at authorization binary by collation columns concurrently cross freeze full generated glob ilike inner is isnull ' +
    'join left like map natural notnull outer overlaps positional right semi similar struct tablesample try_cast unpack verbose'
  ).split(' '),
);

/** Whether a plan can name the column as it is. */
export const isPlain = (name: string): boolean => PLAIN.test(name) && !TAKEN.includes(name.toLowerCase());

/** `Beak Length (mm)` → `beak_length_mm`; of Cyrillic or Chinese nothing is left, and `otherwise` stands in. */
export function slug(name: string, otherwise: string, most = 60): string {
  const ascii = name
    .replaceAll('ß', 'ss')
    .replaceAll(/[øØ]/g, 'o')
    .replaceAll(/[æÆ]/g, 'ae')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase();
  const words = ascii
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replace(/^_+/, '')
    .slice(0, most)
    .replace(/_+$/, '');
  const named = words === '' ? otherwise : words;
  const safe = /^\d/.test(named) ? `n_${named}` : named;
  return TAKEN.includes(safe) ? `${safe}_given` : safe;
}

/** Names for all of them, each once: those that a plan can hold stay as they are. */
export function plainNames(names: readonly string[]): Map<string, string> {
  const used = new Set(names.filter(isPlain).map((name) => name.toLowerCase()));
  return new Map(
    names.map((name, at) => [name, isPlain(name) ? name : unused(slug(name, `column_${at + 1}`), used)] as const),
  );
}

/** `name`, or `name_2`, …; it is used from now on. */
export function unused(name: string, used: Set<string>): string {
  let tried = name;
  for (let n = 2; used.has(tried.toLowerCase()); n++) tried = `${name.slice(0, 58)}_${n}`;
  used.add(tried.toLowerCase());
  return tried;
}

/** In quotes only where SQL needs them. */
export const bare = (name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) && !WORDS.has(name.toLowerCase()) ? name : identifier(name);

/** A model's name of what a folder is called. */
export const modelSlug = (name: string): string => slug(name, 'model', 30).replaceAll('_', '-').replace(/^n-/, 'n');
