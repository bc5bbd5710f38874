/** What a model refuses before anything changes: the validators of its updates. Synchronous and pure. */
import { ApplicationFailure } from '@temporalio/workflow';
import type * as say from './messages.ts';
import { TRIGGERS } from './shapes.ts';
import { type ModelState, rollbackTarget } from './state.ts';
import { QUEUE_MAX } from './wishes.ts';

export const refuse = (message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, 'InvalidRequest');

function asked(state: ModelState, by: unknown): void {
  if (typeof by !== 'string' || !by.trim()) throw refuse('"by" must say who asks');
  if (state.retired) throw refuse(`the model is being retired (${state.retired.by}, ${state.retired.at})`);
}

export function checkPlan(state: ModelState, { frozen, by }: say.ApplyPlan): void {
  asked(state, by);
  if (!frozen?.plan || !frozen.hash || typeof frozen.features !== 'string')
    throw refuse('this is no frozen plan: it needs plan, features and hash');
  if (frozen.plan.model !== state.model)
    throw refuse(`the plan is of model "${frozen.plan.model}", this is "${state.model}"`);
}

export function checkRequest(state: ModelState, { trigger, by, asOf }: say.CycleRequest): void {
  asked(state, by);
  if (!state.frozen) throw refuse('no plan is applied yet');
  if (!TRIGGERS.includes(trigger)) throw refuse(`trigger: found "${trigger}"; one of ${TRIGGERS.join(', ')}`);
  if (asOf !== undefined && Number.isNaN(Date.parse(asOf)))
    throw refuse(`asOf: found "${asOf}"; write an instant such as 2001-04-01T00:00:00Z`);
  if (trigger === 'person' && state.queue.filter((other) => other.trigger === 'person').length >= QUEUE_MAX)
    throw refuse(`${QUEUE_MAX} cycles are waiting already; wait until one has ended`);
}

export function checkDecision(state: ModelState, wanted: say.Decision): void {
  const { approval, decision, current } = state;
  asked(state, wanted.by);
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

export function checkRollback(state: ModelState, { to, by }: say.RollbackRequest): void {
  asked(state, by);
  if (state.rollback) throw refuse(`a rollback to version ${state.rollback.to} is under way`);
  const target = rollbackTarget(state, to);
  if (typeof target === 'string') throw refuse(target);
}

export function checkSteering(state: ModelState, { action, by }: say.Steering): void {
  asked(state, by);
  if (!['pause', 'resume', 'promote', 'abort'].includes(action))
    throw refuse(`action: found "${action}"; pause, resume, promote or abort`);
  if (!state.current) throw refuse('no cycle runs, so no rollout does');
}

export function checkCancel(state: ModelState, { by, cycle }: say.Word & { cycle?: number }): void {
  asked(state, by);
  const running = state.current?.cycle;
  if (running === undefined) throw refuse(`no cycle of ${state.model} runs`);
  if (cycle !== undefined && cycle !== running) throw refuse(`cycle ${cycle} does not run; cycle ${running} does`);
}

export function checkPause(state: ModelState, { by }: say.Word): void {
  asked(state, by);
  if (state.paused) throw refuse(`it is paused already (${state.paused.by}, ${state.paused.at})`);
}

export function checkResume(state: ModelState, { by }: say.Word): void {
  asked(state, by);
  if (!state.paused && !state.quarantine && !state.breaker)
    throw refuse('nothing holds it: it is neither paused nor quarantined, and its breaker is closed');
}

export const checkRetire = (state: ModelState, { by }: say.Word): void => asked(state, by);
