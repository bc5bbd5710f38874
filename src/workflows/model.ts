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
  startChild,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { cycleWorkflowId, rolloutWorkflowId } from '../names.ts';
import { now } from './board.ts';
import { cycle } from './cycle.ts';
import { modelDetails } from './details.ts';
import { listen } from './handlers.ts';
import { type RolloutInput, rollout } from './rollout.ts';
import { MODEL, MODEL_VERSION, OUTCOME, TRIGGER } from './search.ts';
import type { CycleResult, RolloutResult, Wish } from './shapes.ts';
import { cycleEnded, deployed, type ModelState, newModel, remember, rollbackTarget, tell } from './state.ts';
import { statusOf } from './status.ts';
import type { CycleInput } from './story.ts';
import { why } from './why.ts';
import { cooledDownAt, nextWish, start } from './wishes.ts';
import { Writers } from './writers.ts';

export interface ModelInput {
  readonly model: string;
  /** From the run before. */
  readonly state?: ModelState;
}

export async function model(input: ModelInput): Promise<void> {
  const life = new Life(input.state ?? newModel(input.model));
  await Promise.race([life.live(), life.writers.keepLedger(), life.writers.sendNotices()]);
}

class Life {
  readonly state: ModelState;
  readonly writers: Writers;
  #changes = 0;
  #cycle: CancellationScope | undefined;

  constructor(state: ModelState) {
    this.state = state;
    this.writers = new Writers(state, () => this.#show());
    listen(state, {
      changed: () => {
        this.#changes += 1;
        this.#show();
      },
      cancelCycle: () => this.#cycle?.cancel(),
    });
    this.#show();
  }

  async live(): Promise<never> {
    for (;;) {
      if (this.state.rollback) await this.#rollBack(this.state.rollback);
      else if (this.#old()) await this.#renew();
      else {
        const wish = nextWish(this.state, now());
        if (wish) await this.#runCycle(wish);
        else await this.#somethingToDo();
      }
      this.#show();
    }
  }

  /** Waits for a message, for the end of the cooldown when a wish waits for it, or for the time to renew. */
  async #somethingToDo(): Promise<void> {
    const seen = this.#changes;
    const happened = () => this.#changes !== seen || this.#old();
    const until = this.state.queue.length ? cooledDownAt(this.state) : undefined;
    if (!until) return condition(happened);
    const ms = Math.max(1, Date.parse(until) - Date.now());
    await condition(happened, ms, { summary: `Cool down until ${until}` });
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
    const challenger = rollbackTarget(this.state, to);
    if (typeof challenger === 'string') return { outcome: 'rolled back', reason: challenger };
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
