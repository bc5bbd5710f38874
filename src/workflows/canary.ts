/** The hands of a rollout: it moves traffic, waits, judges, and listens to a person meanwhile. */
import { ApplicationFailure, condition, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { EndpointShape, FrozenPlan, Version } from '../activities/types.ts';
import { variantName } from '../names.ts';
import { quick, watch } from './act.ts';
import { now } from './board.ts';
import { rolloutDetails, span } from './details.ts';
import { rolloutProgress, type Steering, steer } from './messages.ts';
import type { RolloutProgress } from './shapes.ts';
import { ENDPOINT_MAX } from './timeouts.ts';

export class Canary {
  /** True once the endpoint was asked to become something else. */
  touched = false;
  #progress: RolloutProgress;
  #shape: EndpointShape | undefined;
  #promoted = false;
  #aborted: Steering | undefined;

  constructor(endpoint: string) {
    this.#progress = { endpoint, weights: {}, step: 'starting', paused: false, lines: [] };
    setHandler(rolloutProgress, () => this.#progress);
    setHandler(steer, (steering) => this.#steer(steering));
  }

  /** What was last verified to serve. */
  shape(): EndpointShape {
    if (!this.#shape) throw new Error('nothing was verified yet');
    return this.#shape;
  }

  /** Asks the endpoint to become `shape` and waits until it is that and nothing else. */
  async move(step: string, shape: EndpointShape, ask: () => Promise<void>): Promise<void> {
    this.#change({ step });
    this.touched = true;
    await ask();
    await watch(`Wait until ${shape.config} serves`, ENDPOINT_MAX).watchEndpoint({ shape });
    this.#shape = shape;
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

  /** Lets real traffic come for the plan's bake time, then judges; throws `RolloutFailed` when the version is not healthy. */
  async bake(frozen: FrozenPlan, version: Version): Promise<void> {
    this.#refuseAborted();
    const since = now();
    const { bake } = frozen.plan.deploy.rollout;
    const variant = variantName(version.version);
    if (!this.#promoted && bake > 0)
      await condition(() => this.#promoted || this.#aborted !== undefined, bake, {
        summary: `Let ${variant} bake for ${span(bake)}`,
      });
    this.#refuseAborted();
    const endpoint = this.#progress.endpoint;
    const verdict = await quick(`Judge ${variant}`).judgeCanary({ frozen, endpoint, variant, since });
    this.say(`${verdict.healthy ? 'healthy' : 'not healthy'}: ${verdict.reason}`);
    if (!verdict.healthy)
      throw ApplicationFailure.nonRetryable(`${variant} is not healthy: ${verdict.reason}`, 'RolloutFailed');
  }

  /** Waits while a person holds the rollout. */
  async permitted(): Promise<void> {
    await condition(() => !this.#progress.paused || this.#aborted !== undefined);
    this.#refuseAborted();
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
