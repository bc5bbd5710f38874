/** Waiting for a result, but not for ever: what takes longer goes on, and the asker is told where to look. */
import { setTimeout as sleep } from 'node:timers/promises';

export const WAIT_MS = 20_000;

/** undefined when it takes longer; a failure that comes later is left to `late`. */
export async function within<T>(ms: number, work: Promise<T>, late: (error: unknown) => void): Promise<T | undefined> {
  const timer = new AbortController();
  const over = Symbol('over');
  const first = await Promise.race([
    work,
    sleep(ms, over, { signal: timer.signal, ref: false }).catch(() => over),
  ]).finally(() => timer.abort());
  if (first !== over) return first as T;
  work.catch(late);
  return undefined;
}
