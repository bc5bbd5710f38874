/** Whether a SageMaker model is needed. */
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { endpointName } from '../names.ts';
import { configsOf, modelsOf } from './endpoint-configs.ts';
import { describeEndpoint } from './endpoints.ts';

/** Whether a model's endpoint is there and serves this SageMaker model, or may return to it: a config refers to it. */
export async function isReferredTo(sagemaker: SageMakerClient, model: string, name: string): Promise<boolean> {
  const found = await describeEndpoint(sagemaker, endpointName(model));
  if (!found || found.EndpointStatus === 'Deleting') return false;
  return (await configsOf(sagemaker, model)).some((config) => modelsOf(config).includes(name));
}
