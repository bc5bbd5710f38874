/** The hands of a rollout: it moves traffic, waits, judges, and listens to a person meanwhile. */
import { ApplicationFailure, condition, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { CanaryLook, EndpointShape, FrozenPlan, Version } from '../activities/types.ts';
import { variantName } from '../names.ts';
import { span } from '../plan/span.ts';
import { data, quick, watch } from './act.ts';
import { now } from './board.ts';
import { rolloutDetails } from './details.ts';
import { areYouThere, rolloutProgress, type Steering, steer } from './messages.ts';
import type { RolloutProgress } from './shapes.ts';
import { ATTEMPTS, ENDPOINT_MAX } from './timeouts.ts';
import { isSteering } from './told.ts';
import { isAwsTrouble, why } from './why.ts';

/** A step that is watched: who, beside whom, for how long, and what it is called. */
export interface Baking extends Pick<CanaryLook, 'frozen' | 'version' | 'champion' | 'shadow'> {
  readonly ms: number;
  readonly what: 'bake' | 'answer copies' | 'serve on probation';
}

const MINUTE = 60_000;
const MOST_LOOKS = 10;
/** A rollout may be held for days: each look adds to its history. */
const HELD_LOOK = 15 * MINUTE;

/** A step is looked at ten times at most, and not more often than CloudWatch has news: every minute. */
export const lookEvery = (ms: number): number => Math.max(ms / MOST_LOOKS, Math.min(ms, MINUTE));

export class Canary {
  /** True once the endpoint was asked to become something else. */
  touched = false;
  #progress: RolloutProgress;
  #shape: EndpointShape | undefined;
  #since = '';
  #promoted = false;
  #aborted: Steering | undefined;
  /** How far the champion's answers had moved when it was last seen. */
  #championShift: number | undefined;
  readonly #began = now();

  constructor(endpoint: string) {
    this.#progress = { endpoint, weights: {}, step: 'starting', paused: false, lines: [], verdicts: [] };
    setHandler(areYouThere, () => {});
    setHandler(rolloutProgress, () => this.#progress);
    setHandler(steer, (steering) => {
      if (isSteering(steering)) this.#steer(steering);
    });
  }

  /** What was last verified to serve. */
  shape(): EndpointShape {
    if (!this.#shape) throw new Error('nothing was verified yet');
    return this.#shape;
  }

  /** Since when it serves. */
  since(): string {
    return this.#since;
  }

  /**
   * Asks the endpoint to become `shape` and waits until it is that and nothing else. A change that AWS takes back for
   * want of capacity, or by an error of its own, is asked for again.
   */
  async move(step: string, shape: EndpointShape, ask: () => Promise<void>): Promise<void> {
    this.#change({ step });
    this.touched = true;
    for (let attempt = 1; ; attempt += 1) {
      try {
        await ask();
        await watch(`Wait until ${shape.config} serves`, ENDPOINT_MAX).watchEndpoint({ shape });
        break;
      } catch (error) {
        if (attempt === ATTEMPTS || !isAwsTrouble(error, 'RolloutFailed')) throw error;
        this.say(`asked again: ${why(error).message}`);
      }
    }
    this.#shape = shape;
    this.#since = now();
    this.#change({ weights: shape.weights });
    this.say(`${step} (${shape.config})`);
  }

  async smoke(frozen: FrozenPlan, version: Version): Promise<void> {
    const endpoint = this.#progress.endpoint;
    const { predictions } = await quick(`Ask ${variantName(version.version)} for predictions`).smokeTest({
      frozen,
      endpoint,
      version,
    });
    this.say(`${predictions} predictions of ${variantName(version.version)} are what its evaluation foretold`);
  }

  /**
   * Lets real traffic come for a while, looking for errors and alarms now and then, and judges at the end by all there is.
   * A person may hold the rollout here for as long as they like; it is looked at meanwhile. Throws `RolloutFailed` when the
   * version is not healthy.
   */
  async bake({ ms, what, ...one }: Baking): Promise<void> {
    this.#refuseAborted();
    const look = { ...one, endpoint: this.#progress.endpoint, began: this.#began, since: now() };
    const every = lookEvery(ms);
    for (let left = ms; left > 0 && !this.#promoted; left -= every) {
      const summary = `Let ${variantName(one.version.version)} ${what} for ${span(left)}`;
      await condition(() => this.#promoted || this.#aborted !== undefined, Math.min(every, left), { summary });
      this.#refuseAborted();
      if (left > every && !this.#promoted) await this.#look({ ...look, by: 'service' });
    }
    await this.#hold(look);
    await this.#look({ ...look, by: 'all' });
    await this.#hold(look);
  }

  /** Waits while a person holds the rollout. */
  async #hold(look: Omit<CanaryLook, 'by'>): Promise<void> {
    while (this.#progress.paused) {
      const done = await condition(() => !this.#progress.paused || this.#aborted !== undefined, HELD_LOOK, {
        summary: 'Held by a person',
      });
      this.#refuseAborted();
      if (!done) await this.#look({ ...look, by: 'service' });
    }
    this.#refuseAborted();
  }

  async #look(look: CanaryLook): Promise<void> {
    const variant = variantName(look.version.version);
    const championShift = this.#championShift;
    const verdict = await (look.by === 'all'
      ? data(`Judge ${variant}`).judgeCanary({ ...look, championShift })
      : quick(`Look at ${variant}`).judgeCanary(look));
    if (verdict.healthy && look.by === 'service') return;
    this.#championShift = verdict.shift?.champion ?? championShift;
    const { step, verdicts } = this.#progress;
    this.#change({ verdicts: [...verdicts, { step, at: now(), ...verdict }] });
    this.say(`${verdict.healthy ? 'healthy' : 'not healthy'}: ${verdict.reason}`);
    if (!verdict.healthy)
      throw ApplicationFailure.nonRetryable(`${variant} is not healthy: ${verdict.reason}`, 'RolloutFailed');
  }

  /** What it was judged by, step by step. */
  verdicts(): RolloutProgress['verdicts'] {
    return this.#progress.verdicts;
  }

  say(line: string): void {
    this.#change({ lines: [...this.#progress.lines, line] });
  }

  #steer(steering: Steering): void {
    const { action, by, reason } = steering;
    this.say(`${action} by ${by}${reason ? `: ${reason}` : ''}`);
    if (action === 'abort') this.#aborted = steering;
    if (action === 'promote') this.#promoted = true;
    this.#change({ paused: action === 'pause' });
  }

  #refuseAborted(): void {
    if (!this.#aborted) return;
    const { by, reason } = this.#aborted;
    throw ApplicationFailure.nonRetryable(`aborted by ${by}${reason ? `: ${reason}` : ''}`, 'RolloutFailed');
  }

  #change(change: Partial<RolloutProgress>): void {
    this.#progress = { ...this.#progress, ...change };
    setCurrentDetails(rolloutDetails(this.#progress));
  }
}
