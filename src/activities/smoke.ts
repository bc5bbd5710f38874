/** What a version was approved for, asked again: rows of the test part, and what the batch transform answered to them. */
import { permanent } from '../failures.ts';

/** The same artifact and image answer the same rows alike: what is left is the rounding of sums that are added in another order. */
const TOLERANCE = 1e-6;

export interface Smoke {
  readonly instances: readonly unknown[];
  /** Prediction objects, one an instance. */
  readonly predictions: readonly unknown[];
}

/** Out of evaluation.json. Throws `RolloutFailed` naming `uri`. */
export function readSmoke(text: string, uri: string): Smoke {
  const smoke = (parse(text) as { smoke?: Partial<Smoke> } | undefined)?.smoke;
  const { instances, predictions } = smoke ?? {};
  if (!Array.isArray(instances) || !Array.isArray(predictions) || instances.length !== predictions.length)
    throw permanent(
      'RolloutFailed',
      `${uri} has no "smoke" of as many instances as predictions: evaluate the model again`,
    );
  if (instances.length === 0)
    throw permanent('RolloutFailed', `${uri}: its "smoke" is empty: evaluate the model again`);
  return { instances, predictions };
}

/** The number of predictions compared. Throws `RolloutFailed` naming the first that differs. */
export function compare(who: string, due: readonly unknown[], answer: string): number {
  const got = (parse(answer) as { predictions?: unknown } | undefined)?.predictions;
  if (!Array.isArray(got) || got.length !== due.length)
    throw permanent(
      'RolloutFailed',
      `${who}: asked for ${due.length} predictions, it answered ${Array.isArray(got) ? got.length : `"${answer.slice(0, 200)}"`}`,
    );
  const wrong = due.findIndex((one, at) => !alike(one, got[at]));
  if (wrong < 0) return due.length;
  throw permanent(
    'RolloutFailed',
    `${who} does not predict as its evaluation did: instance ${wrong} was ${shown(due[wrong])}, now is ${shown(got[wrong])}; numbers may be ${TOLERANCE} apart, all else must be equal`,
  );
}

/** Of large values, the tolerance is relative. */
function alike(due: unknown, got: unknown): boolean {
  if (typeof due === 'number' && typeof got === 'number')
    return Math.abs(due - got) <= TOLERANCE * Math.max(1, Math.abs(due));
  if (typeof due !== 'object' || typeof got !== 'object' || due === null || got === null) return due === got;
  const [mine, theirs] = [new Map(Object.entries(due)), new Map(Object.entries(got))];
  return mine.size === theirs.size && [...mine].every(([name, value]) => alike(value, theirs.get(name)));
}

const shown = (prediction: unknown): string => String(JSON.stringify(prediction)).slice(0, 300);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
