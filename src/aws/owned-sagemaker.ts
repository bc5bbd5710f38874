/** Endpoints, their configs and models, with whose they are and what they refer to. */
import {
  DeleteEndpointCommand,
  DeleteModelCommand,
  DescribeModelCommand,
  paginateListEndpointConfigs,
  paginateListEndpoints,
  paginateListModels,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { TAG_CYCLE, TAG_MODEL } from '../names.ts';
import { deleteConfig, describeConfig, modelsOf } from './endpoint-configs.ts';
import { describeEndpoint } from './endpoints.ts';
import { call, callOrMissing } from './errors.ts';
import type { Owned } from './owned.ts';
import { tagsOf } from './tags.ts';

export async function endpoints(sagemaker: SageMakerClient): Promise<Owned[]> {
  const names = await call('ListEndpoints', async () => {
    const found: string[] = [];
    for await (const page of paginateListEndpoints({ client: sagemaker, pageSize: 100 }, {}))
      found.push(...(page.Endpoints ?? []).flatMap(({ EndpointName }) => EndpointName ?? []));
    return found;
  });
  const found: Owned[] = [];
  for (const name of names) {
    const one = await describeEndpoint(sagemaker, name);
    if (!one || one.EndpointStatus === 'Deleting') continue;
    const uses = [one.EndpointConfigName, one.PendingDeploymentSummary?.EndpointConfigName].flatMap((c) => c ?? []);
    found.push({ kind: 'endpoint', name, ...(await owner(sagemaker, one.EndpointArn, one.CreationTime)), uses });
  }
  return found;
}

export async function configs(sagemaker: SageMakerClient): Promise<Owned[]> {
  const names = await call('ListEndpointConfigs', async () => {
    const found: string[] = [];
    for await (const page of paginateListEndpointConfigs({ client: sagemaker, pageSize: 100 }, {}))
      found.push(...(page.EndpointConfigs ?? []).flatMap(({ EndpointConfigName }) => EndpointConfigName ?? []));
    return found;
  });
  const found: Owned[] = [];
  for (const name of names) {
    const one = await describeConfig(sagemaker, name);
    if (!one) continue;
    const shadows = (one.ShadowProductionVariants ?? []).flatMap(({ ModelName }) => ModelName ?? []);
    const uses = [...modelsOf(one), ...shadows];
    const whose = await owner(sagemaker, one.EndpointConfigArn, one.CreationTime);
    found.push({ kind: 'endpoint config', name, ...whose, uses });
  }
  return found;
}

export async function models(sagemaker: SageMakerClient): Promise<Owned[]> {
  const listed = await call('ListModels', async () => {
    const found: { name: string; arn?: string; at?: Date }[] = [];
    for await (const page of paginateListModels({ client: sagemaker, pageSize: 100 }, {}))
      for (const { ModelName, ModelArn, CreationTime } of page.Models ?? [])
        found.push({ name: ModelName ?? '', arn: ModelArn, at: CreationTime });
    return found;
  });
  const found: Owned[] = [];
  for (const { name, arn, at } of listed) found.push({ kind: 'model', name, ...(await owner(sagemaker, arn, at)) });
  return found;
}

export const deleteOwnEndpoint = async (sagemaker: SageMakerClient, thing: Owned): Promise<boolean> => {
  const found = await describeEndpoint(sagemaker, thing.name);
  if (found?.EndpointStatus === 'Deleting' || !(await isOf(sagemaker, found?.EndpointArn, thing))) return false;
  const gone = await callOrMissing(`DeleteEndpoint ${thing.name}`, () =>
    sagemaker.send(new DeleteEndpointCommand({ EndpointName: thing.name })),
  );
  return gone !== undefined;
};

export const deleteOwnConfig = async (sagemaker: SageMakerClient, thing: Owned): Promise<boolean> => {
  const found = await describeConfig(sagemaker, thing.name);
  if (!(await isOf(sagemaker, found?.EndpointConfigArn, thing))) return false;
  return (await deleteConfig(sagemaker, thing.name)) !== undefined;
};

export const deleteOwnModel = async (sagemaker: SageMakerClient, thing: Owned): Promise<boolean> => {
  const command = new DescribeModelCommand({ ModelName: thing.name });
  const found = await callOrMissing(`DescribeModel ${thing.name}`, () => sagemaker.send(command));
  if (!(await isOf(sagemaker, found?.ModelArn, thing))) return false;
  const gone = await callOrMissing(`DeleteModel ${thing.name}`, () =>
    sagemaker.send(new DeleteModelCommand({ ModelName: thing.name })),
  );
  return gone !== undefined;
};

type Whose = Pick<Owned, 'model' | 'cycle' | 'arn' | 'madeAt'>;

async function owner(sagemaker: SageMakerClient, arn = '', at?: Date): Promise<Whose> {
  const tags = await tagsOf(sagemaker, arn);
  return { model: tags[TAG_MODEL], cycle: tags[TAG_CYCLE], arn, madeAt: at?.toISOString() };
}

const isOf = async (sagemaker: SageMakerClient, arn: string | undefined, { model }: Owned): Promise<boolean> =>
  arn !== undefined && model !== undefined && (await tagsOf(sagemaker, arn))[TAG_MODEL] === model;
