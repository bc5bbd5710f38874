/**
 * A rollout: the new version takes over step by step, judged at each and for a while after the last; at the first doubt
 * everything goes back to the champion. Also the way back to a kept version, in one step. Ends as `deployed` or `rolled back`; fails only when the
 * endpoint could not be brought back, which a person must look at.
 */
import { ApplicationFailure, CancellationScope, isCancellation, log } from '@temporalio/workflow';
import type { FrozenPlan, PredictionApi } from '../activities/types.ts';
import { endpointName, variantName } from '../names.ts';
import { keep, quick, watch } from './act.ts';
import { Canary } from './canary.ts';
import { overtake, shapeOf } from './overtake.ts';
import type { Champion, Deployment, Kept, RolloutResult } from './shapes.ts';
import { sortOut } from './state.ts';
import { ENDPOINT_MAX } from './timeouts.ts';
import { asCancelled, why } from './why.ts';

export interface RolloutInput {
  readonly model: string;
  readonly frozen: FrozenPlan;
  /** Unique among the model's rollouts; names of endpoint configs are made of it. */
  readonly label: string;
  readonly kind: 'canary' | 'rollback';
  readonly champion?: Champion;
  readonly challenger: Kept;
  /** Every version that can be served, champion included. */
  readonly versions: readonly Kept[];
}

export async function rollout(input: RolloutInput): Promise<RolloutResult> {
  const canary = new Canary(endpointName(input.model));
  try {
    const api = await (input.champion && input.kind === 'canary'
      ? overtake(input, input.champion, canary, await whatServes(input, input.champion))
      : takePlace(input, canary));
    return await CancellationScope.nonCancellable(() => settle(input, canary, api));
  } catch (failed) {
    const error = asCancelled(failed);
    const { type, message } = why(error);
    // What serves is none of this rollout's business, and neither is its version: another may have made it champion.
    if (type === 'NameTaken' && !canary.touched)
      return { outcome: 'rolled back', reason: message, verdicts: canary.verdicts() };
    const reason = isCancellation(error) ? 'the rollout was cancelled' : message;
    await CancellationScope.nonCancellable(() => goBack(input, canary, reason));
    if (isCancellation(error)) throw error;
    return { outcome: 'rolled back', reason, verdicts: canary.verdicts() };
  }
}

/**
 * The config that the endpoint is on: the champion's, or one of this rollout's own when it was reset and goes on from there.
 * Permanent `NameTaken` on any other: a rollout of another time must not move what serves now.
 */
async function whatServes({ model, label }: RolloutInput, champion: Champion): Promise<string | undefined> {
  const endpoint = endpointName(model);
  const found = await quick('Look at what serves').describeEndpoint({ endpoint });
  const { config } = champion.serving;
  if (!found || found.config === config || found.config.startsWith(`${model}-${label}-`)) return found?.config;
  throw ApplicationFailure.nonRetryable(
    `the endpoint ${endpoint} is on ${found.config}, not on the champion's ${config}: it is left as it is`,
    'NameTaken',
  );
}

/** All traffic at once: the first version, or the way back to a kept one. */
async function takePlace({ frozen, challenger, kind, label, model }: RolloutInput, canary: Canary) {
  const { version } = challenger;
  const shape = shapeOf(model, `${model}-${label}-full`, { [variantName(version.version)]: 100 });
  await canary.move(`version ${version.version} takes all traffic`, shape, () =>
    quick(`Ask for ${shape.config}`).submitEndpoint({ frozen, shape, versions: [version] }),
  );
  await canary.smoke(frozen, version);
  await quick('Let the number of instances follow the plan').scaleEndpoint({ frozen, shape });
  // On the way back the API is there already, and trouble with it must not stand in the way.
  if (kind === 'rollback') return undefined;
  return quick('Set up the prediction API').ensureApi({ frozen, endpoint: shape.endpoint });
}

/** The challenger serves and has stood its probation: retire what is beyond `keep`. From here on nothing goes back. */
async function settle(input: RolloutInput, canary: Canary, api?: PredictionApi): Promise<RolloutResult> {
  const { model, frozen, challenger, champion, versions } = input;
  const version = challenger.version.version;
  const sorted = sortOut(versions, challenger, frozen.plan.deploy.keep);
  let retired: number[] = [];
  if (sorted.retire.length || champion) {
    try {
      await keep('Retire what is not kept').retireVersions({
        model,
        endpoint: endpointName(model),
        keep: sorted.keep.map((kept) => kept.version),
        retire: sorted.retire.map((kept) => kept.version),
      });
      retired = sorted.retire.map((kept) => kept.version.version);
    } catch (error) {
      log.warn(`old versions stay until the next rollout: ${why(error).message}`);
    }
  }
  if (input.kind === 'rollback') await pointAlarms(input);
  const reason = champion
    ? `version ${version} took over from version ${champion.kept.version.version}`
    : `version ${version} is the first to serve`;
  canary.say(reason);
  const deployment: Deployment = {
    champion: { kept: challenger, since: canary.since(), serving: canary.shape(), frozen },
    api,
    retired,
  };
  return { outcome: 'deployed', reason, deployment, verdicts: canary.verdicts() };
}

/** Alarms and dashboard watch variants by name. A cycle sees to it in its last stage; a way back has no cycle. */
async function pointAlarms({ model, frozen }: RolloutInput): Promise<void> {
  try {
    await quick('Point alarms and dashboard at what serves').ensureObservability({
      frozen,
      endpoint: endpointName(model),
    });
  } catch (error) {
    log.warn(`alarms still watch the version before: ${why(error).message}`);
  }
}

/** Brings the champion back, verifies it, and removes the challenger; without a champion, removes the endpoint. */
async function goBack({ model, champion, challenger, kind, versions }: RolloutInput, canary: Canary, reason: string) {
  const endpoint = endpointName(model);
  canary.say(`going back: ${reason}`);
  try {
    if (champion && canary.touched) {
      const { serving: shape, kept, frozen } = champion;
      await keep(`Go back to version ${kept.version.version}`).submitEndpoint({
        frozen,
        shape,
        versions: [kept.version],
      });
      await watch(`Wait until ${shape.config} serves again`, ENDPOINT_MAX).watchEndpoint({ shape });
      await scaleAgain(champion);
    }
    if (!champion && canary.touched) await keep('Remove the endpoint').deleteEndpoint({ endpoint });
  } catch (error) {
    throw ApplicationFailure.nonRetryable(
      `the rollout was given up (${reason}), and the endpoint ${endpoint} could not be brought back: ${why(error).message}; look at it in SageMaker and run "perennial rollback"`,
      'RolloutFailed',
    );
  }
  canary.say(champion ? `version ${champion.kept.version.version} serves as before` : 'nothing serves, as before');
  if (kind === 'rollback') return;
  try {
    await keep('Remove the challenger').retireVersions({
      model,
      endpoint,
      keep: versions.map((kept) => kept.version),
      retire: [challenger.version],
    });
  } catch (error) {
    log.warn(`the challenger was not removed: ${why(error).message}`);
  }
}

/** The champion serves already: instances that do not follow the traffic are no reason to call a person at once. */
async function scaleAgain({ frozen, serving: shape }: Champion): Promise<void> {
  try {
    await quick('Let the number of instances follow the plan again').scaleEndpoint({ frozen, shape });
  } catch (error) {
    log.warn(`the number of instances of ${shape.config} does not follow the plan: ${why(error).message}`);
  }
}
