/** How a challenger takes over from the champion: as a shadow if the plan says so, step by step, alone, on probation. */
import type { EndpointShape, FrozenPlan, PredictionApi } from '../activities/types.ts';
import { endpointName, shadowName, variantName } from '../names.ts';
import { quick } from './act.ts';
import type { Canary } from './canary.ts';
import type { RolloutInput } from './rollout.ts';
import type { Champion } from './shapes.ts';

/**
 * Champion and challenger side by side, then the challenger alone; where the plan wants it, as a shadow before all that.
 * `found` is the config that the endpoint is on: a rollout that was reset begins where it stands.
 */
export async function overtake(
  { frozen, challenger, label, model }: RolloutInput,
  champion: Champion,
  canary: Canary,
  found?: string,
): Promise<PredictionApi> {
  canary.touched = found !== undefined && found !== champion.serving.config;
  // What can fail without the endpoint goes first, while the champion is untouched.
  const api = await quick('Bring the prediction API up to date').ensureApi({ frozen, endpoint: endpointName(model) });
  const { strategy, bake, probation } = frozen.plan.deploy.rollout;
  const old = champion.kept.version;
  const fresh = challenger.version;
  const both = { frozen, version: fresh, champion: old };
  const split = (share: number): EndpointShape =>
    shapeOf(model, `${model}-${label}-canary`, {
      [variantName(old.version)]: 100 - share,
      [variantName(fresh.version)]: share,
    });

  const alone = shapeOf(model, `${model}-${label}-full`, { [variantName(fresh.version)]: 100 });
  const beside = found === split(0).config;
  if (strategy === 'shadow' && !beside && found !== alone.config) {
    const weights = { [variantName(old.version)]: 100 };
    const shape = {
      ...shapeOf(model, `${model}-${label}-shadow`, weights),
      shadows: { [shadowName(fresh.version)]: 100 },
    };
    await canary.move(`version ${fresh.version} answers copies`, shape, () =>
      quick(`Ask for ${shape.config}`).submitEndpoint({ frozen, shape, versions: [old, fresh] }),
    );
    await canary.bake({ ...both, shadow: true, ms: bake, what: 'answer copies' });
  }
  const steps = found === alone.config ? [] : stepsOf(frozen);
  for (const [index, share] of steps.entries()) {
    const shape = split(share);
    await canary.move(`version ${fresh.version} takes ${share} %`, shape, () =>
      index === 0 && !beside
        ? quick(`Ask for ${shape.config}`).submitEndpoint({ frozen, shape, versions: [old, fresh] })
        : quick(`Shift ${share} % to ${variantName(fresh.version)}`).shiftTraffic({ shape }),
    );
    if (index === 0) await canary.smoke(frozen, fresh);
    await canary.bake({ ...both, ms: bake, what: 'bake' });
  }

  await canary.move(`version ${fresh.version} serves alone`, alone, () =>
    quick(`Ask for ${alone.config}`).submitEndpoint({ frozen, shape: alone, versions: [fresh] }),
  );
  await canary.smoke(frozen, fresh);
  await quick('Let the number of instances follow the plan').scaleEndpoint({ frozen, shape: alone });
  if (probation > 0) await canary.bake({ frozen, version: fresh, ms: probation, what: 'serve on probation' });
  return api;
}

/** The shares of the plan in rising order; the last is always 100. */
export const stepsOf = ({ plan }: FrozenPlan): number[] =>
  [...new Set([...plan.deploy.rollout.steps, 100])].sort((a, b) => a - b);

export const shapeOf = (model: string, config: string, weights: Record<string, number>): EndpointShape => ({
  endpoint: endpointName(model),
  config,
  weights,
});
