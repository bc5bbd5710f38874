/** How long a story is waited for: as long as things are killed, and then for what a story in peace may take at most. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { asFailure } from '../src/aws/errors.ts';

const CALM_MS = 720_000;
const LOOK_MS = 1_000;

/** Aborts when it is `calm` milliseconds since the later of now and `lastKill`, an instant in milliseconds. `end` lets go of it. */
export function untilStuck(lastKill: () => number, calm = CALM_MS): { readonly signal: AbortSignal; end(): void } {
  const stuck = new AbortController();
  const since = Date.now();
  const timer = setInterval(() => {
    if (Date.now() < Math.max(since, lastKill()) + calm) return;
    clearInterval(timer);
    stuck.abort(new Error(`nothing was killed for ${calm / 60_000} minutes, and it has not ended`));
  }, LOOK_MS);
  return { signal: stuck.signal, end: () => clearInterval(timer) };
}

/** Looks at AWS again while it is down: a story that has ended is looked at while things are killed in the others. */
export async function lookedAt<T>(look: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await look();
    } catch (error) {
      const failure = asFailure(error, 'look');
      if (!(failure instanceof ApplicationFailure) || failure.nonRetryable) throw error;
      await sleep(LOOK_MS, undefined, { signal });
    }
  }
}
