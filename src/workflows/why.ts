/** What lies behind a failure: Temporal wraps what an activity or a child threw. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowFailure,
  isCancellation,
  TimeoutFailure,
} from '@temporalio/workflow';

export interface Why {
  /** A failure type of src/failures.ts, `Timeout`, `Cancelled`, or the name of a plain error. */
  readonly type: string;
  readonly message: string;
  readonly details: readonly unknown[];
}

/** The innermost reason; a timeout tells what was last seen. */
export function why(error: unknown): Why {
  if (isCancellation(error)) return { type: 'Cancelled', message: 'it was cancelled', details: [] };
  if (error instanceof ActivityFailure) {
    const inner = inside(error);
    // The server reports what the last attempt said when the next one would come too late.
    if (inner.type === 'Timeout' || error.retryState === 'TIMEOUT') return timeout(`${error.activityType} `, inner);
    return inner;
  }
  if (error instanceof ChildWorkflowFailure) return inside(error);
  if (error instanceof TimeoutFailure) return timeout('', error.cause && why(error.cause));
  if (error instanceof ApplicationFailure)
    return { type: error.type ?? 'Error', message: error.message, details: error.details ?? [] };
  if (error instanceof Error) return { type: error.name, message: error.message, details: [] };
  return { type: 'Unknown', message: String(error), details: [] };
}

/**
 * The error, or a cancellation in its place where one was asked for: the try of an activity that is under way then may fail by itself,
 * and has no other. Ask before anything else is waited for.
 */
export function asCancelled(error: unknown): unknown {
  if (isCancellation(error) || !CancellationScope.current().consideredCancelled) return error;
  return new CancelledFailure('it was cancelled', [], error instanceof Error ? error : undefined);
}

const inside = (error: ActivityFailure | ChildWorkflowFailure): Why =>
  error.cause ? why(error.cause) : { type: 'Unknown', message: error.message, details: [] };

function timeout(what: string, last?: Why): Why {
  const seen = last?.type === 'Timeout' ? last.message.replace(TOO_LONG, '') : last && `; last seen: ${last.message}`;
  return { type: 'Timeout', message: `${what}${TOO_LONG}${seen ?? ''}`, details: [] };
}

const TOO_LONG = 'took too long';

/** Reasons of AWS's own, as activities tell them in the details of `JobFailed` and `RolloutFailed`. */
const AWS_TROUBLE = ['capacity', 'internal'];

/** A failure of this type that AWS caused: what was asked may be asked again. */
export const isAwsTrouble = (error: unknown, failure: 'JobFailed' | 'RolloutFailed'): boolean => {
  const { type, details } = why(error);
  const told = details[0] as { because?: unknown } | undefined;
  return type === failure && AWS_TROUBLE.some((trouble) => trouble === told?.because);
};
