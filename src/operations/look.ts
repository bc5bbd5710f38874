/** Looks at what runs: the cycle's own progress, and what its activities last told. */

import { WorkflowNotFoundError } from '@temporalio/client';
import { cycleWorkflowId } from '../names.ts';
import * as say from '../workflows/messages.ts';
import { pendingActivities } from './pending.ts';
import { ask } from './trouble.ts';
import type { CycleLook, Operator, PendingActivity } from './types.ts';

/** undefined when the cycle has not begun to tell. */
export async function look(operator: Operator, model: string, cycle: number): Promise<CycleLook | undefined> {
  return ask(operator, `cycle ${cycle} of "${model}"`, async () => {
    const id = cycleWorkflowId(model, cycle);
    const { workflow } = operator.client;
    const progress = await orMissing(() => workflow.getHandle(id).query(say.progress));
    if (!progress) return undefined;
    const rollout = progress.rollout;
    const [activities, rolloutActivities, rolloutProgress] = await Promise.all([
      pending(operator, id),
      rollout ? pending(operator, rollout) : [],
      rollout ? orMissing(() => workflow.getHandle(rollout).query(say.rolloutProgress)) : undefined,
    ]);
    return { progress, rollout: rolloutProgress, activities: [...activities, ...rolloutActivities] };
  });
}

async function pending({ client }: Operator, workflowId: string): Promise<PendingActivity[]> {
  const described = await orMissing(() => client.workflow.getHandle(workflowId).describe());
  return pendingActivities(client, described?.raw);
}

async function orMissing<T>(send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
