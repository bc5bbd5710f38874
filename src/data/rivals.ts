/** Two versions held against each other by what came true of what each answered: other rows each, so unpaired. */
import type { Metrics } from '../activities/types.ts';
import { bootstrap, estimate, improvements, type Replicates, replicatesFor, upperBound } from './bootstrap.ts';
import { type MeasureName, valueIn } from './measures.ts';
import { measurableRows, type Scores } from './scores.ts';

/** Answers whose outcome is known, row by row. */
export interface Labelled {
  readonly labels: ArrayLike<number>;
  readonly scores: Scores;
}

export interface Rivalry {
  readonly challenger: Metrics[string];
  readonly champion: Metrics[string];
  /** With 95 % confidence the challenger is worse. */
  readonly worse: boolean;
}

const SURE = 0.95;

/** By one measure, each resampled by itself with a seed of its own. */
export async function rivalry(
  measure: MeasureName,
  challenger: Labelled,
  champion: Labelled,
  { seed, breathe }: { seed: number; breathe: () => Promise<void> },
): Promise<Rivalry> {
  const rows = [challenger, champion].map(({ labels, scores }) => measurableRows(labels, scores));
  const replicates = replicatesFor(rows);
  const drawn: Replicates[] = [];
  for (const [at, one] of rows.entries())
    drawn.push(...(await bootstrap([one], { seed: seed + at, replicates, breathe })));
  const [ours, theirs] = drawn;
  if (!ours || !theirs) throw new RangeError('two models are compared');
  const values = rows.map((one) => valueIn(one.measure(), measure));
  const told = (at: number) => estimate(values[at] as number, drawn[at]?.[measure] ?? new Float64Array(0));
  return {
    challenger: told(0),
    champion: told(1),
    worse: upperBound(improvements(measure, ours, theirs), SURE) < 0,
  };
}
