/** Looks at what runs: the cycle's own progress, and what its activities last told. */

import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { cycleWorkflowId } from '../names.ts';
import * as say from '../workflows/messages.ts';
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
  const activities = described?.raw.pendingActivities ?? [];
  return activities.map((one) => ({
    activity: one.activityType?.name ?? '',
    attempt: one.attempt ?? 1,
    text: one.lastFailure?.message ?? beat(one.heartbeatDetails?.payloads?.[0]) ?? queued(one) ?? '',
  }));
}

type Pending = NonNullable<Awaited<ReturnType<WorkflowHandle['describe']>>['raw']['pendingActivities']>[number];

/** Temporal's PendingActivityState. */
const SCHEDULED = 1;
/** A shorter wait is the way of the task to its worker. */
const QUEUED_MS = 2_000;

/** Of an activity that no worker had a slot for yet. */
function queued({ activityType, state, scheduledTime, lastStartedTime }: Pending): string | undefined {
  if (state !== SCHEDULED || lastStartedTime) return undefined;
  if (Date.now() - Number(scheduledTime?.seconds ?? 0) * 1_000 < QUEUED_MS) return undefined;
  return `${activityType?.name} waits for a free slot of a worker`;
}

/** A text that an activity sent with its heartbeat. */
function beat(payload?: Parameters<typeof defaultPayloadConverter.fromPayload>[0] | null): string | undefined {
  const told: unknown = payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
  return typeof told === 'string' ? told : undefined;
}

async function orMissing<T>(send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
