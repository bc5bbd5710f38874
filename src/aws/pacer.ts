/**
 * Holds calls to a rate. AWS counts its limits by operation, for a whole account, so each operation has a lane of its own:
 * a flood of looks makes no create and no stop wait.
 */
import { setTimeout } from 'node:timers/promises';
import { unavailable } from '../failures.ts';

export interface Pacer {
  /**
   * Resolves when a call of the operation may be made. Throws `Unavailable` (retryable, with the time to come back after)
   * when too many wait for that: who waits long must not hold a worker's slot meanwhile.
   */
  turn(operation: string): Promise<void>;
}

export interface Pace {
  /** Calls a second of each operation; as many may be made at once after a second without any. */
  readonly rate: number;
  /** Told of every call: how many milliseconds it waited, or undefined when it was sent away. */
  readonly seen?: (operation: string, waitedMs: number | undefined) => void;
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** Longest time in a lane. */
const WAIT_MS = 10_000;

export function createPacer({ rate, seen = () => {}, now = () => performance.now(), sleep = setTimeout }: Pace): Pacer {
  const gap = 1_000 / rate;
  /** When the next call of an operation has its turn, if calls were never made at once. */
  const lanes = new Map<string, number>();
  return {
    async turn(operation) {
      const at = now();
      const turn = Math.max(lanes.get(operation) ?? 0, at - 1_000 + gap);
      const wait = Math.max(0, turn - at);
      if (wait > WAIT_MS) {
        seen(operation, undefined);
        throw crowded(operation, rate, wait);
      }
      lanes.set(operation, turn + gap);
      if (wait > 0) await sleep(wait);
      seen(operation, wait);
    },
  };
}

/** They come back at different times, so that they don't meet again. */
const crowded = (operation: string, rate: number, wait: number) =>
  unavailable(
    `${operation} waits its turn: ${Math.round((wait / 1_000) * rate)} calls are before it, at ${rate} a second (PERENNIAL_AWS_RATE)`,
    { reason: 'paced', error: 'Paced' },
    Math.round(wait * (1 + Math.random())),
  );
