/** The way back to a kept version, asked by a person or by a model that was recalled. */
import { CancellationScope } from '@temporalio/workflow';
import { rolloutWorkflowId } from '../names.ts';
import { now } from './board.ts';
import { beginChild } from './child.ts';
import { deployed } from './ended.ts';
import { bringBack, withoutWord } from './lost.ts';
import { type RolloutInput, rollout } from './rollout.ts';
import { MODEL, MODEL_VERSION, TRIGGER } from './search.ts';
import type { RolloutResult } from './shapes.ts';
import { type ModelState, remember, tell } from './state.ts';
import { why } from './why.ts';

type Wished = NonNullable<ModelState['rollback']>;

/** Never throws but when cancelled: how it went is in the state, the ledger and a notice. */
export async function rollBack(state: ModelState, wished: Wished): Promise<void> {
  const { label, from, to, by, reason } = wished;
  let left = false;
  let result: RolloutResult | { outcome: 'failed'; reason: string };
  try {
    result = await returnTo(state, wished);
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw error;
    left = withoutWord(why(error).type);
    result = { outcome: 'failed', reason: why(error).message };
  }
  if ('deployment' in result && result.deployment) deployed(state, result.deployment, by, reason);
  const at = now();
  state.rollback = undefined;
  state.lastRollback = { label, from, to, outcome: result.outcome, reason: result.reason, at };
  if (result.outcome !== 'deployed')
    remember(state, { at, event: 'rollback failed', by, reason: result.reason, facts: { label, from, to } });
  const subject = `rollback to version ${to} ${result.outcome === 'deployed' ? 'done' : 'failed'}`;
  tell(state, { subject, message: `${result.reason}\nAsked by ${by}: ${reason}` });
  if (left) await bringBack(state);
}

async function returnTo(state: ModelState, { label, to, reason }: Wished): Promise<RolloutResult> {
  const { model: name, frozen, champion, versions } = state;
  const challenger = versions.find(({ version }) => version.version === to);
  if (!challenger) return { outcome: 'rolled back', reason: `version ${to} is not kept any more` };
  if (!frozen) throw new Error('a rollback needs a plan');
  const input: RolloutInput = { model: name, frozen, label, kind: 'rollback', champion, challenger, versions };
  const child = await beginChild(rollout, {
    workflowId: rolloutWorkflowId(name, label),
    args: [input],
    parentClosePolicy: 'REQUEST_CANCEL',
    staticSummary: `Return ${name} to version ${to}: ${reason}`,
    typedSearchAttributes: [
      { key: MODEL, value: name },
      { key: TRIGGER, value: 'person' },
      { key: MODEL_VERSION, value: to },
    ],
  });
  return child.result();
}
