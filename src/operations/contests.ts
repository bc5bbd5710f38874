/** Champion against challengers over time: what each was worth on the same test rows, cycle by cycle. */
import { z } from 'zod';
import type { EvaluationDetails } from '../data/evaluation.ts';
import { type Archive, jsonAt } from './archive.ts';
import { type CycleEvent, history } from './history.ts';
import { estimate } from './shapes/parts.ts';

export const contestShape = z.object({
  cycle: z.number(),
  at: z.string().describe('When the cycle ended.'),
  outcome: z.string(),
  version: z.number().optional(),
  metric: z.string().describe('What its plan trained for.'),
  challenger: estimate,
  champion: estimate.optional().describe('Absent in a first cycle, and when the champion could not be asked.'),
});
export type Contest = z.infer<typeof contestShape>;

export interface ContestsAsked {
  readonly model: string;
  /** Of the newest cycles that evaluated something. */
  readonly limit?: number;
}

/** Oldest first. An evaluation that is gone from the bucket is left out. */
export async function contests(archive: Archive, { model, limit = 30 }: ContestsAsked): Promise<Contest[]> {
  const { events } = await history(archive, { model, limit: Number.POSITIVE_INFINITY });
  const evaluated = events.filter((one) => one.kind === 'cycle').filter(({ report }) => report !== undefined);
  const found = await Promise.all(evaluated.slice(0, limit).map((cycle) => contestOf(archive, cycle)));
  return found.flatMap((one) => one ?? []).reverse();
}

async function contestOf(archive: Archive, event: CycleEvent): Promise<Contest | undefined> {
  const { cycle, at, outcome, version, objective: metric, report = '' } = event;
  const there = await jsonAt<EvaluationDetails>(archive, report.replace(/\.html$/, '.json'));
  if (!there || metric === undefined) return undefined;
  const { challenger, champion } = there;
  const value = challenger.metrics[metric];
  return value && { cycle, at, outcome, version, metric, challenger: value, champion: champion?.metrics[metric] };
}
