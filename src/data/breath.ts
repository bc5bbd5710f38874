/** Long loops that let the process go on living: other activities, heartbeats, cancellation. */
import { setImmediate } from 'node:timers/promises';

const MOST_MS = 20;

/** Call it often: it gives way when 20 ms have gone by since it last did, and throws the reason once `signal` aborts. */
export function breathing(signal: AbortSignal): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < MOST_MS) return;
    await setImmediate();
    signal.throwIfAborted();
    last = performance.now();
  };
}
