/** Waiting for a thing that is ready in seconds; what takes longer is watched by an activity of its own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { notYet } from '../failures.ts';

export interface Patience {
  readonly signal?: AbortSignal;
  /** Milliseconds; half a minute when left out: several waits fit into one attempt of an activity. */
  readonly atMost?: number;
  /** Milliseconds between looks; half a second when left out. */
  readonly every?: number;
}

/**
 * Looks until `look` gives something. Throws `NotYet` (retryable) when the patience is over, and what the signal was
 * aborted with when it is.
 */
export async function until<T>(what: string, look: () => Promise<T | undefined>, patience: Patience = {}): Promise<T> {
  const { signal, atMost = 30_000, every = 500 } = patience;
  const end = Date.now() + atMost;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() + every > end) throw notYet(`${what} is not ready after ${Math.round(atMost / 1000)} s`);
    await sleep(every, undefined, { signal });
  }
}
