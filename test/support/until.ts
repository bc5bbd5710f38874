/** Waiting for a condition, never for time to pass. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Until the next look, after so long a wait: soon at first, then less often, for each look may cost both sides a request. */
export const untilNextMs = (waitedMs: number): number => Math.min(200, 25 + waitedMs / 10);

/** Resolves with the first value that is not undefined or false; throws with `what` when there is none in time. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  withinMs = 30_000,
): Promise<T> {
  const begun = Date.now();
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    const waited = Date.now() - begun;
    if (waited > withinMs) throw new Error(`waited in vain for ${what}`);
    await sleep(untilNextMs(waited));
  }
}
