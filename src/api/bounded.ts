/** Waiting for a result, but not for ever: what takes longer goes on, and the asker is told where to look. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { ApiProblem } from './problem.ts';

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

/** Of reads of what lies in AWS. */
const READ_WITHIN_MS = 30_000;

export type Bounded = <T>(request: FastifyRequest, work: () => Promise<T>, mend?: string) => Promise<T>;

/** So many at once, and what takes longer is given up by the asker. A place is held until the work has ended, also when nobody waits for it any more: so the process is never full of it. */
export function boundedBy(most: number, ms = READ_WITHIN_MS): Bounded {
  let held = 0;
  return async (request, work, mend = 'ask for less, or again in a moment') => {
    if (held >= most)
      throw new ApiProblem('unavailable', `${most} of this kind are under way`, 'ask again in a moment');
    held += 1;
    const running = work().finally(() => {
      held -= 1;
    });
    const done = running.then((value) => ({ value }));
    const late = (error: unknown) => request.log.warn({ err: error }, 'a read failed that nobody waited for');
    const answered = await within(ms, done, late);
    if (answered) return answered.value;
    throw new ApiProblem('unavailable', `it takes longer than ${ms / 1000} s`, mend);
  };
}
