/** Brings versions onto the endpoint, and holds what serves against what was asked. */
import { ApplicationFailure } from '@temporalio/common';
import { ensureConfig } from '../aws/endpoint-configs.ts';
import { headsFor, instancesOf, shapeOf } from '../aws/endpoint-shapes.ts';
import { deleteEndpoint, describeEndpoint, moveEndpoint, shiftWeights } from '../aws/endpoints.ts';
import { endScaling, ensureScaling } from '../aws/scaling.ts';
import { modelTags } from '../aws/tags.ts';
import { keys } from '../names.ts';
import { asAsked } from './as-asked.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { watchedMs } from './patience.ts';
import { instancesFor, variantsOf } from './variants.ts';

type Deploy = Pick<
  Activities,
  'describeEndpoint' | 'submitEndpoint' | 'shiftTraffic' | 'watchEndpoint' | 'scaleEndpoint' | 'deleteEndpoint'
>;

export const deployActivities = ({ aws, store, log }: Deps): Deploy => {
  /** A worker that may not scale has scaled nothing: SageMaker itself refuses to remove a variant that another scales. */
  const unscale = async (endpoint: string, variant: string): Promise<void> => {
    try {
      await endScaling(aws.autoScaling, { endpoint, variant });
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.type !== 'AccessDenied') throw error;
      log.warn({ endpoint, variant }, `its scaling could not be ended: ${error.message}`);
    }
  };
  return {
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
          await unscale(shape.endpoint, variant);
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
          : unscale(endpoint, variant));
    },

    async deleteEndpoint({ endpoint }) {
      const found = await describeEndpoint(aws.sagemaker, endpoint);
      for (const variant of Object.keys(found ? instancesOf(found) : {})) await unscale(endpoint, variant);
      const deleted = await deleteEndpoint(aws.sagemaker, endpoint);
      log.info({ endpoint, deleted }, deleted ? 'deleting the endpoint' : 'no endpoint of ours to delete');
    },
  };
};
