/** What a model answered: prediction objects, as a transform writes them (one a line) and as a request gets them. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Target } from '../activities/types.ts';
import { SUM_TOLERANCE } from './multiclass.ts';

/** What is no prediction: where it stands, what was found. */
export class PredictionError extends Error {
  override readonly name = 'PredictionError';
}

/**
 * The numbers of one prediction object: binary the probability, regression the value, multiclass a probability a class
 * in their order. undefined when it is no prediction of that kind.
 */
export function scoresOf(prediction: unknown, { problem, classes = [] }: Target): number[] | undefined {
  if (typeof prediction !== 'object' || prediction === null) return undefined;
  const { probability, probabilities, value } = prediction as Readonly<Record<string, unknown>>;
  if (problem === 'binary') return isShare(probability) ? [probability] : undefined;
  if (problem === 'regression') return typeof value === 'number' && Number.isFinite(value) ? [value] : undefined;
  if (typeof probabilities !== 'object' || probabilities === null) return undefined;
  const own = new Map(Object.entries(probabilities));
  const found = classes.map((name) => own.get(name));
  return own.size === classes.length && found.every(isShare) && sumsToOne(found) ? found : undefined;
}

const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1;

const sumsToOne = (shares: readonly number[]): boolean =>
  Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) <= SUM_TOLERANCE;

/** What each prediction object must look like. */
export const FORMS = {
  binary: '{"probability": <0 to 1>, …}',
  multiclass: '{"probabilities": {<class>: <0 to 1>, …}, …} of every class, summing to 1',
  regression: '{"value": <number>}',
} as const;

/** The numbers of a file of JSON Lines, row by row. Blank lines count for nothing. Throws `PredictionError` naming the line. */
export async function readScores(path: string, target: Target, breathe: () => Promise<void>): Promise<number[]> {
  const scores: number[] = [];
  let number = 0;
  for await (const line of linesOf(path)) {
    number++;
    await breathe();
    if (line.trim() === '') continue;
    const found = scoresOf(parseJson(line), target);
    if (found === undefined)
      throw new PredictionError(
        `line ${number}: expected ${FORMS[target.problem]}, found ${JSON.stringify(line.slice(0, 120))}`,
      );
    for (const one of found) scores.push(one);
  }
  return scores;
}

/** The first objects of a file of JSON Lines. */
export async function firstObjects(path: string, most: number): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const line of linesOf(path)) {
    if (line.trim() !== '') found.push(parseJson(line));
    if (found.length === most) break;
  }
  return found;
}

/** undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const linesOf = (path: string): AsyncIterable<string> =>
  createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
