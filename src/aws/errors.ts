/** The one place that turns AWS's errors into our failures. */
import { ApplicationFailure } from '@temporalio/common';
import { isFullDisk, permanent, unavailable } from '../failures.ts';
import { redact } from '../redact.ts';
import {
  BUSY,
  CAPACITY,
  CLOCK,
  CLOCK_SAID,
  CREDENTIALS,
  DAMAGED,
  DENIED,
  MENDS,
  MISSING,
  NETWORK,
  type Reason,
  TAKEN,
  THROTTLED,
} from './error-names.ts';

/**
 * Makes one AWS call. `what` names the call and its thing, as "CreateModel flight-delays-1-model"; it opens the message
 * of every failure. Throws `Unavailable` (retryable), `AccessDenied` or `InvalidRequest` (permanent); an error that is
 * not AWS's own flies on as it is.
 */
export async function call<T>(what: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw asFailure(error, what);
  }
}

/** Like `call`, but undefined where AWS says that there is no such thing. */
export async function callOrMissing<T>(what: string, send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw asFailure(error, what);
  }
}

/** Like `call`, but undefined where AWS says that the name is taken: describe the thing and adopt it. */
export async function callOrTaken<T>(what: string, send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send();
  } catch (error) {
    if (isTaken(error)) return undefined;
    throw asFailure(error, what);
  }
}

/** There is no such thing. SageMaker says so of most things by a `ValidationException`. */
export const isMissing = (error: unknown): boolean => {
  const { name, message } = read(error);
  return (
    MISSING.has(name) ||
    (name === 'ValidationException' && /could not find|does not exist|resource not found/i.test(message))
  );
};

/** The name is taken: by an earlier try of ours, or by somebody else's thing. */
export const isTaken = (error: unknown): boolean => {
  const { name, message } = read(error);
  return TAKEN.has(name) || (name === 'ValidationException' && /already exist/i.test(message));
};

/** The thing is in the middle of a change and takes no other now. */
export const isBusy = (error: unknown): boolean => {
  const { name, message } = read(error);
  return (
    BUSY.has(name) || (name === 'ValidationException' && /in-progress|in progress|currently updating/i.test(message))
  );
};

/** The failure that an error of AWS's SDK means; errors that are not AWS's come back as they are. */
export function asFailure(error: unknown, what: string): unknown {
  if (error instanceof ApplicationFailure || !isRemote(error)) return error;
  const { name, code, message, status } = read(error);
  const says = `${what}: ${message}${message.includes(name) ? '' : ` (${name})`}`;
  const again = (reason: Reason, after?: number) =>
    unavailable(MENDS[reason] ? `${says}; ${MENDS[reason]}` : says, { reason, error: name }, after);

  if (CREDENTIALS.test(name)) return again('credentials', 30_000);
  if (CLOCK.test(name) || CLOCK_SAID.test(message)) return again('clock', 30_000);
  if (CAPACITY.test(name)) return quota(says, name, message, again);
  if (DENIED.test(name) || status === 401 || (status === 403 && !THROTTLED.test(name)))
    return permanent('AccessDenied', `${says}; let the worker's identity make this call`, { error: name });
  if (THROTTLED.test(name) || status === 429) return again('throttling', 15_000);
  if (isFullDisk(code)) return again('disk', 60_000);
  if (NETWORK.test(name) || NETWORK.test(code) || DAMAGED.test(message)) return again('network');
  if (status !== undefined && status >= 500) return again('service');
  if (isBusy(error)) return again('busy');
  // IAM is eventually consistent: a role made a moment ago is not yet known everywhere.
  if (/cannot be assumed|could not assume role/i.test(message)) return again('busy', 10_000);
  if (name === 'NoSuchBucket') return bucketGone(says);
  return permanent('InvalidRequest', says, { error: name, missing: isMissing(error) });
}

/** Its content is gone with it: what works on that cannot go on. */
export const bucketGone = (says: string): ApplicationFailure =>
  permanent(
    'InvalidRequest',
    `${says}; bring the bucket back, or let PERENNIAL_BUCKET name another, and start a new cycle`,
    { error: 'NoSuchBucket' },
  );

/** A quota of nothing is never waited out: a person must have it raised. */
function quota(says: string, name: string, message: string, again: (reason: Reason, after?: number) => unknown) {
  if (!/ is 0 /.test(message)) return again('capacity', 60_000);
  return permanent(
    'InvalidRequest',
    `${says}; have this quota raised in Service Quotas, or choose another instance type`,
    {
      error: name,
    },
  );
}

interface RemoteError {
  readonly name?: string;
  readonly code?: unknown;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

function isRemote(error: unknown): boolean {
  if (!(error instanceof Error) || error.name === 'AbortError') return false;
  const { name, code } = read(error);
  return (
    '$metadata' in error ||
    '$fault' in error ||
    [NETWORK, CREDENTIALS].some((known) => known.test(name)) ||
    NETWORK.test(code) ||
    isFullDisk(code) ||
    DAMAGED.test(error.message)
  );
}

function read(error: unknown): { name: string; code: string; message: string; status: number | undefined } {
  const e = (typeof error === 'object' && error !== null ? error : {}) as RemoteError;
  const code = typeof e.code === 'string' ? e.code : '';
  const message = redact(e.message || code || 'no message');
  return { name: e.name ?? 'Error', code, message, status: e.$metadata?.httpStatusCode };
}
