/** What the prediction API gives back. Pure. */
import { Refusal } from './refusal.ts';

export interface GatewayResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What `InvokeEndpoint` gave: the container's text and the variant that answered. */
export interface Invoked {
  readonly text: string;
  readonly variant?: string;
}

/** No browser takes an answer for a page, and nobody keeps it. */
const JSON_TYPE = {
  'content-type': 'application/json',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
} as const;

/**
 * The answer to `rows` instances: every prediction of the container with its id, `<inferenceId>/<index>`, under which
 * its true outcome is told later. Throws `Refusal` 502 when the container answered something else.
 */
export function answer(invoked: Invoked, inferenceId: string, rows: number): GatewayResponse {
  const predictions = readPredictions(invoked.text);
  if (predictions?.length !== rows)
    throw new Refusal(502, 'container-answer', 'the model gave no prediction for each instance; ask its owner');

  const modelVersion = versionOf(invoked.variant);
  const body = {
    predictions: predictions.map((prediction, index) => ({ id: `${inferenceId}/${index}`, ...prediction })),
    ...(modelVersion === undefined ? {} : { modelVersion }),
  };
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(body) };
}

export const refuse = (refusal: Refusal): GatewayResponse => ({
  status: refusal.status,
  headers: { ...JSON_TYPE, ...refusal.headers },
  body: JSON.stringify({ error: { message: refusal.message } }),
});

/** A variant is called `v<version>`. */
export function versionOf(variant: string | undefined): number | undefined {
  const found = /^v(\d+)$/.exec(variant ?? '');
  return found ? Number(found[1]) : undefined;
}

function readPredictions(text: string): object[] | undefined {
  try {
    const read = JSON.parse(text) as { predictions?: unknown } | null;
    const predictions = read?.predictions;
    const good = Array.isArray(predictions) && predictions.every((p) => typeof p === 'object' && p !== null);
    return good ? (predictions as object[]) : undefined;
  } catch {
    return undefined;
  }
}
