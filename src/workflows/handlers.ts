/** What people and other workflows may ask of a model. */
import { condition, getExternalWorkflowHandle, log, setHandler } from '@temporalio/workflow';
import { cycleWorkflowId, rolloutWorkflowId } from '../names.ts';
import { now } from './board.ts';
import * as check from './checks.ts';
import { take } from './findings.ts';
import { hold } from './holding.ts';
import * as say from './messages.ts';
import { type ModelState, putInForce, remember, rollbackTarget } from './state.ts';
import { statusOf } from './status.ts';
import { pause, resume } from './stops.ts';
import { isApprovalWanted, isCancelled, isMonitored, isRolloutWanted, isWindowRequest, isWish } from './told.ts';
import { why } from './why.ts';
import { grant } from './windows.ts';
import { wish } from './wishes.ts';

export interface Bell {
  /** The state changed: look what is to be done. */
  changed(): void;
  /** The cycle that runs must give way. */
  cancelCycle(): void;
  /** What the model was before it was lost has been read, or why it could not be. */
  recalled(): boolean | string;
}

export function listen(state: ModelState, bell: Bell): void {
  setHandler(say.status, () => statusOf(state, now()));
  setHandler(say.plan, () => state.frozen ?? null);
  // By the task that this makes it may learn of a newer build of its worker.
  setHandler(say.areYouThere, () => bell.changed());

  setHandler(
    say.applyPlan,
    async ({ frozen, by, reason }) => {
      await condition(() => bell.recalled() !== false);
      const unread = bell.recalled();
      if (typeof unread === 'string') throw check.refuse(unread);
      putInForce(state, frozen, by, now(), reason);
      bell.changed();
      return statusOf(state, now());
    },
    { validator: (asked) => check.checkPlan(state, asked) },
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
    { validator: (asked) => check.checkRequest(state, asked) },
  );

  setHandler(say.wishCycle, (asked) => {
    if (!isWish(asked)) return leave('wishCycle');
    if (!state.frozen) return log.warn('a cycle was wished before any plan was applied', { asked });
    wish(state, asked, now());
    bell.changed();
  });

  setHandler(say.approvalWanted, (wanted) => {
    if (!isApprovalWanted(wanted)) return leave('approvalWanted');
    if (wanted.cycle !== state.current?.cycle) return;
    state.approval = wanted;
    bell.changed();
  });

  setHandler(say.cycleCancelled, (told) => {
    if (!isCancelled(told)) return leave('cycleCancelled');
    if (told.cycle !== state.current?.cycle) return;
    const { stage, costUsd, metrics, evaluation, problems } = told;
    state.current.told = { stage, costUsd, metrics, evaluation, problems };
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
        await getExternalWorkflowHandle(cycleWorkflowId(state.model, cycle)).signal(say.decided, {
          evaluation,
          ...decision,
        });
      } catch (error) {
        throw check.refuse(`cycle ${cycle} could not be told: ${why(error).message}`);
      }
    },
    { validator: (asked) => check.checkDecision(state, asked) },
  );

  setHandler(
    say.rollback,
    ({ to, by, reason }) => {
      const target = rollbackTarget(state, to);
      const from = championOf(state);
      if (typeof target === 'string' || from === undefined) throw check.refuse(String(target));
      state.rollbacks += 1;
      const started = { label: `rollback-${state.rollbacks}`, from, to: target.version.version };
      state.rollback = { ...started, by, reason };
      remember(state, { at: now(), event: 'rollback asked', by, reason, facts: started });
      bell.cancelCycle();
      bell.changed();
      return started;
    },
    { validator: (asked) => check.checkRollback(state, asked) },
  );

  setHandler(
    say.cancelCycle,
    ({ by, reason }) => {
      if (!state.current) throw check.refuse(`no cycle of ${state.model} runs`);
      const { cycle } = state.current;
      state.current.cancelled = { at: now(), by, reason };
      remember(state, { at: now(), event: 'cancellation asked', by, reason, facts: { cycle } });
      bell.cancelCycle();
      return cycle;
    },
    { validator: (asked) => check.checkCancel(state, asked) },
  );

  setHandler(
    say.steerRollout,
    async (steering) => {
      const cycle = state.current?.cycle;
      if (cycle === undefined) throw check.refuse('no cycle runs, so no rollout does');
      const rollout = rolloutWorkflowId(state.model, String(cycle));
      try {
        await getExternalWorkflowHandle(rollout).signal(say.steer, steering);
      } catch {
        throw check.refuse(`no rollout of cycle ${cycle} runs`);
      }
      const { action, by, reason } = steering;
      remember(state, { at: now(), event: `rollout: ${action}`, by, reason, facts: { cycle } });
      bell.changed();
    },
    { validator: (asked) => check.checkSteering(state, asked) },
  );

  setHandler(
    say.pause,
    async (word) => {
      pause(state, word, now());
      bell.changed();
      await hold(state, { ...word, hold: true });
      return statusOf(state, now());
    },
    { validator: (asked) => check.checkPause(state, asked) },
  );

  setHandler(
    say.resume,
    async (word) => {
      resume(state, word, now());
      bell.changed();
      await hold(state, { ...word, hold: false });
      return statusOf(state, now());
    },
    { validator: (asked) => check.checkResume(state, asked) },
  );

  setHandler(
    say.retire,
    ({ by, reason }) => {
      state.retired = { at: now(), by, reason };
      remember(state, { at: now(), event: 'retirement asked', by, reason, facts: {} });
      bell.cancelCycle();
      bell.changed();
    },
    { validator: (asked) => check.checkRetire(state, asked) },
  );

  setHandler(say.rolloutWanted, async (asked) => {
    if (!isRolloutWanted(asked)) return leave('rolloutWanted');
    const { cycle, asker, question } = asked;
    await condition(() => bell.recalled() !== false);
    const runs = state.current?.cycle === cycle;
    const refused = runs
      ? undefined
      : `${state.model} does not run cycle ${cycle} any more: its version stays where it is`;
    try {
      await getExternalWorkflowHandle(asker).signal(say.rolloutAnswered, { question, refused });
    } catch (error) {
      log.warn(`cycle ${cycle} did not take its answer: ${why(error).message}`);
    }
  });

  setHandler(say.openMonitorWindow, async (asked) => {
    if (!isWindowRequest(asked)) return leave('openMonitorWindow');
    try {
      const answer = await windowFor(state, asked);
      await getExternalWorkflowHandle(asked.monitor).signal(say.monitorWindow, answer);
    } catch (error) {
      log.warn(`the monitor ${asked.monitor} did not take its window: ${why(error).message}`);
    }
  });

  setHandler(say.reportFinding, (told) => {
    if (!isMonitored(told)) return leave('reportFinding');
    take(state, told, now());
    bell.changed();
  });
}

/** The window, unless another monitor looks at it that still runs. Given in the same breath in which it was found free. */
async function windowFor(state: ModelState, asked: say.WindowRequest): Promise<say.MonitorWindow | say.Refused> {
  for (;;) {
    const holder = state.window;
    if (!holder || holder.monitor === asked.monitor) return grant(state, asked);
    const lives = await getExternalWorkflowHandle(holder.monitor)
      .signal(say.areYouThere)
      .then(
        () => true,
        () => false,
      );
    if (state.window !== holder) continue;
    if (lives) return { refused: `${holder.monitor} looks at ${holder.from} to ${holder.to} now` };
    state.window = undefined;
  }
}

const leave = (signal: string): void => log.warn(`a signal ${signal} that makes no sense was left alone`);

const championOf = (state: ModelState): number | undefined => state.champion?.kept.version.version;
