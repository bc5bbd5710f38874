/** How many databases a worker may hold at once, and how much memory each takes before it spills to disk: never more than there is. */
import { availableParallelism, totalmem } from 'node:os';

/** Of the memory that the process may have, the part that all databases together may take. */
const SHARE = 0.8;
/** More than this helps no query of ours. */
const MOST = 8 * 2 ** 30;
/** One long preparation must not keep all others waiting. */
const LEAST_SLOTS = 2;

export interface DatabaseMemory {
  readonly slots: number;
  /** Bytes. */
  readonly each: number;
}

export function databaseMemory(memory = memoryHere(), cores = availableParallelism()): DatabaseMemory {
  const all = memory * SHARE;
  const slots = Math.max(LEAST_SLOTS, Math.min(Math.floor(all / MOST), cores));
  return { slots, each: Math.min(all / slots, MOST) };
}

/** What a container allows, or what the machine has. */
function memoryHere(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}
