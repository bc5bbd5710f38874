/**
 * What a cycle or a rollout leaves that ends without a word: terminated or timed out, or alive when its model was lost.
 * Nobody knows where it stood, so that it is looked up: jobs are stopped, and the champion is brought back where it does not serve.
 */
import { CancellationScope } from '@temporalio/workflow';
import { cycleWorkflowId, endpointName, jobName, rolloutWorkflowId } from '../names.ts';
import { keep, quick } from './act.ts';
import { now } from './board.ts';
import { endAndWait } from './over.ts';
import { BY, wishBack } from './restore.ts';
import { type ModelState, remember, tell } from './state.ts';
import { why } from './why.ts';

/** Whether it ended so, or something of its own did, by the type of its failure. What is cancelled has cleaned up by itself. */
export const withoutWord = (failure?: string): boolean => failure === 'TerminatedFailure' || failure === 'Timeout';

/** Nothing else begins before: a rollout that goes back yet and another one would both move the endpoint. */
export async function clearAway(state: ModelState, cycle: number): Promise<void> {
  const { model } = state;
  state.problems.lost = `cycle ${cycle} ended without a word: what it began is being stopped`;
  await endAndWait(cycleWorkflowId(model, cycle));
  await endAndWait(rolloutWorkflowId(model, String(cycle)));
  delete state.problems.lost;
  try {
    const { asked } = await keep(`Stop what cycle ${cycle} left running`).stopJobsOf({ model, cycle });
    if (asked.length > 0)
      note(state, `cycle ${cycle} was lost: stopped ${asked.join(', ')}`, { cycle, stopped: asked });
    await bringBack(state);
    await keep(`Delete the model that cycle ${cycle} left`).deleteModel({ name: jobName(model, cycle, 'model') });
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw error;
    state.problems.lost = `what cycle ${cycle} left could not be looked at: ${why(error).message}; see that the champion serves, and what "perennial sweep ${model}" finds`;
  }
  state.lost = undefined;
}

/** Wishes the champion back when the endpoint is on anything but its config. Where there is none, nothing may be taken from those who ask. */
export async function bringBack(state: ModelState): Promise<void> {
  const { champion, model } = state;
  const endpoint = endpointName(model);
  const found = await quick('Look at what serves').describeEndpoint({ endpoint });
  const config = champion?.serving.config;
  if (!found || found.config === config) return;
  if (!champion)
    state.problems.endpoint = `the endpoint ${endpoint} is on ${found.config} of a cycle that was lost: the next cycle takes its place`;
  else wishBack(state, `the endpoint is on ${found.config}, not on ${config}`, now());
}

function note(state: ModelState, reason: string, facts: Readonly<Record<string, unknown>>): void {
  remember(state, { at: now(), event: 'cleared away', by: BY, reason, facts });
  tell(state, { subject: 'a lost cycle was cleared away', message: reason });
}
