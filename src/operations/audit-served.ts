/** What a ledger says of one instant: which version served, since and until when, by whose word, made of what. Pure. */
import { z } from 'zod';
import type { LedgerEntry } from '../activities/types.ts';
import type { Kept, StepVerdict } from '../workflows/shapes.ts';
import { word, wordOf } from './ledger-words.ts';
import { objectRef } from './shapes/parts.ts';

const said = z.object(word);

export const servedShape = z.object({
  version: z.number(),
  cycle: z.number(),
  since: z.string(),
  until: z.string().optional().describe('When another one took over, or it was retired.'),
  put: said.describe('The entry that says that it serves: the cycle, or the rollback, and why.'),
  decided: said.optional().describe("Who approved its cycle; absent when its plan needs nobody's word."),
  planHash: z.string(),
  algorithm: z.string(),
  artifact: z.string(),
  modelSha256: z.string(),
  package: z.string(),
  evaluation: objectRef,
  asOf: z.string().optional(),
  data: z
    .object({
      sources: z
        .array(
          z.object({
            source: z.string(),
            data: objectRef,
            rows: z.number(),
            from: z.string().optional(),
            to: z.string().optional(),
          }),
        )
        .describe('The snapshots; empty when its evaluation is older than their telling.'),
      train: objectRef.optional(),
      validation: objectRef.optional(),
      transform: objectRef.optional(),
      test: objectRef,
    })
    .optional()
    .describe('Absent when its evaluation is gone from the bucket.'),
  canary: z
    .object({ cycle: z.number(), step: z.string(), version: z.number().optional() })
    .optional()
    .describe('A challenger that had a part of the requests at that instant.'),
});
export type Served = z.infer<typeof servedShape>;

/** Without what its evaluation adds. Entries are in order. */
export function servedAt(ledger: readonly LedgerEntry[], at: string): Served | undefined {
  const change = ({ event }: LedgerEntry) => event === 'serving' || event === 'retired';
  const index = ledger.findLastIndex((entry) => change(entry) && entry.at <= at);
  const entry = ledger[index];
  if (entry?.event !== 'serving' || !entry.facts.kept) return undefined;
  const { version } = entry.facts.kept as Kept;
  const { cycle, planHash, algorithm, artifact, facts, packageArn, evaluation } = version;
  const until = ledger.find((later, place) => place > index && change(later))?.at;
  const approval = ledger.findLast(
    (one) => one.event === 'approved' && one.facts.cycle === cycle && one.seq < entry.seq,
  );
  const canary = canaryAt(ledger, at);
  return {
    ...{ version: version.version, cycle, since: entry.at, ...(until && { until }), put: wordOf(entry) },
    ...(approval && { decided: wordOf(approval) }),
    ...{ planHash, algorithm, artifact, modelSha256: facts.sha256, package: packageArn, evaluation },
    ...(canary && { canary }),
  };
}

/** The step of a rollout that lay around an instant: verdicts are given at the end of each step. */
function canaryAt(ledger: readonly LedgerEntry[], at: string): Served['canary'] {
  for (const { event, at: ended, facts } of ledger) {
    const verdicts = (event === 'cycle ended' && (facts.verdicts as StepVerdict[] | undefined)) || [];
    const { cycle, version } = facts as { cycle: number; version?: number };
    const serves = ledger.find((one) => one.event === 'serving' && one.facts.version === version)?.at ?? ended;
    const last = verdicts.at(-1)?.at;
    if (!last || at >= serves) continue;
    const began =
      ledger.find((one) => one.event === 'approved' && one.facts.cycle === cycle)?.at ?? verdicts[0]?.at ?? '';
    const step = verdicts.find((one) => at <= one.at);
    if (step && at >= began) return { cycle, step: step.step, ...(version !== undefined && { version }) };
  }
  return undefined;
}
