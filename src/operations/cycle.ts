/** One cycle by its number, whether it waits, runs or has ended. */
import { WorkflowNotFoundError } from '@temporalio/client';
import { UserError } from '../errors.ts';
import { cycleWorkflowId } from '../names.ts';
import type { cycle as cycleWorkflow } from '../workflows/cycle.ts';
import type { CycleOutcome, CycleProgress } from '../workflows/messages.ts';
import * as say from '../workflows/messages.ts';
import { look } from './look.ts';
import { modelStatus } from './models.ts';
import { ask } from './trouble.ts';
import type { CycleLook, Operator } from './types.ts';

export interface CycleDetails extends Partial<Pick<CycleLook, 'progress' | 'rollout'>>, Pick<CycleLook, 'activities'> {
  readonly model: string;
  readonly cycle: number;
  readonly state: 'waiting' | 'running' | 'ended';
  readonly outcome?: CycleOutcome;
}

/** Throws `UserError` when there is no such cycle, or none that is remembered: Temporal keeps what has ended for a while. */
export async function cycleDetails(
  operator: Operator,
  { model, cycle }: { model: string; cycle: number },
): Promise<CycleDetails> {
  const status = await modelStatus(operator, model);
  const named = { model, cycle };
  if (status.current?.cycle === cycle) {
    const looked = await look(operator, model, cycle);
    return { ...named, state: 'running', ...(looked ?? { activities: [] }) };
  }
  const waiting = status.queue.filter(({ trigger }) => trigger === 'person').length;
  if (cycle > status.cycles && cycle <= status.cycles + waiting) return { ...named, state: 'waiting', activities: [] };
  const outcome = status.outcomes.find((ended) => ended.cycle === cycle);
  const progress = cycle <= status.cycles ? await lastProgress(operator, model, cycle) : undefined;
  if (outcome || progress) return { ...named, state: 'ended', progress, outcome, activities: [] };
  throw new UserError(
    `there is no cycle ${cycle} of ${model} that is remembered`,
    `it has had ${status.cycles}; the ledger tells of all of them`,
    'missing',
  );
}

/** What a cycle told of itself when it ended. */
const lastProgress = (operator: Operator, model: string, cycle: number): Promise<CycleProgress | undefined> =>
  ask(operator, `cycle ${cycle} of "${model}"`, async () => {
    try {
      const { workflow } = operator.client;
      return await workflow.getHandle<typeof cycleWorkflow>(cycleWorkflowId(model, cycle)).query(say.progress);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  });
