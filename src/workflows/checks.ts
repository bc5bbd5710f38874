/** What a model refuses before anything changes: the validators of its updates. Synchronous and pure. */
import { ApplicationFailure } from '@temporalio/workflow';
import { explain, pathText } from '../plan/problems.ts';
import { planSchema } from '../plan/schema.ts';
import type * as say from './messages.ts';
import { TRIGGERS } from './shapes.ts';
import { type ModelState, rollbackTarget } from './state.ts';
import { isInstant, wrongWord } from './told.ts';
import { QUEUE_MAX } from './wishes.ts';

/** What was found may be of any length, and is repeated only so far. */
const LONGEST = 2_000;

export const refuse = (message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message.slice(0, LONGEST), 'InvalidRequest');

function asked(state: ModelState, word: unknown): void {
  const wrong = wrongWord(word);
  if (wrong) throw refuse(wrong);
  if (state.retired) throw refuse(`the model is being retired (${state.retired.by}, ${state.retired.at})`);
}

export function checkPlan(state: ModelState, wanted: say.ApplyPlan): void {
  asked(state, wanted);
  const { frozen } = wanted;
  if (!frozen?.plan || typeof frozen.hash !== 'string' || !frozen.hash || typeof frozen.features !== 'string')
    throw refuse('this is no frozen plan: it needs plan, features and hash');
  const read = planSchema.safeParse(frozen.plan);
  if (!read.success) {
    const wrong = explain(read.error.issues, frozen.plan).map(({ path, found }) => `${pathText(path)}: ${found}`);
    throw refuse(`this is no plan that this worker knows: ${wrong.slice(0, 5).join('; ')}`);
  }
  if (!isFiles(frozen.files)) throw refuse('this is no frozen plan: its files must be texts by name');
  if (frozen.plan.model !== state.model)
    throw refuse(`the plan is of model "${frozen.plan.model}", this is "${state.model}"`);
}

const isFiles = (files: unknown): boolean =>
  typeof files === 'object' && files !== null && Object.values(files).every((text) => typeof text === 'string');

export function checkRequest(state: ModelState, wanted: say.CycleRequest): void {
  asked(state, wanted);
  const { trigger, asOf } = wanted;
  if (!state.frozen) throw refuse('no plan is applied yet');
  if (!TRIGGERS.includes(trigger)) throw refuse(`trigger: found "${trigger}"; one of ${TRIGGERS.join(', ')}`);
  if (asOf !== undefined && !isInstant(asOf))
    throw refuse(`asOf: found "${asOf}"; write an instant such as 2001-04-01T00:00:00Z`);
  if (trigger === 'person' && state.queue.filter((other) => other.trigger === 'person').length >= QUEUE_MAX)
    throw refuse(`${QUEUE_MAX} cycles are waiting already; wait until one has ended`);
}

export function checkDecision(state: ModelState, wanted: say.Decision): void {
  const { approval, decision, current } = state;
  asked(state, wanted);
  if (!approval || decision) {
    const running = current ? `; cycle ${current.cycle} runs` : '';
    throw refuse(`cycle ${wanted.cycle} does not wait for approval${decision ? ', it was decided' : ''}${running}`);
  }
  if (approval.cycle !== wanted.cycle)
    throw refuse(`cycle ${wanted.cycle} does not wait for approval; cycle ${approval.cycle} does`);
  if (wanted.decision !== 'approve' && wanted.decision !== 'reject')
    throw refuse(`decision: found "${wanted.decision}"; approve or reject`);
  if (wanted.evaluation !== undefined && wanted.evaluation !== approval.evaluation)
    throw refuse(`the evaluation that waits is ${approval.evaluation}, not ${wanted.evaluation}; look at it again`);
}

export function checkRollback(state: ModelState, wanted: say.RollbackRequest): void {
  asked(state, wanted);
  if (state.rollback) throw refuse(`a rollback to version ${state.rollback.to} is under way`);
  const target = rollbackTarget(state, wanted.to);
  if (typeof target === 'string') throw refuse(target);
}

export function checkSteering(state: ModelState, wanted: say.Steering): void {
  asked(state, wanted);
  const { action } = wanted;
  if (!['pause', 'resume', 'promote', 'abort'].includes(action))
    throw refuse(`action: found "${action}"; pause, resume, promote or abort`);
  if (!state.current) throw refuse('no cycle runs, so no rollout does');
}

export function checkCancel(state: ModelState, wanted: say.Word & { cycle?: number }): void {
  asked(state, wanted);
  const { cycle } = wanted;
  const running = state.current?.cycle;
  if (running === undefined) throw refuse(`no cycle of ${state.model} runs`);
  if (cycle !== undefined && cycle !== running) throw refuse(`cycle ${cycle} does not run; cycle ${running} does`);
}

export function checkPause(state: ModelState, word: say.Word): void {
  asked(state, word);
  if (state.paused) throw refuse(`it is paused already (${state.paused.by}, ${state.paused.at})`);
}

export function checkResume(state: ModelState, word: say.Word): void {
  asked(state, word);
  if (!state.paused && !state.quarantine && !state.breaker)
    throw refuse('nothing holds it: it is neither paused nor quarantined, and its breaker is closed');
}

export const checkRetire = (state: ModelState, word: say.Word): void => asked(state, word);
