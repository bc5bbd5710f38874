/** The REST API in front of a model: found by name and tag, made where it is missing, deployed when it changed. */
import {
  type APIGatewayClient,
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  GetDeploymentCommand,
  GetStageCommand,
  PutGatewayResponseCommand,
  PutIntegrationCommand,
  PutMethodCommand,
  paginateGetResources,
  paginateGetRestApis,
  type Resource,
  type RestApi,
} from '@aws-sdk/client-api-gateway';
import { apiName, TAG_MODEL } from '../names.ts';
import { definition, GATEWAY_RESPONSES, METHOD, PATH_PARTS, type PathPart, type Wiring, wiring } from './api-shape.ts';
import type { Clients } from './clients.ts';
import { call, callOrMissing } from './errors.ts';
import { allowInvoke } from './lambda.ts';
import { oldestFirst, onlyOne } from './only-one.ts';
import { deleteApi } from './owned-api.ts';
import { ensureUsage, findKeys, type Throttle } from './usage.ts';

export { readApiKey } from './usage.ts';

export interface ApiSpec {
  readonly model: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly throttle: Throttle;
}

export const STAGE = 'live';

/** The URL to POST to; the template's {api}, {region} and {stage} are filled in. */
export const apiUrl = (template: string, region: string, apiId: string, part: PathPart): string => {
  const base = template.replaceAll('{api}', apiId).replaceAll('{region}', region).replaceAll('{stage}', STAGE);
  return `${base.replace(/\/+$/, '')}/${part}`;
};

/** Makes or mends the whole API; the ids of the API and of its key. Calling it again changes nothing. */
export async function ensureApi(clients: Clients, spec: ApiSpec): Promise<{ apiId: string; keyId: string }> {
  const client = clients.apiGateway;
  const apiId = await onlyOne({
    find: () => findRestApis(client, spec.model),
    make: () => createRestApi(client, spec.model),
    remove: (id) => deleteApi(client, { kind: 'REST API', name: apiName(spec.model), id, model: spec.model }),
  });
  const wired = wiring(spec.functionArn, apiId);
  for (const part of PATH_PARTS) {
    await allowInvoke(clients.lambda, spec.functionName, statementOf(apiId, part), wired.sources[part]);
    await ensureMethod(client, apiId, part, wired);
  }
  await ensureDeployed(client, apiId, wired);
  const keyId = await ensureUsage(client, { model: spec.model, apiId, stage: STAGE, throttle: spec.throttle });
  return { apiId, keyId };
}

const statementOf = (apiId: string, part: PathPart): string =>
  part === 'predictions' ? `api-${apiId}` : `api-${apiId}-${part}`;

/** The ids of a model's API and key; undefined when it has none. */
export async function findApi(clients: Clients, model: string): Promise<{ apiId: string; keyId: string } | undefined> {
  const { apiGateway } = clients;
  const [[apiId], [keyId]] = await Promise.all([findRestApis(apiGateway, model), findKeys(apiGateway, model)]);
  return apiId && keyId ? { apiId, keyId } : undefined;
}

/** Names are not unique here: the tag says which are ours. Ids, the oldest first. */
async function findRestApis(client: APIGatewayClient, model: string): Promise<string[]> {
  const ours: RestApi[] = [];
  await call('GetRestApis', async () => {
    for await (const page of paginateGetRestApis({ client, pageSize: 500 }, {}))
      for (const api of page.items ?? [])
        if (api.name === apiName(model) && api.tags?.[TAG_MODEL] === model) ours.push(api);
  });
  return oldestFirst(ours);
}

async function createRestApi(client: APIGatewayClient, model: string): Promise<string> {
  const command = new CreateRestApiCommand({
    name: apiName(model),
    description: `Predictions of ${model}, made by Perennial`,
    endpointConfiguration: { types: ['REGIONAL'] },
    apiKeySource: 'HEADER',
    tags: { [TAG_MODEL]: model },
  });
  const made = await call(`CreateRestApi ${apiName(model)}`, () => client.send(command));
  return made.id ?? '';
}

async function ensureMethod(client: APIGatewayClient, restApiId: string, part: PathPart, wired: Wiring): Promise<void> {
  const resource = await ensureResource(client, restApiId, part);
  const method = resource.resourceMethods?.[METHOD];
  const at = { restApiId, resourceId: resource.id, httpMethod: METHOD };

  if (!method?.apiKeyRequired || method.authorizationType !== 'NONE') {
    const put = new PutMethodCommand({ ...at, authorizationType: 'NONE', apiKeyRequired: true });
    await call(`PutMethod ${METHOD} /${part}`, () => client.send(put));
  } else if (method.methodIntegration?.uri === wired.uri && method.methodIntegration.type === 'AWS_PROXY') return;

  const put = new PutIntegrationCommand({
    ...at,
    type: 'AWS_PROXY',
    integrationHttpMethod: 'POST',
    uri: wired.uri,
    timeoutInMillis: wired.timeout,
  });
  await call(`PutIntegration ${METHOD} /${part}`, () => client.send(put));
}

async function ensureResource(client: APIGatewayClient, restApiId: string, part: PathPart): Promise<Resource> {
  const resources: Resource[] = [];
  await call('GetResources', async () => {
    const pages = paginateGetResources({ client, pageSize: 500 }, { restApiId, embed: ['methods'] });
    for await (const page of pages) resources.push(...(page.items ?? []));
  });
  const found = resources.find((resource) => resource.path === `/${part}`);
  if (found) return found;

  const root = resources.find((resource) => resource.path === '/');
  const command = new CreateResourceCommand({ restApiId, parentId: root?.id, pathPart: part });
  return call(`CreateResource /${part}`, () => client.send(command));
}

/** A deployment carries in its description what it deployed: the stage is deployed to only when that differs. */
async function ensureDeployed(client: APIGatewayClient, restApiId: string, wired: Wiring): Promise<void> {
  const wanted = definition(wired);
  if ((await deployed(client, restApiId)) === wanted) return;

  for (const response of GATEWAY_RESPONSES) {
    const put = new PutGatewayResponseCommand({ restApiId, ...response });
    await call(`PutGatewayResponse ${response.responseType}`, () => client.send(put));
  }
  const deploy = new CreateDeploymentCommand({ restApiId, stageName: STAGE, description: wanted });
  await call(`CreateDeployment ${STAGE}`, () => client.send(deploy));
}

async function deployed(client: APIGatewayClient, restApiId: string): Promise<string | undefined> {
  const getStage = new GetStageCommand({ restApiId, stageName: STAGE });
  const stage = await callOrMissing(`GetStage ${STAGE}`, () => client.send(getStage));
  if (!stage?.deploymentId) return undefined;
  const get = new GetDeploymentCommand({ restApiId, deploymentId: stage.deploymentId });
  return (await callOrMissing('GetDeployment', () => client.send(get)))?.description;
}
