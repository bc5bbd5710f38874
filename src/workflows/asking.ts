/** A cycle asks its model before it touches the endpoint. */
import {
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { CycleScope } from '../activities/types.ts';
import { cycleWorkflowId, modelWorkflowId } from '../names.ts';
import { type RolloutAnswer, rolloutAnswered, rolloutWanted } from './messages.ts';
import { isRolloutAnswer } from './told.ts';
import { why } from './why.ts';

/** Why it may not; undefined when it may. A cycle that a person started by itself has nobody to ask. */
export async function refusedByModel({ model, cycle }: CycleScope): Promise<string | undefined> {
  if (!workflowInfo().parent) return undefined;
  const question = uuid4();
  let answer: RolloutAnswer | undefined;
  setHandler(rolloutAnswered, (told) => {
    if (isRolloutAnswer(told) && told.question === question) answer = told;
  });
  try {
    const wanted = { cycle, asker: cycleWorkflowId(model, cycle), question };
    await getExternalWorkflowHandle(modelWorkflowId(model)).signal(rolloutWanted, wanted);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return `its model could not be asked: ${why(error).message}`;
  }
  await condition(() => answer !== undefined);
  return answer?.refused;
}
