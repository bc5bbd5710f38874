/** Champion against challengers over time: what each was worth on the same test rows, cycle by cycle. */
import { z } from 'zod';
import type { EvaluationDetails } from '../data/evaluation.ts';
import { type Archive, ledgerOf, reading } from './archive.ts';
import { cyclesOf } from './history.ts';
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
  const evaluated = cyclesOf(await ledgerOf(archive, model)).filter(({ report }) => report !== undefined);
  const found = await Promise.all(
    evaluated.slice(0, limit).map(async ({ cycle, at, outcome, version, report = '' }): Promise<Contest[]> => {
      const uri = report.replace(/\.html$/, '.json');
      const there = await reading(() => archive.store.content(uri, true));
      if (there?.text === undefined) return [];
      const { objective: metric, challenger, champion } = JSON.parse(there.text) as EvaluationDetails;
      const value = challenger.metrics[metric];
      return value
        ? [{ cycle, at, outcome, version, metric, challenger: value, champion: champion?.metrics[metric] }]
        : [];
    }),
  );
  return found.flat().reverse();
}
