/** Requests as SageMaker's Data Capture keeps them: one JSON line a request, with what was asked and what was answered. */
import type { Target } from '../activities/types.ts';
import { PROBE } from '../names.ts';
import { FORMS, parseJson, scoresOf } from './predictions.ts';

export interface CapturedRequest {
  /** The caller's inference id; SageMaker's own event id where there was none. */
  readonly id: string;
  /** Milliseconds since 1970; captures know whole seconds only. */
  readonly at: number;
  readonly instances: readonly Readonly<Record<string, unknown>>[];
  /** The numbers of one prediction an instance, as `scoresOf` reads them. */
  readonly scores: readonly (readonly number[])[];
}

/** Why a line is no answered request of anybody: it cannot be read at all, the model refused it, or we asked it ourselves. */
export type NotCaptured = { readonly why: 'unreadable' | 'own'; readonly problem: string } | RefusedRequest;

export interface RefusedRequest {
  readonly why: 'refused';
  readonly id: string;
  readonly at: number;
  /** What the model said, without the number of the row and the value that it found: the same for the same cause. */
  readonly problem: string;
}

interface CaptureLine {
  readonly captureData?: { readonly endpointInput?: Side; readonly endpointOutput?: Side };
  readonly eventMetadata?: {
    readonly eventId?: unknown;
    readonly inferenceId?: unknown;
    readonly inferenceTime?: unknown;
  };
}
interface Side {
  readonly data?: unknown;
  readonly encoding?: unknown;
}

/** `target` is what the version that was asked predicts. Never throws. */
export function readCapture(line: string, target: Target): CapturedRequest | NotCaptured {
  const event = parseJson(line) as CaptureLine | null | undefined;
  if (typeof event !== 'object' || event === null) return unreadable('it is not a JSON object');
  const { inferenceId, eventId, inferenceTime } = event.eventMetadata ?? {};
  const id = typeof inferenceId === 'string' && inferenceId ? inferenceId : eventId;
  if (typeof id !== 'string' || !id) return unreadable('eventMetadata has neither inferenceId nor eventId');
  if (id.startsWith(PROBE)) return { why: 'own', problem: 'it was a probe' };
  const at = typeof inferenceTime === 'string' ? Date.parse(inferenceTime) : Number.NaN;
  if (Number.isNaN(at)) return unreadable('eventMetadata.inferenceTime is no instant');
  const answer = sideContent(event.captureData?.endpointOutput);
  if (answer === undefined) return unreadable('endpointOutput is not JSON');
  const predictions = member(answer, 'predictions');
  if (!Array.isArray(predictions)) {
    const error = member(answer, 'error');
    if (error === undefined) return unreadable('endpointOutput has no predictions');
    return { why: 'refused', id, at, problem: causeOf(member(error, 'message')) };
  }
  const instances = member(sideContent(event.captureData?.endpointInput), 'instances');
  if (
    !Array.isArray(instances) ||
    instances.some((one) => typeof one !== 'object' || one === null || Array.isArray(one))
  )
    return unreadable('endpointInput has no instances');
  if (instances.length !== predictions.length)
    return unreadable(`${instances.length} instances were asked, ${predictions.length} predictions answered`);
  const scores = predictions.map((prediction) => scoresOf(prediction, target));
  const wrong = scores.indexOf(undefined);
  if (wrong >= 0) return unreadable(`prediction ${wrong} is not ${FORMS[target.problem]}`);
  return { id, at, instances, scores: scores as number[][] };
}

/** The text of one side, decoded and parsed; undefined when it is not JSON. */
export function sideContent(side: Side | undefined): unknown {
  if (typeof side?.data !== 'string') return side?.data;
  return parseJson(side.encoding === 'BASE64' ? Buffer.from(side.data, 'base64').toString('utf8') : side.data);
}

/** `instances[3].distance: expected a number, found "far"; …` → `distance: expected a number`. */
const causeOf = (message: unknown): string =>
  (typeof message === 'string' &&
    message
      .replace(/^(instances\[\d+\]|line \d+)\.?/, '')
      .split(/, found |; /)[0]
      ?.slice(0, 120)) ||
  'the model gave no reason';

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

const unreadable = (problem: string): { readonly why: 'unreadable'; readonly problem: string } => ({
  why: 'unreadable',
  problem,
});
