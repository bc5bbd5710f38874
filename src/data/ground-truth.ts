/** Outcomes in SageMaker's ground-truth format: one JSON line an outcome, tied to its prediction by the event id. */
import { parseJson } from './predictions.ts';

export interface Outcome {
  /** `<inference id>/<index of the instance>`; the inference id alone for a request of one instance. */
  readonly eventId: string;
  readonly label: 0 | 1;
}

interface OutcomeLine {
  readonly groundTruthData?: { readonly data?: unknown };
  readonly eventMetadata?: { readonly eventId?: unknown };
}

/** undefined when the line is none. A label is 1, 0, true or false, as text or as it is. */
export function readOutcome(line: string): Outcome | undefined {
  const event = parseJson(line) as OutcomeLine | null | undefined;
  const eventId = event?.eventMetadata?.eventId;
  const data = event?.groundTruthData?.data;
  const label = typeof data === 'object' ? undefined : LABELS.get(String(data).trim().toLowerCase());
  return typeof eventId === 'string' && eventId && label !== undefined ? { eventId, label } : undefined;
}

const LABELS: ReadonlyMap<string, 0 | 1> = new Map([
  ['1', 1],
  ['1.0', 1],
  ['true', 1],
  ['0', 0],
  ['0.0', 0],
  ['false', 0],
]);
