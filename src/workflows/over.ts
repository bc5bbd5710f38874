/** Workflows that nobody waits for any more: asked to end, and waited for until they have. */
import { CancellationScope, getExternalWorkflowHandle, sleep } from '@temporalio/workflow';
import { areYouThere } from './messages.ts';

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;

/** Asks it to cancel, so that it cleans up; false when it is not there, or over. */
export const askToEnd = async (workflowId: string): Promise<boolean> =>
  !(await fails(getExternalWorkflowHandle(workflowId).cancel()));

/** Asks it to cancel and comes back when it is over. One that is not there is over. */
export async function endAndWait(workflowId: string): Promise<void> {
  if (await askToEnd(workflowId)) await over(workflowId);
}

/** Comes back when it is over. */
export async function over(workflowId: string): Promise<void> {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    if (await fails(getExternalWorkflowHandle(workflowId).signal(areYouThere))) return;
    await sleep(pause, { summary: `Wait until ${workflowId} has ended` });
  }
}

const fails = async (asked: Promise<unknown>): Promise<boolean> => {
  try {
    await asked;
    return false;
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw error;
    return true;
  }
};
