/** What `apply` would change against the plan in force, what follows from it, and what it costs. Changes nothing. */
import { structuredPatch } from 'diff';
import { z } from 'zod';
import type { FrozenPlan } from '../activities/types.ts';
import { cycleCeiling, endpointMonth } from '../aws/costs.ts';
import { PRICES_SOURCE } from '../aws/prices.ts';
import { UserError } from '../errors.ts';
import { changesBetween } from '../plan/changes.ts';
import { consequencesOf, REACHED, WHENS } from '../plan/consequences.ts';
import * as say from '../workflows/messages.ts';
import { modelHandle, modelStatus } from './models.ts';
import { ask } from './trouble.ts';
import type { Operator } from './types.ts';

const money = z.object({ old: z.number().optional(), new: z.number().optional() });

export const diffShape = z
  .object({
    model: z.string(),
    isNew: z.boolean().describe('The model would be made.'),
    differs: z.boolean(),
    from: z.string().optional().describe('The hash of the plan in force.'),
    to: z.string(),
    changes: z.array(
      z.object({
        kind: z.enum(['added', 'changed', 'removed']),
        path: z.string(),
        old: z.unknown().optional(),
        new: z.unknown().optional(),
      }),
    ),
    files: z
      .array(
        z.object({
          file: z.string(),
          kind: z.enum(['added', 'changed', 'removed']),
          lines: z.array(z.string()).describe('As a unified diff has them, from @@ on.'),
        }),
      )
      .describe('features.sql and the other texts of the plan.'),
    stages: z.array(z.enum(REACHED)).describe('Stages of the next cycle that do otherwise.'),
    follows: z.array(z.object({ when: z.enum(WHENS), what: z.string() })),
    running: z.number().optional().describe('A cycle that runs now: it goes on by the plan that it began with.'),
    cost: z.object({
      cycleAtMost: money.describe('US dollars, every job running as long as it may.'),
      endpointMonth: money.describe('US dollars, of the fewest instances.'),
      endpointMonthAtMost: money.describe('US dollars, of the most that scaling may make of them.'),
      lastCycle: z.number().optional().describe('What the last one did cost.'),
      prices: z.string(),
    }),
  })
  .meta({ id: 'PlanDiff' });
export type Diff = z.infer<typeof diffShape>;

export async function diff(operator: Operator, { frozen }: { frozen: FrozenPlan }): Promise<Diff> {
  const { model } = frozen.plan;
  const known = await inForce(operator, model);
  const made = diffOf(known?.frozen, frozen);
  const lastCycle = known?.status.outcomes[0]?.costUsd;
  const running = known?.status.current?.cycle;
  return {
    ...made,
    ...(running !== undefined && made.differs && { running }),
    cost: { ...made.cost, ...(lastCycle !== undefined && { lastCycle }) },
  };
}

async function inForce(operator: Operator, model: string) {
  const plan = () => ask(operator, `model "${model}"`, () => modelHandle(operator, model).query(say.plan));
  const known = await plan().then(
    (frozen) => ({ frozen: frozen ?? undefined }),
    (error: unknown) => {
      if (error instanceof UserError && error.kind === 'missing') return undefined;
      throw error;
    },
  );
  if (!known) return undefined;
  const status = await modelStatus(operator, model);
  return status.retired ? undefined : { ...known, status };
}

/** Pure. */
export function diffOf(old: FrozenPlan | undefined, now: FrozenPlan): Diff {
  const differs = old?.hash !== now.hash;
  const changes = old && differs ? changesBetween(old.plan, now.plan) : [];
  const texts = (frozen: FrozenPlan | undefined) =>
    frozen ? { [frozen.plan.prepare.features]: frozen.features, ...frozen.files } : {};
  const files = old && differs ? filesBetween(texts(old), texts(now)) : [];
  const reached = old
    ? consequencesOf([...changes.map(({ path }) => path), ...files.map(({ file }) => pathOf(file, now))])
    : { follows: [], stages: [] };
  const [month, before] = [endpointMonth(now.plan), old && endpointMonth(old.plan)];
  return {
    ...{ model: now.plan.model, isNew: !old, differs, ...(old && { from: old.hash }), to: now.hash },
    ...{ changes, files, ...reached },
    cost: {
      cycleAtMost: { old: old && cycleCeiling(old.plan).usd, new: cycleCeiling(now.plan).usd },
      endpointMonth: { old: before?.least, new: month.least },
      endpointMonthAtMost: { old: before?.most, new: month.most },
      prices: PRICES_SOURCE,
    },
  };
}

/** A script trains; all other texts prepare. */
const pathOf = (file: string, { plan }: FrozenPlan): string =>
  file.endsWith('.sql') || file === plan.prepare.features ? 'prepare.features' : 'train.candidates';

type Texts = Readonly<Record<string, string>>;

function filesBetween(old: Texts, now: Texts): Diff['files'] {
  const names = [...new Set([...Object.keys(now), ...Object.keys(old)])];
  return names.flatMap((file) => {
    const [before, after] = [old[file], now[file]];
    if (before === after) return [];
    const { hunks } = structuredPatch(file, file, before ?? '', after ?? '', '', '', { context: 2 });
    const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
      `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
      ...lines,
    ]);
    const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
    return [{ file, kind, lines }] as const;
  });
}
