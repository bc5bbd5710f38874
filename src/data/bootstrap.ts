/** Uncertainty by resampling rows: percentile intervals, and paired bounds for two models on the same rows. Seeded, so repeatable. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Estimate } from '../activities/types.ts';
import { direction, type Measurable, type MeasureName, type Measures, valueIn } from './measures.ts';
import { quantile } from './quantile.ts';

export const REPLICATES = 400;
/** Many rows of many classes get fewer replicates, so that a model is measured in seconds to a few minutes. */
const FEWEST = 100;
const MOST_STEPS = 1e9;

/** Values of every measure, one a replicate; NaN where a replicate leaves it undefined. */
export type Replicates = Readonly<Record<MeasureName, Float64Array>>;

export interface BootstrapOptions {
  readonly seed: number;
  readonly replicates?: number;
  /** Called after each replicate: the place to let other work run, to report progress, to be cancelled. */
  readonly breathe?: () => Promise<void>;
}

/**
 * Measures every model on the same resamples of the rows (n out of n with replacement), so that differences are paired.
 * All models must be of the same rows in the same order.
 */
export async function bootstrap(models: readonly Measurable[], options: BootstrapOptions): Promise<Replicates[]> {
  const { seed, breathe } = options;
  const replicates = replicatesFor(models, options.replicates);
  const rows = models[0]?.rows ?? 0;
  if (models.some((model) => model.rows !== rows))
    throw new RangeError('paired models must be scored on the same rows');
  const results = models.map((model) => emptyReplicates(model, replicates));
  const random = xoroshiro128plus(seed);
  const weights = new Uint16Array(rows);
  for (let replicate = 0; replicate < replicates; replicate++) {
    weights.fill(0);
    for (let drawn = 0; drawn < rows; drawn++) {
      // The high bits of an unsigned 32-bit number; for n rows no row is favoured by more than n / 2^32.
      const row = Math.floor(((random.next() >>> 0) / 2 ** 32) * rows);
      weights[row] = (weights[row] as number) + 1;
    }
    models.forEach((model, index) => {
      keep(results[index] as Replicates, replicate, model.measure(weights));
    });
    await breathe?.();
  }
  return results;
}

/** How many resamples models of this size get. */
export function replicatesFor(models: readonly Measurable[], wished = REPLICATES): number {
  const steps = Math.max(1, ...models.map((model) => model.steps));
  return Math.min(wished, Math.max(FEWEST, Math.floor(MOST_STEPS / steps)));
}

/** The value with its percentile interval; undefined when the metric is, or is in half of the replicates or more. */
export function estimate(value: number, replicates: Float64Array, level = 0.95): Estimate | undefined {
  const values = replicates.filter((x) => !Number.isNaN(x)).sort();
  if (Number.isNaN(value) || values.length * 2 <= replicates.length) return undefined;
  const tail = (1 - level) / 2;
  return { value, low: quantile(values, tail), high: quantile(values, 1 - tail) };
}

/** Every measure that is defined, with its 95 % interval. */
export function estimates(measures: Measures, replicates: Replicates): Record<MeasureName, Estimate> {
  const found: Record<MeasureName, Estimate> = {};
  for (const [name, values] of Object.entries(replicates)) {
    const one = estimate(valueIn(measures, name), values);
    if (one) found[name] = one;
  }
  return found;
}

/** The bound that a metric's true value lies above with this one-sided confidence; NaN when too few replicates define it. */
export function lowerBound(replicates: Float64Array, confidence: number): number {
  const values = replicates.filter((x) => !Number.isNaN(x)).sort();
  return values.length * 2 <= replicates.length ? Number.NaN : quantile(values, 1 - confidence);
}

export const upperBound = (replicates: Float64Array, confidence: number): number =>
  -lowerBound(
    replicates.map((x) => -x),
    confidence,
  );

/** How much better the challenger is than the champion in each replicate, in the measure's better direction; NaN where either lacks it. */
export function improvements(name: MeasureName, challenger: Replicates, champion: Replicates): Float64Array {
  const sign = direction(name);
  const theirs = champion[name];
  return (challenger[name] ?? new Float64Array(0)).map(
    (value, index) => sign * (value - (theirs?.[index] ?? Number.NaN)),
  );
}

const emptyReplicates = ({ names }: Measurable, replicates: number): Replicates =>
  Object.fromEntries(names.map((name) => [name, new Float64Array(replicates)]));

function keep(into: Replicates, replicate: number, measures: Measures): void {
  for (const [name, values] of Object.entries(into)) values[replicate] = valueIn(measures, name);
}
