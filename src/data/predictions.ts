/** What a model answered: prediction objects, as a transform writes them (one a line) and as a request gets them. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What is no prediction: where it stands, what was found. */
export class PredictionError extends Error {
  override readonly name = 'PredictionError';
}

/** The probability of one prediction object; undefined when it is none. */
export function probabilityOf(prediction: unknown): number | undefined {
  if (typeof prediction !== 'object' || prediction === null) return undefined;
  const { probability } = prediction as { probability?: unknown };
  return typeof probability === 'number' && probability >= 0 && probability <= 1 ? probability : undefined;
}

/** The probabilities of a file of JSON Lines, in order. Blank lines count for nothing. Throws `PredictionError` naming the line. */
export async function readProbabilities(path: string, breathe: () => Promise<void>): Promise<number[]> {
  const probabilities: number[] = [];
  let number = 0;
  for await (const line of linesOf(path)) {
    number++;
    await breathe();
    if (line.trim() === '') continue;
    const probability = probabilityOf(parseJson(line));
    if (probability === undefined)
      throw new PredictionError(
        `line ${number}: expected {"probability": <0 to 1>, …}, found ${JSON.stringify(line.slice(0, 120))}`,
      );
    probabilities.push(probability);
  }
  return probabilities;
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
