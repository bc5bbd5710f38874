/** Probabilities made honest: a line in log-odds, fitted to what came true of them on rows with outcomes (Platt, 1999). */

/** log-odds of the truth = intercept + slope × log-odds of what was said. */
export interface Correction {
  readonly intercept: number;
  readonly slope: number;
}

export interface FittedCorrection extends Correction {
  /** Another fit as likely as this one, from two normal variables: how much the rows leave open. */
  drawn(a: number, b: number): Correction;
}

const NO_CORRECTION: Correction = { intercept: 0, slope: 1 };
const STEPS = 50;
const CONVERGED = 1e-9;
/** Said or true probabilities nearer to 0 or 1 count as this near. */
const EDGE = 1e-7;

/** Newton's method on the log-likelihood, with Platt's targets, which keep it finite where one outcome is rare or never comes. */
export function fitCorrection(said: ArrayLike<number>, came: ArrayLike<number>): FittedCorrection {
  const x = Float64Array.from(said, logOdds);
  const positives = Array.from(came).reduce((sum, one) => sum + one, 0);
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (came.length - positives + 2)];
  let { intercept, slope } = NO_CORRECTION;
  let [aa, ab, bb] = [0, 0, 0];
  for (let step = 0; step < STEPS; step++) {
    // A little curvature of its own holds a slope that equal probabilities leave open.
    [aa, ab, bb] = [EDGE, 0, EDGE];
    let [da, db] = [0, EDGE * (NO_CORRECTION.slope - slope)];
    for (let row = 0; row < x.length; row++) {
      const p = sigmoid(intercept + slope * (x[row] as number));
      const off = (came[row] ? high : low) - p;
      const weight = p * (1 - p);
      da += off;
      db += off * (x[row] as number);
      aa += weight;
      ab += weight * (x[row] as number);
      bb += weight * (x[row] as number) ** 2;
    }
    const determinant = aa * bb - ab * ab;
    const [stepA, stepB] = [(bb * da - ab * db) / determinant, (aa * db - ab * da) / determinant];
    if (!Number.isFinite(stepA) || !Number.isFinite(stepB)) break;
    intercept += stepA;
    slope += stepB;
    if (Math.abs(stepA) + Math.abs(stepB) < CONVERGED) break;
  }
  const [deviation, between] = [Math.sqrt(1 / aa), ab / aa];
  const own = Math.sqrt(1 / Math.max(EDGE, bb - ab * between));
  return {
    intercept,
    slope,
    drawn: (a, b) => ({ intercept: intercept + deviation * a - between * own * b, slope: slope + own * b }),
  };
}

/** The corrected probability, 0 to 1. */
export const corrected = ({ intercept, slope }: Correction, probability: number): number =>
  sigmoid(intercept + slope * logOdds(probability));

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

function logOdds(probability: number): number {
  const p = Math.min(1 - EDGE, Math.max(EDGE, probability));
  return Math.log(p / (1 - p));
}
