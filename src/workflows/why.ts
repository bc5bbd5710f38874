/** What lies behind a failure: Temporal wraps what an activity or a child threw. */
import {
  ActivityFailure,
  ApplicationFailure,
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
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) {
    const inner = error.cause ? why(error.cause) : { type: 'Unknown', message: error.message, details: [] };
    if (inner.type !== 'Timeout' || !(error instanceof ActivityFailure)) return inner;
    return { ...inner, message: `${error.activityType}: ${inner.message}` };
  }
  if (error instanceof TimeoutFailure) {
    const last = error.cause ? `; last seen: ${why(error.cause).message}` : '';
    return { type: 'Timeout', message: `it took too long (${words(error.timeoutType)})${last}`, details: [] };
  }
  if (error instanceof ApplicationFailure)
    return { type: error.type ?? 'Error', message: error.message, details: error.details ?? [] };
  if (error instanceof Error) return { type: error.name, message: error.message, details: [] };
  return { type: 'Unknown', message: String(error), details: [] };
}

const words = (timeout = 'no answer'): string => timeout.toLowerCase().replaceAll('_', ' ');
