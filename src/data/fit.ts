/** What is learnt from the training part alone, feature by feature. */
import type { Target } from '../activities/types.ts';
import type { Plan } from '../plan/schema.ts';
import type { Duck } from './duckdb.ts';
import { MOST_FEATURES } from './features.ts';
import { fitNumbers } from './fit-numbers.ts';
import { fitText } from './fit-text.ts';
import { columnsOf, type Fitted, type FittedLookup } from './fitted.ts';
import { ROW_ID } from './land.ts';
import { type RawFeatures, ROW_WEIGHT } from './raw.ts';
import { indicatorOf } from './steps.ts';
import { broken } from './syntax.ts';
import { type Measured, measuredLabel } from './target-sums.ts';

export interface Fit {
  readonly fitted: readonly Fitted[];
  /** Target encodings, which training rows get from the other folds. */
  readonly folded: readonly Folded[];
  readonly measured: Measured;
}

export interface Folded {
  readonly lookup: FittedLookup;
  readonly smoothing: number;
  readonly folds: number;
}

/** Fits every feature on the whole training part (before it is sampled). Throws `DataUnusable`, and `FeaturesBroken` for too many columns. */
export async function fit(duck: Duck, raw: RawFeatures, prepare: Plan['prepare'], target: Target): Promise<Fit> {
  const numbers = raw.features.filter(({ kind }) => kind === 'number').map(({ name }) => name);
  const fittedNumbers = await fitNumbers(duck, numbers, prepare);
  const measured = await measuredLabel(duck, raw.label, target);
  const given = [ROW_ID, ROW_WEIGHT, raw.label.name, ...raw.features.map(({ name }) => name)];
  const taken = new Set([...given, ...prepare.indicate.map(indicatorOf)].map((name) => name.toLowerCase()));
  const fresh = (wish: string) => freshName(wish, taken);
  const fitted: Fitted[] = [];
  const folded: Folded[] = [];
  for (const { name, kind } of raw.features) {
    const number = fittedNumbers.get(name);
    if (number) fitted.push(number);
    else {
      const text = await fitText(duck, name, { prepare, target, measured, fresh });
      fitted.push(text.fitted);
      if (text.folds && text.fitted.kind === 'lookup') folded.push({ lookup: text.fitted, ...text.folds });
    }
    if (prepare.indicate.includes(name))
      fitted.push({ kind: 'indicator', of: name, number: kind === 'number', name: indicatorOf(name) });
  }
  const columns = fitted.flatMap(columnsOf).length;
  if (columns > MOST_FEATURES)
    throw broken(
      `its features become ${columns} columns once encoded; at most ${MOST_FEATURES} are possible: write target for one-hot or hash, or fewer columns`,
      'prepare.encode',
    );
  return { fitted, folded, measured };
}

/** A column's name of letters, digits and "_", at most 60 of them, that nothing else has. */
function freshName(wish: string, taken: Set<string>): string {
  const base = wish.replaceAll(/\W+/g, '_').slice(0, 60);
  let name = base;
  for (let next = 2; taken.has(name.toLowerCase()); next++) name = `${base.slice(0, 55)}_${next}`;
  taken.add(name.toLowerCase());
  return name;
}
