/** Hysteresis: what is seen must be seen so many passes in a row before it is an alarm, and then it stays one until it is calm. */
import type { MonitorMemory } from '../activities/types.ts';

export type Past = Pick<MonitorMemory, 'streaks' | 'raised'>;

export interface Sight {
  readonly subject: string;
  /** It is bad enough for an alarm. */
  readonly over: boolean;
  /** It is so good that an alarm ends. */
  readonly calm: boolean;
}

/** What the next pass must know. Subjects that this one did not see are as they were. */
export function remember(past: Past, seen: readonly Sight[], consecutive: number): Past {
  const streaks = new Map(Object.entries(past.streaks));
  const raised = new Set(past.raised);
  for (const { subject, over, calm } of seen) {
    const streak = over ? (streaks.get(subject) ?? 0) + 1 : 0;
    if (streak > 0) streaks.set(subject, streak);
    else streaks.delete(subject);
    if (streak >= consecutive) raised.add(subject);
    else if (calm) raised.delete(subject);
  }
  return { streaks: Object.fromEntries([...streaks].sort(byName)), raised: [...raised].sort() };
}

const byName = ([a]: readonly [string, number], [b]: readonly [string, number]): number => (a < b ? -1 : 1);
