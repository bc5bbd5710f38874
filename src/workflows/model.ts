/**
 * The model: one long-lived workflow that owns its truth. It starts cycles one at a time, keeps the champion, answers
 * people and monitors, and writes every decision to the ledger. Its state moves to a fresh run between cycles.
 */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  allHandlersFinished,
  CancellationScope,
  ChildWorkflowFailure,
  condition,
  executeChild,
  isCancellation,
  makeContinueAsNewFunc,
  setCurrentDetails,
  sleep,
  startChild,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { cycleWorkflowId, endpointName, rolloutWorkflowId } from '../names.ts';
import { data, keep, quick, watch } from './act.ts';
import { now } from './board.ts';
import { cycle } from './cycle.ts';
import { modelDetails } from './details.ts';
import { cycleEnded, deployed } from './ended.ts';
import { listen } from './handlers.ts';
import { hold } from './holding.ts';
import { restore } from './restore.ts';
import { type RolloutInput, rollout } from './rollout.ts';
import { MODEL, MODEL_VERSION, OUTCOME, TRIGGER } from './search.ts';
import type { CycleResult, RolloutResult, Wish } from './shapes.ts';
import { type ModelState, newModel, remember, tell } from './state.ts';
import { statusOf } from './status.ts';
import type { CycleInput } from './story.ts';
import { ENDPOINT_MAX } from './timeouts.ts';
import { why } from './why.ts';
import { nextWish, notBefore, start, usdLeft } from './wishes.ts';
import { Writers } from './writers.ts';

export interface ModelInput {
  readonly model: string;
  /** From the run before; without it, what is known of the model is recalled from its ledger and AWS. */
  readonly state?: ModelState;
}

/** After its past could not be read for hours, a model waits so long before it tries again. */
const RECALL_PAUSE = 300_000;

/** Ends when the model is retired. */
export async function model(input: ModelInput): Promise<void> {
  const life = new Life(input.state ?? newModel(input.model), input.state !== undefined);
  await Promise.race([life.live(), life.writers.keepLedger(), life.writers.sendNotices()]);
}

class Life {
  readonly state: ModelState;
  readonly writers: Writers;
  #changes = 0;
  #cycle: CancellationScope | undefined;
  #recalled: boolean | string;

  constructor(state: ModelState, recalled: boolean) {
    this.state = state;
    this.#recalled = recalled;
    this.writers = new Writers(state, () => this.#show());
    listen(state, {
      changed: () => {
        this.#changes += 1;
        this.#show();
      },
      cancelCycle: () => this.#cycle?.cancel(),
      recalled: () => this.#recalled,
    });
    this.#show();
  }

  async live(): Promise<void> {
    while (this.#recalled !== true) await this.#recall();
    for (;;) {
      if (this.state.retired) {
        if (await this.#retire()) return;
      } else if (this.state.rollback) await this.#rollBack(this.state.rollback);
      else if (this.#old()) await this.#renew();
      else {
        const wish = nextWish(this.state, now());
        if (wish) await this.#runCycle(wish);
        else await this.#somethingToDo();
      }
      this.#show();
    }
  }

  /** A model that is applied for the first time has no past; one that was lost or retired has. */
  async #recall(): Promise<void> {
    const { state } = this;
    try {
      const known = await keep(`Recall what ${state.model} was`).recall({ model: state.model });
      if (known) restore(state, known, now());
      delete state.problems.past;
      this.#recalled = true;
      this.#show();
      if (known) await this.#lookAgain();
    } catch (error) {
      if (CancellationScope.current().consideredCancelled) throw error;
      state.problems.past = `what the model was cannot be read: ${why(error).message}`;
      this.#recalled = state.problems.past;
      this.#show();
      await sleep(RECALL_PAUSE, { summary: 'Try to recall again' });
    }
  }

  /** The API and the alarms of a champion that was recalled: made anew where they are missing. */
  async #lookAgain(): Promise<void> {
    const { state } = this;
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

  /** Waits for a message, for the time of a wish that waits for it, or for the time to renew. */
  async #somethingToDo(): Promise<void> {
    const seen = this.#changes;
    const happened = () => this.#changes !== seen || this.#old();
    const wish = this.state.paused ? undefined : this.state.queue[0];
    if (!wish) return condition(happened);
    const until = notBefore(this.state, wish);
    const ms = Math.max(1, Date.parse(until) - Date.now());
    await condition(happened, ms, { summary: `Wish ${wish.id} waits until ${until}` });
  }

  /** Removes what serves and watches, writes the last entry, and tells it. False when a person must look first. */
  async #retire(): Promise<boolean> {
    const { state } = this;
    const { retired, model: name } = state;
    if (!retired) return false;
    const { by, reason } = retired;
    const endpoint = endpointName(name);
    try {
      const { removed } = await data(`Remove what serves and watches ${name}`).removeModel({ model: name, endpoint });
      await watch(`Wait until ${endpoint} is gone`, ENDPOINT_MAX).watchGone({ endpoint });
      remember(state, { at: now(), event: 'retired', by, reason, facts: { removed } });
      const message = `${removed.join('\n') || 'There was nothing to remove.'}\nData and ledger stay. To begin again: perennial apply.`;
      tell(state, { subject: `retired by ${by}`, message });
      state.queue = [];
      state.champion = undefined;
      await condition(() => allHandlersFinished() && this.writers.done);
      return true;
    } catch (error) {
      if (CancellationScope.current().consideredCancelled) throw error;
      state.retired = undefined;
      state.problems.retirement = `it could not be retired: ${why(error).message}; try again`;
      remember(state, { at: now(), event: 'retirement failed', by, reason: why(error).message, facts: {} });
      return false;
    }
  }

  /** The history has grown long, or a newer build of the worker waits to take over. */
  #old(): boolean {
    const { continueAsNewSuggested, targetWorkerDeploymentVersionChanged } = workflowInfo();
    return continueAsNewSuggested || targetWorkerDeploymentVersionChanged;
  }

  async #renew(): Promise<never> {
    await condition(() => allHandlersFinished() && this.writers.calm);
    const upgrade = workflowInfo().targetWorkerDeploymentVersionChanged;
    const renew = makeContinueAsNewFunc<typeof model>(upgrade ? { initialVersioningBehavior: 'AUTO_UPGRADE' } : {});
    return renew({ model: this.state.model, state: this.state });
  }

  async #runCycle(wish: Wish): Promise<void> {
    const { state } = this;
    const startedAt = now();
    start(state, wish, startedAt);
    this.#show();
    let result: CycleResult;
    this.#cycle = new CancellationScope();
    try {
      result = await this.#cycle.run(() => this.#startCycle(wish));
    } catch (error) {
      if (CancellationScope.current().consideredCancelled) throw error;
      result = resultOf(error, state, startedAt);
    } finally {
      this.#cycle = undefined;
    }
    cycleEnded(state, result);
    const { cycle: n, outcome, reason } = result.outcome;
    tell(state, { subject: `cycle ${n} ${outcome}`, message: reason });
    upsertSearchAttributes([{ key: OUTCOME, value: outcome }]);
  }

  async #startCycle(wish: Wish): Promise<CycleResult> {
    const { state } = this;
    const { model: name, frozen, champion, versions, topicArn } = state;
    if (!frozen || !state.current) throw new Error('a cycle needs a plan');
    const { trigger, by, reason, asOf } = wish;
    for (;;) {
      const n = state.current.cycle;
      const held = state.paused !== undefined;
      const input: CycleInput = {
        model: name,
        cycle: n,
        frozen,
        trigger,
        by,
        reason,
        asOf,
        champion,
        versions,
        topicArn,
        usdLeft: trigger === 'person' ? undefined : usdLeft(state, now()),
        held,
      };
      try {
        const child = await startChild(cycle, {
          workflowId: cycleWorkflowId(name, n),
          args: [input],
          // Names of jobs are made of the cycle's number: one that was used is never used again.
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          parentClosePolicy: 'REQUEST_CANCEL',
          staticSummary: `Cycle ${n} of ${name}: ${reason ?? trigger}`,
          staticDetails: frozen.plan.objective,
          memo: { planHash: frozen.hash, by, asOf: asOf ?? null },
          typedSearchAttributes: [
            { key: MODEL, value: name },
            { key: TRIGGER, value: trigger },
          ],
        });
        if (held !== (state.paused !== undefined))
          await hold(state, { by: state.paused?.by ?? by, reason: state.paused?.reason, hold: !held });
        return await child.result();
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        state.cycles += 1;
        state.current = { ...state.current, cycle: state.cycles };
      }
    }
  }

  async #rollBack(wished: NonNullable<ModelState['rollback']>): Promise<void> {
    const { state } = this;
    const { label, from, to, by, reason } = wished;
    let result: RolloutResult | { outcome: 'failed'; reason: string };
    try {
      result = await this.#returnTo(wished);
    } catch (error) {
      if (CancellationScope.current().consideredCancelled) throw error;
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
  }

  async #returnTo({ label, to, reason }: NonNullable<ModelState['rollback']>): Promise<RolloutResult> {
    const { model: name, frozen, champion, versions } = this.state;
    const challenger = versions.find(({ version }) => version.version === to);
    if (!challenger) return { outcome: 'rolled back', reason: `version ${to} is not kept any more` };
    if (!frozen) throw new Error('a rollback needs a plan');
    const input: RolloutInput = { model: name, frozen, label, kind: 'rollback', champion, challenger, versions };
    return executeChild(rollout, {
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
  }

  #show(): void {
    const status = statusOf(this.state, now());
    setCurrentDetails(modelDetails(status));
    const version = status.champion?.version;
    if (version === undefined || workflowInfo().typedSearchAttributes.get(MODEL_VERSION) === version) return;
    upsertSearchAttributes([{ key: MODEL_VERSION, value: version }]);
    upsertMemo({ champion: version, since: status.champion?.since });
  }
}

/** What is known of a cycle that gave no result: its failure carries one, a cancelled or terminated cycle none. */
function resultOf(error: unknown, { current, cycles }: ModelState, startedAt: string): CycleResult {
  const { details, message, type } = why(error);
  const told = details[0] as CycleResult | undefined;
  if (error instanceof ChildWorkflowFailure && told?.outcome?.cycle !== undefined) return told;
  const cancelled = isCancellation(error);
  return {
    outcome: {
      cycle: current?.cycle ?? cycles,
      outcome: cancelled ? 'cancelled' : 'failed',
      trigger: current?.trigger ?? 'person',
      by: current?.by ?? 'nobody',
      asOf: current?.asOf ?? startedAt,
      startedAt,
      endedAt: now(),
      reason: message,
      failure: cancelled ? undefined : type,
    },
  };
}
