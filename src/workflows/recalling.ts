/** What a model was when Temporal knew it last: read once, before anything else. */
import { CancellationScope } from '@temporalio/workflow';
import { endpointName } from '../names.ts';
import { keep, quick } from './act.ts';
import { now } from './board.ts';
import { restore, type SetBack } from './restore.ts';
import type { ModelState } from './state.ts';
import { why } from './why.ts';

/** True when there was anything to restore. A model that is applied for the first time has no past; one that was lost or retired has. */
export async function recall(state: ModelState, setBack?: SetBack): Promise<boolean> {
  const known = await keep(`Recall what ${state.model} was`).recall({ model: state.model });
  if (known) restore(state, known, now(), setBack);
  return known !== undefined;
}

/** The API and the alarms of a champion that was recalled: made anew where they are missing. */
export async function lookAgain(state: ModelState): Promise<void> {
  if (!state.champion) return;
  const { frozen } = state.champion;
  const endpoint = endpointName(state.model);
  try {
    state.api = await quick('See to the prediction API').ensureApi({ frozen, endpoint });
    const watching = await quick('See to topic, alarms and dashboard').ensureObservability({ frozen, endpoint });
    Object.assign(state, watching);
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw error;
    state.problems.recalled = `the API or the alarms could not be looked at: ${why(error).message}`;
  }
}
