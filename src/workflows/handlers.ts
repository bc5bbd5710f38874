/** What people and other workflows may ask of a model. Validators are synchronous and change nothing. */
import { ApplicationFailure, getExternalWorkflowHandle, log, setHandler } from '@temporalio/workflow';
import { cycleWorkflowId } from '../names.ts';
import { now } from './board.ts';
import { take } from './findings.ts';
import * as say from './messages.ts';
import { endpointOf, type ModelState, putInForce, remember, rollbackTarget, windowStart } from './state.ts';
import { statusOf } from './status.ts';
import { why } from './why.ts';
import { QUEUE_MAX, wish } from './wishes.ts';

export interface Bell {
  /** The state changed: look what is to be done. */
  changed(): void;
  /** The cycle that runs must give way. */
  cancelCycle(): void;
}

export function listen(state: ModelState, bell: Bell): void {
  setHandler(say.status, () => statusOf(state, now()));
  setHandler(say.plan, () => state.frozen ?? null);

  setHandler(
    say.applyPlan,
    ({ frozen, by, reason }) => {
      putInForce(state, frozen, by, now(), reason);
      bell.changed();
      return statusOf(state, now());
    },
    { validator: (asked) => checkPlan(state, asked) },
  );

  setHandler(
    say.requestCycle,
    (asked) => {
      const asOf = asked.asOf && new Date(asked.asOf).toISOString();
      const about = asked.trigger === 'drift' || asked.trigger === 'quality' ? championOf(state) : undefined;
      const answer = wish(state, { ...asked, asOf }, now(), about);
      bell.changed();
      return answer;
    },
    { validator: (asked) => checkRequest(state, asked) },
  );

  setHandler(say.wishCycle, (asked) => {
    if (!state.frozen) return log.warn('a cycle was wished before any plan was applied', { asked });
    wish(state, asked, now());
    bell.changed();
  });

  setHandler(say.approvalWanted, (wanted) => {
    if (wanted.cycle !== state.current?.cycle) return;
    state.approval = wanted;
    bell.changed();
  });

  setHandler(
    say.decide,
    async (decision) => {
      const { cycle, decision: event, by, reason } = decision;
      const evaluation = state.approval?.evaluation;
      state.decision = decision;
      const facts = { cycle, evaluation };
      remember(state, { at: now(), event: event === 'approve' ? 'approved' : 'rejected', by, reason, facts });
      bell.changed();
      try {
        await getExternalWorkflowHandle(cycleWorkflowId(state.model, cycle)).signal(say.decided, decision);
      } catch (error) {
        throw refuse(`cycle ${cycle} could not be told: ${why(error).message}`);
      }
    },
    { validator: (asked) => checkDecision(state, asked) },
  );

  setHandler(
    say.rollback,
    ({ to, by, reason }) => {
      const target = rollbackTarget(state, to);
      const from = championOf(state);
      if (typeof target === 'string' || from === undefined) throw refuse(String(target));
      state.rollbacks += 1;
      const started = { label: `rollback-${state.rollbacks}`, from, to: target.version.version };
      state.rollback = { ...started, by, reason };
      remember(state, { at: now(), event: 'rollback asked', by, reason, facts: started });
      bell.cancelCycle();
      bell.changed();
      return started;
    },
    { validator: (asked) => checkRollback(state, asked) },
  );

  setHandler(say.openMonitorWindow, async (asked) => {
    try {
      await getExternalWorkflowHandle(asked.monitor).signal(say.monitorWindow, windowFor(state, asked));
    } catch (error) {
      log.warn(`the monitor ${asked.monitor} did not take its window: ${why(error).message}`);
    }
  });

  setHandler(say.reportFinding, (told) => {
    take(state, told, now());
    bell.changed();
  });
}

const championOf = (state: ModelState): number | undefined => state.champion?.kept.version.version;

const refuse = (message: string): ApplicationFailure => ApplicationFailure.nonRetryable(message, 'InvalidRequest');

const named = (by: unknown): void => {
  if (typeof by !== 'string' || !by.trim()) throw refuse('"by" must say who asks');
};

function checkPlan({ model }: ModelState, { frozen, by }: say.ApplyPlan): void {
  named(by);
  if (!frozen?.plan || !frozen.hash || typeof frozen.features !== 'string')
    throw refuse('this is no frozen plan: it needs plan, features and hash');
  if (frozen.plan.model !== model) throw refuse(`the plan is of model "${frozen.plan.model}", this is "${model}"`);
}

function checkRequest(state: ModelState, { trigger, by, asOf }: say.CycleRequest): void {
  named(by);
  if (!state.frozen) throw refuse('no plan is applied yet');
  if (!say.TRIGGERS.includes(trigger)) throw refuse(`trigger: found "${trigger}"; one of ${say.TRIGGERS.join(', ')}`);
  if (asOf !== undefined && Number.isNaN(Date.parse(asOf)))
    throw refuse(`asOf: found "${asOf}"; write an instant such as 2001-04-01T00:00:00Z`);
  if (trigger === 'person' && state.queue.filter((other) => other.trigger === 'person').length >= QUEUE_MAX)
    throw refuse(`${QUEUE_MAX} cycles are waiting already; wait until one has ended`);
}

function checkDecision({ approval, decision, current }: ModelState, asked: say.Decision): void {
  named(asked.by);
  if (!approval || decision) {
    const running = current ? `; cycle ${current.cycle} runs` : '';
    throw refuse(`cycle ${asked.cycle} does not wait for approval${decision ? ', it was decided' : ''}${running}`);
  }
  if (approval.cycle !== asked.cycle)
    throw refuse(`cycle ${asked.cycle} does not wait for approval; cycle ${approval.cycle} does`);
  if (asked.decision !== 'approve' && asked.decision !== 'reject')
    throw refuse(`decision: found "${asked.decision}"; approve or reject`);
  if (asked.evaluation !== undefined && asked.evaluation !== approval.evaluation)
    throw refuse(`the evaluation that waits is ${approval.evaluation}, not ${asked.evaluation}; look at it again`);
}

function checkRollback(state: ModelState, { to, by }: say.RollbackRequest): void {
  named(by);
  if (state.rollback) throw refuse(`a rollback to version ${state.rollback.to} is under way`);
  const target = rollbackTarget(state, to);
  if (typeof target === 'string') throw refuse(target);
}

function windowFor(state: ModelState, { id, to }: say.WindowRequest): say.MonitorWindow | say.Refused {
  const { frozen, champion } = state;
  const from = windowStart(state);
  if (!frozen || !champion || !from) return { refused: 'nothing is deployed yet' };
  if (from >= to) return { refused: `everything until ${from} was looked at already` };
  return { id, frozen, endpoint: endpointOf(state), champion: champion.kept.version, since: champion.since, from, to };
}
