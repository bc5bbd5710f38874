/** The end of a model: what serves and watches is removed; data and ledger stay. */
import { CancellationScope } from '@temporalio/workflow';
import { endpointName } from '../names.ts';
import { data, watch } from './act.ts';
import { now } from './board.ts';
import { type ModelState, remember, tell } from './state.ts';
import { ENDPOINT_MAX } from './timeouts.ts';
import { why } from './why.ts';

/** False when it could not be removed and a person must look: the model goes on. */
export async function retire(state: ModelState): Promise<boolean> {
  const { retired, model } = state;
  if (!retired) return false;
  const { by, reason } = retired;
  const endpoint = endpointName(model);
  try {
    const { removed } = await data(`Remove what serves and watches ${model}`).removeModel({ model, endpoint });
    await watch(`Wait until ${endpoint} is gone`, ENDPOINT_MAX).watchGone({ endpoint });
    remember(state, { at: now(), event: 'retired', by, reason, facts: { removed } });
    const list = removed.join('\n') || 'There was nothing to remove.';
    tell(state, {
      subject: `retired by ${by}`,
      message: `${list}\nData and ledger stay. To begin again: perennial apply.`,
    });
    state.queue = [];
    state.champion = undefined;
    return true;
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw error;
    state.retired = undefined;
    state.problems.retirement = `it could not be retired: ${why(error).message}; try again`;
    remember(state, { at: now(), event: 'retirement failed', by, reason: why(error).message, facts: {} });
    return false;
  }
}
