/** Measures of a classifier among several classes, from the number of the true class and a probability a class. */
import { CLASS_METRICS, METRICS_OF } from '../plan/metrics.ts';
import { CALIBRATION_BINS, calibrationBin } from './calibration.ts';
import { checkLengths, type Measurable, MeasureError, type Measures, measureName } from './measures.ts';
import { ranking, rankingAreas } from './ranking.ts';

/** Probabilities nearer to 0 than this count as this in the log-loss, as for two classes. */
const CLIP = Number.EPSILON;

/** A row's probabilities may miss 1 by this much. */
export const SUM_TOLERANCE = 1e-3;

export interface MulticlassRows extends Measurable {
  readonly classes: readonly string[];
  readonly labels: Uint16Array;
  /** The class of the largest probability; of equal ones the first. */
  readonly predicted: Uint16Array;
  /** That probability. */
  readonly confidence: Float64Array;
  /** Rows × classes, flat. */
  readonly probabilities: Float64Array;
}

/** `probabilities` is rows × classes, flat; each row sums to about 1. Throws `MeasureError` naming the first bad row. */
export function multiclassRows(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: readonly string[],
): MulticlassRows {
  const [rows, width] = [labels.length, classes.length];
  checkLengths(labels, probabilities.length / width, 'predictions');
  const given = Float64Array.from(probabilities);
  const truth = new Uint16Array(rows);
  const predicted = new Uint16Array(rows);
  const confidence = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    truth[row] = classNumber(labels[row], width, row);
    let [sum, best] = [0, 0];
    for (let one = 0; one < width; one++) {
      const p = given[row * width + one] as number;
      if (!(p >= 0 && p <= 1)) throw new MeasureError(`row ${row}: the probability is ${p}; it must lie in 0..1`);
      sum += p;
      if (p > (given[row * width + best] as number)) best = one;
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE)
      throw new MeasureError(`row ${row}: the probabilities sum to ${sum}, not to 1`);
    predicted[row] = best;
    confidence[row] = given[row * width + best] as number;
  }
  const counted = { classes, labels: truth, predicted, confidence, probabilities: given };
  const rankings = classes.map((_, one) =>
    ranking(
      Uint8Array.from(truth, (label) => (label === one ? 1 : 0)),
      Float64Array.from({ length: rows }, (_, row) => given[row * width + one] as number),
    ),
  );
  const sums = rowSums(counted);
  return {
    ...counted,
    rows,
    names: [
      ...METRICS_OF.multiclass,
      ...classes.flatMap((one) => CLASS_METRICS.map((metric) => measureName(metric, one))),
    ],
    steps: rows * (width + 2),
    measure(weights) {
      const areas = rankings.map((one) => rankingAreas(one, weights));
      return { ...counts(counted, sums, areas, weights) };
    },
  };
}

type Counted = Pick<MulticlassRows, 'classes' | 'labels' | 'predicted' | 'confidence' | 'probabilities'>;
type Sums = ReturnType<typeof rowSums>;
type Areas = ReturnType<typeof rankingAreas>;

/** What each row adds to the log-loss and the Brier score, and the calibration bin of its confidence. */
function rowSums({ labels, confidence, probabilities, classes }: Counted) {
  const width = classes.length;
  const losses = new Float64Array(labels.length);
  const squares = new Float64Array(labels.length);
  labels.forEach((label, row) => {
    const p = probabilities[row * width + label] as number;
    losses[row] = -Math.log(Math.min(Math.max(p, CLIP), 1 - CLIP));
    let square = (1 - p) ** 2 - p ** 2;
    for (let one = 0; one < width; one++) square += (probabilities[row * width + one] as number) ** 2;
    squares[row] = square;
  });
  return { losses, squares, bins: Uint8Array.from(confidence, calibrationBin) };
}

function counts(
  { classes, labels, predicted, confidence }: Counted,
  { losses, squares, bins }: Sums,
  areas: readonly Areas[],
  weights?: ArrayLike<number>,
): Measures {
  const width = classes.length;
  const [right, said, there] = [new Float64Array(width), new Float64Array(width), new Float64Array(width)];
  const gaps = new Float64Array(CALIBRATION_BINS);
  let [total, loss, square] = [0, 0, 0];
  for (let row = 0; row < labels.length; row++) {
    const weight = weights ? (weights[row] as number) : 1;
    if (!weight) continue;
    const [label, guess, bin] = [labels[row] as number, predicted[row] as number, bins[row] as number];
    const hit = label === guess ? 1 : 0;
    total += weight;
    loss += weight * (losses[row] as number);
    square += weight * (squares[row] as number);
    there[label] = (there[label] as number) + weight;
    said[guess] = (said[guess] as number) + weight;
    right[guess] = (right[guess] as number) + weight * hit;
    gaps[bin] = (gaps[bin] as number) + weight * ((confidence[row] as number) - hit);
  }
  const own = classes.map((_, one) => classMeasures(right[one] ?? 0, said[one] ?? 0, there[one] ?? 0));
  const occurs = (one: number) => (there[one] ?? 0) > 0;
  const seen = own.filter((_, one) => occurs(one) || (said[one] ?? 0) > 0);
  const ranked = areas.filter((_, one) => occurs(one) && (there[one] ?? 0) < total);
  const macro = (of: 'precision' | 'recall' | 'f1') => mean(seen.map((one) => zeroed(one[of])));
  const weighted = (of: 'precision' | 'recall' | 'f1') =>
    own.reduce((sum, one, at) => sum + zeroed(one[of]) * (there[at] ?? 0), 0) / total;
  const byClass = classes.flatMap((name, at) =>
    Object.entries({ ...areas[at], ...own[at] }).map(([metric, value]) => [`${metric}[${name}]`, value]),
  );
  return {
    auc: mean(ranked.map(({ auc }) => auc)),
    pr_auc: mean(ranked.map(({ pr_auc }) => pr_auc)),
    log_loss: loss / total,
    brier: square / total,
    calibration_error: gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total,
    accuracy: right.reduce((sum, one) => sum + one, 0) / total,
    precision_macro: macro('precision'),
    recall_macro: macro('recall'),
    f1_macro: macro('f1'),
    precision_weighted: weighted('precision'),
    recall_weighted: weighted('recall'),
    f1_weighted: weighted('f1'),
    ...(Object.fromEntries(byClass) as Measures),
  };
}

const classMeasures = (right: number, said: number, there: number) => ({
  precision: right / said,
  recall: right / there,
  f1: (2 * right) / (said + there),
});

/** In a mean over classes an undefined value counts as 0, as in scikit-learn. */
const zeroed = (value: number): number => (Number.isNaN(value) ? 0 : value);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function classNumber(label: number | undefined, width: number, row: number): number {
  if (label !== undefined && Number.isInteger(label) && label >= 0 && label < width) return label;
  throw new MeasureError(`row ${row}: the label is ${label}; it must be the number of one of ${width} classes`);
}
