/** Numbers, fitted on the training part: where they are cut, what fills them, how they are scaled. In this order, each on what the one before leaves. */
import type { Plan } from '../plan/schema.ts';
import { type NumberSteps, numberSteps } from '../plan/settings.ts';
import { type Duck, inOrder } from './duckdb.ts';
import { clipped, filled, finiteNumber } from './expressions.ts';
import type { Bounds, FittedNumber } from './fitted.ts';
import { shrinkOf } from './magnitude.ts';
import { double, identifier, list } from './sql.ts';
import { TRAINING, valueless } from './training-rows.ts';

/** So many columns are measured by one query: a quantile holds all their values in memory. */
const TOGETHER = 24;

interface Draft {
  readonly name: string;
  readonly steps: NumberSteps;
  /** The finite value, before anything is done to it. */
  readonly value: string;
  readonly shrink: number;
  readonly clip?: Bounds;
  readonly fill?: number;
}

/** Throws `DataUnusable` naming a feature that has no value. */
export async function fitNumbers(
  duck: Duck,
  names: readonly string[],
  prepare: Plan['prepare'],
): Promise<Map<string, FittedNumber>> {
  const fitted = new Map<string, FittedNumber>();
  for (let from = 0; from < names.length; from += TOGETHER)
    for (const one of await fitSome(duck, names.slice(from, from + TOGETHER), prepare)) fitted.set(one.name, one);
  return fitted;
}

async function fitSome(duck: Duck, names: readonly string[], prepare: Plan['prepare']): Promise<FittedNumber[]> {
  const columns = names.map((name) => ({ name, value: `(${finiteNumber(identifier(name))})` }));
  const ranges = await measure<(number | null)[], (typeof columns)[number]>(
    duck,
    columns,
    ({ value }) => `[min(${value}), max(${value})]`,
  );
  const begun = columns.map(({ name, value }, at): Draft => {
    const [low, high] = ranges[at] ?? [];
    if (typeof low !== 'number' || typeof high !== 'number') throw valueless(name);
    return { name, value, steps: numberSteps(prepare, name), shrink: shrinkOf(low, high) };
  });
  const cut = await withBounds(duck, begun);
  const full = await withFills(duck, cut);
  return scaledNumbers(duck, full);
}

/** quantile_cont is type 7: linear between the two nearest values. */
async function withBounds(duck: Duck, drafts: readonly Draft[]): Promise<Draft[]> {
  const by = drafts.filter(({ steps }) => Array.isArray(steps.clip));
  const found = await measure<number[]>(duck, by, ({ value, shrink, steps }) =>
    quantiles(value, shrink, steps.clip as readonly [number, number]),
  );
  return drafts.map((draft) => {
    const { clip } = draft.steps;
    if (clip === undefined) return draft;
    if ('min' in clip || 'max' in clip) return { ...draft, clip: { low: clip.min, high: clip.max } };
    const [low, high] = (found[by.indexOf(draft)] ?? []).map((bound) => unshrunk(bound, draft));
    return { ...draft, clip: { low, high } };
  });
}

async function withFills(duck: Duck, drafts: readonly Draft[]): Promise<Draft[]> {
  const cut = ({ value, clip }: Draft) => `(${clipped(value, clip)})`;
  const by = (how: NumberSteps['impute']) => drafts.filter(({ steps }) => steps.impute === how);
  const [medians, means] = [by('median'), by('mean')];
  const fills = new Map<string, number>();
  const median = await measure<number[]>(duck, medians, (one) => quantiles(cut(one), one.shrink, [0.5]));
  for (const [at, one] of medians.entries()) fills.set(one.name, unshrunk(median[at]?.[0], one));
  const mean = await inOrder(duck, () => measure<number>(duck, means, (one) => `avg(${shrunk(cut(one), one.shrink)})`));
  for (const [at, one] of means.entries()) fills.set(one.name, unshrunk(mean[at], one));
  for (const one of by('mode')) fills.set(one.name, await modeOf(duck, cut(one)));
  return drafts.map((draft) => {
    const { impute } = draft.steps;
    const fill = typeof impute === 'object' ? Number(impute.constant) : fills.get(draft.name);
    return { ...draft, fill };
  });
}

/** The most frequent value; of several the smallest. */
async function modeOf(duck: Duck, value: string): Promise<number> {
  const { mode } = await duck.one<{ mode: number }>(
    `SELECT mode FROM (SELECT ${value} AS mode FROM ${TRAINING}) WHERE mode IS NOT NULL GROUP BY mode ORDER BY count(*) DESC, mode LIMIT 1`,
  );
  return mode + 0;
}

async function scaledNumbers(duck: Duck, drafts: readonly Draft[]): Promise<FittedNumber[]> {
  const by = drafts.filter(({ steps }) => steps.scale !== 'none');
  const found = await inOrder(duck, () => measure<number[]>(duck, by, statisticsOf));
  return drafts.map((draft) => {
    const { name, clip, fill, shrink, steps } = draft;
    const [center, spread] = centerAndSpread(steps.scale, found[by.indexOf(draft)] ?? []);
    return { kind: 'number', name, clip, fill, ...(steps.scale !== 'none' && { scale: { shrink, center, spread } }) };
  });
}

/** The least, the greatest, and what the scaling needs, all of shrunk values. */
function statisticsOf(draft: Draft): string {
  const value = shrunk(`(${filled(draft.value, draft)})`, draft.shrink);
  const ends = `min(${value}), max(${value})`;
  if (draft.steps.scale === 'standard') return `[${ends}, avg(${value}), stddev_pop(${value})]`;
  if (draft.steps.scale === 'min-max') return `[${ends}]`;
  return `list_concat([${ends}], quantile_cont(${value}, [0.25e0, 0.5e0, 0.75e0]))`;
}

/** A feature of one value is not stretched: its spread is 1. */
function centerAndSpread(
  scale: NumberSteps['scale'],
  [low = 0, high = 0, ...rest]: readonly number[],
): [number, number] {
  const spreadOf = (spread: number) => (low === high || spread === 0 ? 1 : spread);
  if (scale === 'min-max') return [low + 0, spreadOf(high - low)];
  const [first = 0, second = 0, third = 0] = rest;
  return scale === 'standard'
    ? [low === high ? low + 0 : first + 0, spreadOf(second)]
    : [second + 0, spreadOf(third - first)];
}

const shrunk = (value: string, shrink: number): string => (shrink === 1 ? value : `${value} * ${double(shrink)}`);
// Adding 0 makes 0 of -0: which of two equal values a query meets first must not show.
const unshrunk = (value: number | undefined, { shrink }: Draft): number => (value ?? Number.NaN) / shrink + 0;
const quantiles = (value: string, shrink: number, shares: readonly number[]): string =>
  `quantile_cont(${shrunk(value, shrink)}, [${list(shares.map(double))}])`;

/** One expression a draft over the training rows. */
async function measure<T, D = Draft>(duck: Duck, drafts: readonly D[], expression: (draft: D) => string): Promise<T[]> {
  if (drafts.length === 0) return [];
  const cells = drafts.map((draft, at) => `${expression(draft)} AS v${at}`);
  const found = await duck.one<Record<string, T>>(`SELECT ${list(cells)} FROM ${TRAINING}`);
  return drafts.map((_, at) => found[`v${at}`] as T);
}
