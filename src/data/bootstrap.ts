/** Uncertainty by resampling rows: percentile intervals, and paired bounds for two models on the same rows. Seeded, so repeatable. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Estimate } from '../activities/types.ts';
import { METRICS, type Metric } from '../plan/schema.ts';
import { direction, type Measures, measure, type Ranked } from './metrics.ts';
import { quantile } from './quantile.ts';

export const REPLICATES = 400;

/** Values of every metric, one a replicate; NaN where a replicate leaves it undefined. */
export type Replicates = Readonly<Record<Metric, Float64Array>>;

export interface BootstrapOptions {
  readonly seed: number;
  readonly replicates?: number;
  /** Called after each replicate: the place to let other work run, to report progress, to be cancelled. */
  readonly breathe?: () => Promise<void>;
}

/**
 * Measures every model on the same resamples of the rows (n out of n with replacement), so that differences are paired.
 * All models must be ranked from the same rows in the same order.
 */
export async function bootstrap(models: readonly Ranked[], options: BootstrapOptions): Promise<Replicates[]> {
  const { seed, replicates = REPLICATES, breathe } = options;
  const rows = models[0]?.rows ?? 0;
  if (models.some((model) => model.rows !== rows))
    throw new RangeError('paired models must be scored on the same rows');
  const results = models.map(() => emptyReplicates(replicates));
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
      keep(results[index] as Replicates, replicate, measure(model, weights));
    });
    await breathe?.();
  }
  return results;
}

/** The value with its percentile interval; undefined when the metric is, or is in half of the replicates or more. */
export function estimate(value: number, replicates: Float64Array, level = 0.95): Estimate | undefined {
  const values = replicates.filter((x) => !Number.isNaN(x)).sort();
  if (Number.isNaN(value) || values.length * 2 <= replicates.length) return undefined;
  const tail = (1 - level) / 2;
  return { value, low: quantile(values, tail), high: quantile(values, 1 - tail) };
}

/** Every metric that is defined, with its 95 % interval. */
export function estimates(measures: Measures, replicates: Replicates): Partial<Record<Metric, Estimate>> {
  const found: Partial<Record<Metric, Estimate>> = {};
  for (const metric of METRICS) {
    const one = estimate(measures[metric], replicates[metric]);
    if (one) found[metric] = one;
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

/** How much better the challenger is than the champion in each replicate, in the metric's better direction. */
export function improvements(metric: Metric, challenger: Replicates, champion: Replicates): Float64Array {
  const sign = direction(metric);
  return challenger[metric].map((value, index) => sign * (value - (champion[metric][index] as number)));
}

const emptyReplicates = (replicates: number): Replicates =>
  Object.fromEntries(METRICS.map((metric) => [metric, new Float64Array(replicates)])) as Record<Metric, Float64Array>;

function keep(into: Replicates, replicate: number, measures: Measures): void {
  for (const metric of METRICS) into[metric][replicate] = measures[metric];
}
