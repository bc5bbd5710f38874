/**
 * The model: one long-lived workflow that owns its truth. It starts cycles one at a time, keeps the champion, answers
 * people and monitors, and writes every decision to the ledger. Its state moves to a fresh run between cycles.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  setCurrentDetails,
  sleep,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { now } from './board.ts';
import { modelDetails } from './details.ts';
import { cycleEnded } from './ended.ts';
import { listen } from './handlers.ts';
import { clearAway, withoutWord } from './lost.ts';
import { lookAgain, recall } from './recalling.ts';
import type { SetBack } from './restore.ts';
import { retire } from './retiring.ts';
import { rollBack } from './returning.ts';
import { resultOf, startCycle } from './running.ts';
import { MODEL_VERSION, OUTCOME } from './search.ts';
import type { CycleResult, Wish } from './shapes.ts';
import { type ModelState, newModel, tell } from './state.ts';
import { statusOf } from './status.ts';
import { why } from './why.ts';
import { nextWish, notBefore, start } from './wishes.ts';
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
  readonly #name: string;
  readonly writers: Writers;
  #changes = 0;
  #cycle: CancellationScope | undefined;
  #recalled: boolean | string;
  #setBack: SetBack | undefined;
  /** The last cycle that this run saw end. */
  #ended: CycleResult | undefined;

  constructor(state: ModelState, recalled: boolean) {
    this.state = state;
    this.#recalled = recalled;
    this.#name = state.model;
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

  /** What costs or moves anything waits until the decision is in the ledger: a model that was reset learns there what it did. */
  async live(): Promise<void> {
    for (;;) {
      if (this.writers.astray) this.#forget();
      if (this.#recalled !== true) await this.#recall();
      else if (this.state.lost !== undefined) await clearAway(this.state, this.state.lost);
      else if ((this.state.retired || this.state.rollback) && !(await this.writers.written())) continue;
      else if (this.state.retired) {
        if (await retire(this.state)) return this.#end();
      } else if (this.state.rollback) await rollBack(this.state, this.state.rollback);
      else if (this.#old()) await this.#renew();
      else {
        const wish = nextWish(this.state, now());
        if (wish) await this.#runCycle(wish);
        else await this.#somethingToDo();
      }
      this.#show();
    }
  }

  async #recall(): Promise<void> {
    const { state } = this;
    try {
      const found = await recall(state, this.#setBack);
      this.#setBack = undefined;
      delete state.problems.past;
      this.#recalled = true;
      this.#show();
      if (found) await lookAgain(state);
    } catch (error) {
      if (CancellationScope.current().consideredCancelled) throw error;
      state.problems.past = `what the model was cannot be read: ${why(error).message}`;
      this.#recalled = state.problems.past;
      this.#show();
      await sleep(RECALL_PAUSE, { summary: 'Try to recall again' });
    }
  }

  /** The ledger has the truth, not this run. */
  #forget(): void {
    const { state } = this;
    const forgotten = state.outbox.map(({ event, by, reason }) => `${event}, ${by}${reason ? `: ${reason}` : ''}`);
    this.#setBack = { forgotten, ended: this.#ended };
    for (const key of Object.keys(state)) Reflect.deleteProperty(state, key);
    Object.assign(state, newModel(this.#name));
    this.#recalled = false;
    this.writers.astray = false;
  }

  /** Waits for a message, for the time of a wish that waits for it, or for the time to renew. */
  async #somethingToDo(): Promise<void> {
    const seen = this.#changes;
    const happened = () => this.#changes !== seen || this.writers.astray || this.#old();
    const wish = this.state.paused ? undefined : this.state.queue[0];
    if (!wish) return condition(happened);
    const until = notBefore(this.state, wish);
    const ms = Math.max(1, Date.parse(until) - Date.now());
    await condition(happened, ms, { summary: `Wish ${wish.id} waits until ${until}` });
  }

  /** The history has grown long, or a newer build of the worker waits to take over. */
  #old(): boolean {
    const { continueAsNewSuggested, targetWorkerDeploymentVersionChanged } = workflowInfo();
    return continueAsNewSuggested || targetWorkerDeploymentVersionChanged;
  }

  async #end(): Promise<void> {
    await condition(() => allHandlersFinished() && this.writers.done);
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
    let result: CycleResult | undefined;
    this.#cycle = new CancellationScope();
    try {
      result = await this.#cycle.run(async () =>
        (await this.writers.written()) ? await startCycle(state, wish) : undefined,
      );
      if (!result) return;
    } catch (error) {
      if (CancellationScope.current().consideredCancelled) throw error;
      result = resultOf(error, state, startedAt);
    } finally {
      this.#cycle = undefined;
    }
    this.#ended = result;
    cycleEnded(state, result);
    const { cycle: n, outcome, reason, failure } = result.outcome;
    if (withoutWord(failure)) state.lost = n;
    tell(state, { subject: `cycle ${n} ${outcome}`, message: reason });
    upsertSearchAttributes([{ key: OUTCOME, value: outcome }]);
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
