/** Brings versions onto the endpoint, and holds what serves against what was asked. */
import { ensureConfig } from '../aws/endpoint-configs.ts';
import {
  deleteEndpoint,
  describeEndpoint,
  type Endpoint,
  headsFor,
  instancesOf,
  moveEndpoint,
  sameShape,
  shapeOf,
  shiftWeights,
} from '../aws/endpoints.ts';
import { endScaling, ensureScaling } from '../aws/scaling.ts';
import { modelTags } from '../aws/tags.ts';
import { notYet, permanent } from '../failures.ts';
import { keys, shadowName, variantName } from '../names.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { watchedMs } from './patience.ts';
import type { EndpointShape, Version } from './types.ts';

type Deploy = Pick<
  Activities,
  'describeEndpoint' | 'submitEndpoint' | 'shiftTraffic' | 'watchEndpoint' | 'scaleEndpoint' | 'deleteEndpoint'
>;

/** For so long after a change was accepted, a look may still see the state before it. */
const SETTLES_WITHIN_MS = 10_000;
/** States that no waiting mends. */
const BROKEN = new Set(['Failed', 'UpdateRollbackFailed', 'OutOfService', 'Deleting']);

export const deployActivities = ({ aws, store, log }: Deps): Deploy => ({
  async describeEndpoint({ endpoint }) {
    const found = await describeEndpoint(aws.sagemaker, endpoint);
    return found && !['Failed', 'Deleting'].includes(found.EndpointStatus ?? '') ? shapeOf(found) : undefined;
  },

  async submitEndpoint({ frozen: { plan }, shape, versions }) {
    const { type, count } = plan.deploy.instance;
    const found = await describeEndpoint(aws.sagemaker, shape.endpoint);
    const config = {
      name: shape.config,
      ...variantsOf(shape, versions, instancesFor(shape, found ? instancesOf(found) : {}, count)),
      instanceType: type,
      capture: { share: plan.deploy.capture, uri: store.uri(keys.capture(plan.model)) },
    };
    const inUse = found !== undefined && [found.EndpointConfigName, headsFor(found)].includes(shape.config);
    await ensureConfig(aws.sagemaker, config, modelTags(plan.model), inUse);
    await moveEndpoint(aws.sagemaker, shape.endpoint, shape.config, modelTags(plan.model), async (now) => {
      // SageMaker removes no variant that is registered as a scalable target.
      for (const variant of Object.keys(instancesOf(now)).filter((name) => !Object.hasOwn(shape.weights, name)))
        await endScaling(aws.autoScaling, { endpoint: shape.endpoint, variant });
    });
  },

  async shiftTraffic({ shape }) {
    await shiftWeights(aws.sagemaker, shape);
  },

  async watchEndpoint({ shape }) {
    return asAsked(shape, await describeEndpoint(aws.sagemaker, shape.endpoint), watchedMs());
  },

  async scaleEndpoint({ frozen: { plan }, shape: { endpoint, weights } }) {
    const { instance, scaling } = plan.deploy;
    for (const variant of Object.keys(weights))
      await (scaling
        ? ensureScaling(aws.autoScaling, { endpoint, variant }, { min: instance.count, ...scaling })
        : endScaling(aws.autoScaling, { endpoint, variant }));
  },

  async deleteEndpoint({ endpoint }) {
    const found = await describeEndpoint(aws.sagemaker, endpoint);
    for (const variant of Object.keys(found ? instancesOf(found) : {}))
      await endScaling(aws.autoScaling, { endpoint, variant });
    const deleted = await deleteEndpoint(aws.sagemaker, endpoint);
    log.info({ endpoint, deleted }, deleted ? 'deleting the endpoint' : 'no endpoint of ours to delete');
  },
});

/**
 * How many instances a variant begins with: those that it has now, and at least as many as any other has where it is new,
 * or where another goes. What autoscaling found is kept through a rollout, and never less than the plan says.
 */
export function instancesFor(
  { weights }: EndpointShape,
  now: Readonly<Record<string, number>>,
  least: number,
): (variant: string) => number {
  const most = Math.max(least, ...Object.values(now));
  const goes = Object.keys(now).some((name) => !Object.hasOwn(weights, name));
  return (variant) => (goes ? most : (now[variant] ?? most));
}

/** One variant a version that has a weight; a weight without its version is a mistake of the caller. */
function variantsOf(
  { config, weights, shadows = {} }: EndpointShape,
  versions: readonly Version[],
  instances: (variant: string) => number,
) {
  const named = (nameOf: (version: number) => string, asked: Readonly<Record<string, number>>) => {
    const byVariant = new Map(versions.map((version) => [nameOf(version.version), version]));
    return Object.entries(asked).map(([name, weight]) => {
      const version = byVariant.get(name);
      if (version) return { name, weight, modelName: version.modelName, count: instances(name) };
      const known = [...byVariant.keys()].join(', ') || 'none';
      throw permanent(
        'InvalidRequest',
        `${config}: no version for the variant ${name}; the versions given are ${known}`,
      );
    });
  };
  return { variants: named(variantName, weights), shadows: named(shadowName, shadows) };
}

/** The shape when the endpoint serves what was asked. `watched` is for how many milliseconds it has been looked at. */
export function asAsked(shape: EndpointShape, found: Endpoint | undefined, watched: number): EndpointShape {
  const settling = watched < SETTLES_WITHIN_MS;
  const name = `endpoint ${shape.endpoint}`;
  if (!found) {
    if (settling) throw notYet(`${name}: not to be seen yet`);
    throw permanent('RolloutFailed', `${name} is not there: it was never created, or somebody deleted it`);
  }
  const status = found.EndpointStatus ?? 'unknown';
  const because = found.FailureReason ? `: ${found.FailureReason}` : '';
  if (BROKEN.has(status))
    throw permanent(
      'RolloutFailed',
      `${name} is ${status}${because}; log group /aws/sagemaker/Endpoints/${shape.endpoint}`,
    );
  if (status !== 'InService') throw notYet(`${name} is ${status}: ${variantsSaid(found)}`);

  const serves = shapeOf(found);
  if (serves.config === shape.config && sameShape(serves, shape)) return serves;
  if (settling) throw notYet(`${name}: ${variantsSaid(found)}; waiting for ${shape.config}`);
  const difference =
    serves.config === shape.config
      ? `serves ${weightsSaid(serves)}, not ${weightsSaid(shape)}`
      : `is on config ${serves.config}, not ${shape.config}: it rolled back silently`;
  throw permanent('RolloutFailed', `${name} is InService but ${difference}${because}`, { serves });
}

const weightsSaid = ({ weights, shadows }: EndpointShape): string =>
  `${JSON.stringify(weights)}${shadows ? ` and shadows ${JSON.stringify(shadows)}` : ''}`;

const variantsSaid = ({ ProductionVariants: variants = [] }: Endpoint): string =>
  variants
    .map((one) => {
      const [is, due] = [one.CurrentInstanceCount ?? 0, one.DesiredInstanceCount ?? 0];
      const state = one.VariantStatus?.at(-1)?.Status;
      return `${one.VariantName} weight ${one.CurrentWeight ?? 0}→${one.DesiredWeight ?? 0}, ${is}/${due} instances${state ? ` (${state})` : ''}`;
    })
    .join('; ') || 'no variants yet';
