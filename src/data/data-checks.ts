/** What came, input by input, as bad data sees it: missing, mistyped, stuck, not sent, not known. */
import type { ValueCounts } from './bins.ts';
import { chiSquare } from './drift.ts';
import type { Sent } from './sent.ts';

export interface InputCheck {
  readonly input: string;
  readonly rows: number;
  /** Shares of missing values. */
  readonly missing: { readonly baseline: number; readonly current: number };
  /** Of the missing values' counts: how likely is such a difference by chance? */
  readonly p: number;
  /** Share of values of another type than in training. */
  readonly mistyped: number;
  /** Share of rows without the field. */
  readonly absent: number;
  /** It always had this one value, and training had several. */
  readonly stuck?: {
    readonly value: string;
    readonly trained: number;
    /** The chance of one value in all rows, by the most frequent one of training. */
    readonly chance: number;
  };
}

/** Rows that carried each field. */
export type Fields = Readonly<Record<string, number>>;

/** Holds what was sent for an input beside what training knew of it. */
export function checkInput(
  sent: Sent,
  fields: Fields,
  baseline: ReadonlyMap<string, ValueCounts>,
  current: ReadonlyMap<string, ValueCounts>,
): InputCheck {
  const { input, rows, missing, mistyped } = sent;
  const trained = baseline.get(input) ?? [...baseline.values()].find(({ column }) => column.startsWith(`${input}.`));
  const [present, gone] = trained ? [presentIn(trained), trained.missing] : [0, 0];
  const stuck = baseline.has(input) ? stuckAt(baseline.get(input), current.get(input)) : undefined;
  return {
    input,
    rows,
    missing: { baseline: share(gone, present + gone), current: share(missing, rows) },
    p: chiSquare([present, gone], [rows - missing, missing]).p,
    mistyped: share(mistyped, rows),
    absent: share(rows - (Object.hasOwn(fields, input) ? (fields[input] as number) : 0), rows),
    ...(stuck && { stuck }),
  };
}

/** Fields that no input of training is called → the share of rows that carried them; the most frequent ones. */
export function unknownFields(fields: Fields, known: ReadonlySet<string>, rows: number): Record<string, number> {
  const strange = Object.fromEntries(Object.entries(fields).filter(([field]) => !known.has(field)));
  return Object.fromEntries(mostFrequent(strange).map(([field, count]) => [field, share(count, rows)]));
}

/** The most frequent of counted names, at most twenty; of equally frequent ones the first in the alphabet. */
export const mostFrequent = (counts: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(counts)
    .sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1))
    .slice(0, 20);

function stuckAt(trained?: ValueCounts, now?: ValueCounts): InputCheck['stuck'] {
  if (!trained || !now || trained.counts.length < 2 || now.counts.length !== 1) return undefined;
  const most = Array.from(trained.counts).reduce((largest, count) => Math.max(largest, count), 0);
  return {
    value: String(now.kind === 'number' ? now.numbers[0] : now.texts[0]),
    trained: trained.counts.length,
    chance: (most / presentIn(trained)) ** (now.counts[0] as number),
  };
}

const presentIn = ({ counts }: ValueCounts): number => Array.from(counts).reduce((sum, count) => sum + count, 0);
const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
