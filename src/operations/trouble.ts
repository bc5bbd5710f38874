/** Temporal's errors as a person can read them: what was wrong, and what mends it. Bugs fly on as they are. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  isGrpcDeadlineError,
  isGrpcServiceError,
  QueryNotRegisteredError,
  ServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { UserError } from '../errors.ts';
import type { Operator } from './types.ts';

/** Longest wait for an answer of the server or, for updates, of a worker. */
export const ANSWER_WITHIN_MS = 30_000;

/** A query that would have run ahead of its workflow (src/workflows/steady.ts) is asked again for so long. */
const ASKED_AGAIN_MS = 10_000;
const BETWEEN_MS = 100;

/** Makes one request with a deadline. `what` names the model; it is in the message when there is no such model. */
export async function ask<T>({ client, address }: Operator, what: string, send: () => Promise<T>): Promise<T> {
  const began = Date.now();
  for (;;) {
    try {
      return await client.connection.withDeadline(began + ANSWER_WITHIN_MS, send);
    } catch (error) {
      if (!isRefused(error) || Date.now() > began + ASKED_AGAIN_MS) throw asUserError(error, what, address);
    }
    await sleep(BETWEEN_MS);
  }
}

/** A query that its workflow knows, and did not answer. */
const isRefused = (error: unknown): error is QueryNotRegisteredError =>
  error instanceof QueryNotRegisteredError && !/did not register a handler/.test(error.message);

/** Nobody answered: it may be otherwise in a moment, when a worker or the server is back. */
export class Unanswered extends UserError {
  constructor(message: string, hint: string) {
    super(message, hint, 'unanswered');
  }
}

export function asUserError(error: unknown, what: string, address: string): unknown {
  if (error instanceof WorkflowNotFoundError)
    return new UserError(
      `there is no ${what}`,
      'apply its plan first: "perennial apply <folder>"; "perennial status" lists what there is',
      'missing',
    );
  if (error instanceof WorkflowUpdateFailedError)
    return new UserError(error.cause?.message ?? error.message, 'see "perennial status"');
  if (error instanceof WorkflowFailedError)
    return new UserError(innermost(error), 'look at the workflow in the Temporal Web UI');
  if (isRefused(error))
    return new Unanswered(
      `${what} cannot answer: ${error.message}`,
      'it goes on by itself once a worker can; the Temporal Web UI shows why none could',
    );
  const service = serviceError(error);
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isDeadline(error) || hasNoWorker(service))
    return new Unanswered(
      `${what} did not answer within ${ANSWER_WITHIN_MS / 1000} s`,
      'is a worker running? "npx perennial worker" starts one; the Temporal Web UI shows what waits',
    );
  if (!service) return error;
  if (service.code === FAILED_PRECONDITION && /workflow task in failed state/i.test(service.details))
    return new Unanswered(
      `${what} cannot answer: its workers died at it, or its code failed, several times in a row`,
      'it goes on by itself once a worker can; the Temporal Web UI shows why none could',
    );
  const message = service.details || service.message;
  if (service.code === UNAVAILABLE)
    return new Unanswered(
      `Temporal does not answer at ${address}: ${message}`,
      'start it with "npx perennial up", or set TEMPORAL_ADDRESS',
    );
  if (IN_TROUBLE.has(service.code) && service.details !== CANCELLED_HERE)
    return new Unanswered(`Temporal at ${address} could not answer: ${message}`, 'try again; its own log says more');
  if (service.code === NOT_FOUND && /namespace/i.test(message))
    return new UserError(message, 'set TEMPORAL_NAMESPACE to a namespace that exists', 'elsewhere');
  if (service.code === NOT_FOUND) return new UserError(`there is no ${what}`, 'see "perennial status"', 'missing');
  if (service.code === UNAUTHENTICATED || service.code === PERMISSION_DENIED)
    return new UserError(
      `Temporal refused: ${message}`,
      'check TEMPORAL_API_KEY or the TLS certificates, and TEMPORAL_NAMESPACE',
      'elsewhere',
    );
  return error;
}

/** gRPC's status codes. */
export const NOT_FOUND = 5;
export const ALREADY_EXISTS = 6;
const PERMISSION_DENIED = 7;
export const INVALID_ARGUMENT = 3;
export const FAILED_PRECONDITION = 9;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;
/** What a server says whose parts stop, start, or have too much to do: cancelled, unknown, resource exhausted, aborted, internal. */
const IN_TROUBLE: ReadonlySet<number> = new Set([1, 2, 8, 10, 13]);
/** What gRPC's client says when it was this side that let go. */
const CANCELLED_HERE = 'Cancelled on client';

/** The gRPC error inside; the SDK wraps it in `ServiceError`. */
export function serviceError(error: unknown): { code: number; details: string; message: string } | undefined {
  if (isGrpcServiceError(error)) return error;
  if (error instanceof ServiceError && isGrpcServiceError(error.cause)) return error.cause;
  return undefined;
}

/** The server knows that no worker has asked for work lately. */
const hasNoWorker = (service?: { code: number; details: string }): boolean =>
  service?.code === FAILED_PRECONDITION && /poller|worker/i.test(service.details);

const isDeadline = (error: unknown): boolean =>
  isGrpcDeadlineError(error) || (error instanceof ServiceError && isGrpcDeadlineError(error.cause));

function innermost(error: Error): string {
  let inner: Error = error;
  while (inner.cause instanceof Error) inner = inner.cause;
  return inner.message;
}
