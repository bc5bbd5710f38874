/**
 * How long activities may take, by class, and how they are tried again. Attempts are bounded by time, not by number:
 * a worker's restart costs an attempt. Cancelling waits for the attempt that runs, so that nothing is created after
 * its undo; only `data` is let go at once, because what it writes is content-addressed.
 */
import type { ActivityOptions } from '@temporalio/workflow';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * A worker that dies is noticed after this long, whatever it was doing: its heartbeats, which it sends by itself
 * (src/temporal/heartbeat.ts), stop. Without them a kill would cost the whole time of the attempt.
 */
const HEARD_WITHIN = MINUTE / 2;

const patient = { initialInterval: 2_000, backoffCoefficient: 2, maximumInterval: MINUTE / 2 } as const;

/** One or a few calls of an API. */
export const QUICK = {
  startToCloseTimeout: 2 * MINUTE,
  heartbeatTimeout: HEARD_WITHIN,
  scheduleToCloseTimeout: HOUR,
  retry: patient,
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
} as const satisfies ActivityOptions;

/** Reads or writes data. What waits for a slot, behind many others, has waited for nothing that failed: it gets a day. */
export const DATA = {
  startToCloseTimeout: 2 * HOUR,
  scheduleToCloseTimeout: 24 * HOUR,
  heartbeatTimeout: HEARD_WITHIN,
  retry: patient,
  cancellationType: 'TRY_CANCEL',
} as const satisfies ActivityOptions;

/** Tells people. Late news is no news, and nobody may be kept waiting by it. */
export const TELL = {
  ...QUICK,
  startToCloseTimeout: MINUTE,
  scheduleToCloseTimeout: 10 * MINUTE,
} as const satisfies ActivityOptions;

/** Keeps what must not be lost: the ledger, an undo. */
export const KEEP = {
  startToCloseTimeout: 2 * MINUTE,
  heartbeatTimeout: HEARD_WITHIN,
  scheduleToCloseTimeout: 6 * HOUR,
  retry: patient,
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
} as const satisfies ActivityOptions;

/**
 * Looks again and again until a remote thing is done, for at most `ms` and a margin in which AWS starts and ends it.
 * Each look is an attempt that fails with `NotYet`: no worker slot is held, and no event is added to the history.
 */
export const look = (ms: number) =>
  ({
    startToCloseTimeout: MINUTE,
    // A worker that dies in the midst of a look is noticed in seconds.
    heartbeatTimeout: 10_000,
    scheduleToCloseTimeout: ms + LOOK_MARGIN,
    retry: { initialInterval: 1_000, backoffCoefficient: 1.5, maximumInterval: 30_000 },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  }) as const satisfies ActivityOptions;

/** AWS may take this long to find, start and give back machines, beyond the run itself. */
export const LOOK_MARGIN = 30 * MINUTE;
/** How long an endpoint may take to become what was asked. */
export const ENDPOINT_MAX = HOUR;
/** How often a job or a change of an endpoint is asked for that AWS fails (capacity, its own error); a job under a new name. */
export const ATTEMPTS = 3;
