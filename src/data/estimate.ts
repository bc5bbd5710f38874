/**
 * Quality without outcomes, from the probabilities alone (confidence-based performance estimation): every row counts as
 * each class as often as its corrected probability says. It holds as long as the probabilities mean what they meant on
 * the test part: inputs may move, what follows from them may not.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Estimate, Finding, Metrics } from '../activities/types.ts';
import type { Plan } from '../plan/schema.ts';
import { estimate, lowerBound, type Replicates, upperBound } from './bootstrap.ts';
import { describeLimits, within } from './gates.ts';
import { type MeasureName, measureName, metricOf } from './measures.ts';
import { SURE } from './monitoring.ts';
import { multiclassRows } from './multiclass.ts';
import { type Correction, corrected, type FittedCorrection, fitCorrection } from './recalibrate.ts';
import { measurableRows, type Scores, widthOf } from './scores.ts';

export interface EstimatedQuality {
  /** Rows that it rests on: all, or as many as can be measured in seconds, evenly taken. */
  readonly rows: number;
  /** Intervals: where the measured value would lie, 95 times of 100. */
  readonly metrics: Metrics;
  readonly replicates: Replicates;
}

const REPLICATES = 200;
const MOST_ROWS = 20_000;
/** Rows × classes × classes. */
const MOST_CELLS = 1e7;

/** A probability that is right by its own claim says nothing about whether the claim is: calibration is what this rests on. */
export const isEstimable = (name: MeasureName): boolean => metricOf(name) !== 'calibration_error';

/** What came true on rows with outcomes, to correct what is said: of the top class where there are several. */
export function correctionOn(labels: ArrayLike<number>, scores: Scores): FittedCorrection {
  if (scores.target.problem === 'binary') return fitCorrection(scores.values, labels);
  const { predicted, confidence, labels: truth } = multiclassRows(labels, scores.values, scores.target.classes ?? []);
  return fitCorrection(
    confidence,
    predicted.map((guess, row) => (guess === truth[row] ? 1 : 0)),
  );
}

/** undefined where it cannot be: of a regression, or of more classes than there is room for. */
export async function estimateQuality(
  scores: Scores,
  correction: FittedCorrection,
  { seed, breathe }: { readonly seed: number; readonly breathe: () => Promise<void> },
): Promise<EstimatedQuality | undefined> {
  const { target } = scores;
  if (target.problem === 'regression') return undefined;
  const classes = target.problem === 'binary' ? 2 : widthOf(target);
  const taken = evenly(scores, Math.min(MOST_ROWS, Math.floor(MOST_CELLS / classes ** 2)));
  const rows = taken.values.length / widthOf(target);
  if (rows === 0) return undefined;
  // Every row once for each class, with the probability of that class as its weight.
  const labels = Uint16Array.from({ length: rows * classes }, (_, at) => at % classes);
  const repeated = { ...taken, values: repeatedRows(taken.values, widthOf(target), classes) };
  const measurable = measurableRows(labels, repeated);
  const names = measurable.names.filter(isEstimable);
  const measures = measurable.measure(shares(taken, classes, correction));

  const replicates = Object.fromEntries(names.map((name) => [name, new Float64Array(REPLICATES)]));
  const random = xoroshiro128plus(seed);
  const uniform = () => ((random.next() >>> 0) + 0.5) / 2 ** 32;
  const weights = new Float64Array(rows * classes);
  for (let one = 0; one < REPLICATES; one++) {
    const own = shares(taken, classes, correction.drawn(normal(uniform(), uniform()), normal(uniform(), uniform())));
    weights.fill(0);
    for (let row = 0; row < rows; row++) weights[row * classes + draw(own, row, classes, uniform())] = 1;
    const found = measurable.measure(weights);
    for (const name of names) (replicates[name] as Float64Array)[one] = found[name] ?? Number.NaN;
    await breathe();
  }
  const found = names.flatMap((name): [MeasureName, Estimate][] => {
    const known = estimate(measures[name] ?? Number.NaN, replicates[name] as Float64Array);
    return known ? [[name, known]] : [];
  });
  return { rows, metrics: Object.fromEntries(found), replicates };
}

/** A limit that the estimate surely breaks is a warning: outcomes have the last word. */
export function estimateFindings(limits: Plan['monitor']['quality'], estimated: EstimatedQuality): Finding[] {
  return limits.flatMap(({ metric, class: one, min, max }): Finding[] => {
    const measure = measureName(metric, one);
    const found = estimated.metrics[measure];
    const drawn = estimated.replicates[measure];
    if (!found || !drawn || within({ min, max }, found.value)) return [];
    const low = min !== undefined && found.value < min;
    const limit = (low ? min : max) as number;
    if (low ? upperBound(drawn, SURE) >= limit : lowerBound(drawn, SURE) <= limit) return [];
    return [
      {
        ...{ kind: 'quality', severity: 'warn', subject: `${measure} (estimated)`, value: found.value, limit },
        message: `${measure} is estimated at ${found.value.toFixed(4)} (95 % interval ${found.low.toFixed(4)} to ${found.high.toFixed(4)}), ${describeLimits({ min, max })} is asked; no outcome says so yet`,
        mend: 'Bring outcomes sooner, to measure it; look at what has drifted.',
        estimated: true,
      },
    ];
  });
}

function evenly(scores: Scores, most: number): Scores {
  const width = widthOf(scores.target);
  const rows = scores.values.length / width;
  if (rows <= most) return scores;
  const values = new Float64Array(most * width);
  for (let at = 0; at < most; at++)
    for (let one = 0; one < width; one++)
      values[at * width + one] = scores.values[Math.floor((at * rows) / most) * width + one] as number;
  return { ...scores, values };
}

function repeatedRows(values: ArrayLike<number>, width: number, times: number): Float64Array {
  const found = new Float64Array(values.length * times);
  for (let at = 0; at < found.length; at++)
    found[at] = values[Math.floor(at / (width * times)) * width + (at % width)] as number;
  return found;
}

/** Rows × classes: how often each row counts as each class. Of several classes the largest probability is corrected, the others share the rest. */
function shares({ target, values }: Scores, classes: number, correction: Correction): Float64Array {
  if (target.problem === 'binary') {
    const found = new Float64Array(values.length * 2);
    for (let row = 0; row < values.length; row++) {
      const positive = corrected(correction, values[row] as number);
      found[row * 2] = 1 - positive;
      found[row * 2 + 1] = positive;
    }
    return found;
  }
  const found = Float64Array.from(values);
  for (let start = 0; start < found.length; start += classes) {
    const row = found.subarray(start, start + classes);
    const best = row.indexOf(Math.max(...row));
    const [before, sum] = [row[best] as number, row.reduce((total, p) => total + p, 0)];
    const after = corrected(correction, before);
    for (let one = 0; one < classes; one++)
      row[one] =
        one === best
          ? after
          : sum > before
            ? ((row[one] as number) * (1 - after)) / (sum - before)
            : (1 - after) / (classes - 1);
  }
  return found;
}

function draw(shares: Float64Array, row: number, classes: number, at: number): number {
  let below = 0;
  for (let one = 0; one < classes - 1; one++) {
    below += shares[row * classes + one] as number;
    if (at < below) return one;
  }
  return classes - 1;
}

/** Box and Muller's normal variable of two uniform ones. */
const normal = (a: number, b: number): number => Math.sqrt(-2 * Math.log(a)) * Math.cos(2 * Math.PI * b);
