/** The sweeper: looks for what nothing needs, and deletes it when it is told to. */
import { setCurrentDetails } from '@temporalio/workflow';
import type { SweepFound, SweepLook } from '../activities/types.ts';
import { data } from './act.ts';
import { now } from './board.ts';

export interface SweepInput extends Omit<SweepLook, 'now'> {
  /** Whether what is found is deleted. */
  readonly remove: boolean;
}

export interface SweepResult extends SweepFound {
  readonly deleted: readonly string[];
}

export async function sweep({ living, only, olderThan, remove }: SweepInput): Promise<SweepResult> {
  const look = { living, only, olderThan, now: now() };
  const looked = await data('Look for what nothing needs').findOrphans(look);
  const { found } = looked;
  const lines = found.map(({ kind, name, why }) => `- ${kind} \`${name}\`: ${why}`);
  setCurrentDetails(lines.length ? lines.join('\n') : 'Nothing is there that nothing needs.');
  if (!remove || found.length === 0) return { ...looked, deleted: [] };
  const { deleted } = await data(`Delete ${found.length} things that nothing needs`).deleteOrphans({ ...look, found });
  return { ...looked, deleted };
}
