/** What answers in front of models: functions, REST APIs, usage plans and keys. */
import {
  type APIGatewayClient,
  DeleteApiKeyCommand,
  DeleteRestApiCommand,
  DeleteUsagePlanCommand,
  paginateGetApiKeys,
  paginateGetRestApis,
  paginateGetUsagePlans,
  UpdateUsagePlanCommand,
  type UsagePlan,
} from '@aws-sdk/client-api-gateway';
import {
  DeleteFunctionCommand,
  GetFunctionCommand,
  type LambdaClient,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';
import { TAG_MODEL } from '../names.ts';
import { call, callOrMissing } from './errors.ts';
import type { Owned, OwnedKind } from './owned.ts';

const PREFIX = 'perennial-';

interface Tagged {
  readonly id?: string;
  readonly name?: string;
  readonly createdDate?: Date;
  readonly tags?: Readonly<Record<string, string>>;
}

const asOwned = (kind: OwnedKind, { id, name = '', createdDate, tags }: Tagged): Owned => ({
  ...{ kind, name, id, model: tags?.[TAG_MODEL], madeAt: createdDate?.toISOString() },
});

export const apis = (client: APIGatewayClient): Promise<Owned[]> =>
  call('GetRestApis', async () => {
    const found: Owned[] = [];
    for await (const page of paginateGetRestApis({ client, pageSize: 500 }, {}))
      found.push(...(page.items ?? []).map((one) => asOwned('REST API', one)));
    return found;
  });

export const keys = (client: APIGatewayClient): Promise<Owned[]> =>
  call('GetApiKeys', async () => {
    const found: Owned[] = [];
    for await (const page of paginateGetApiKeys({ client, pageSize: 500 }, {}))
      found.push(...(page.items ?? []).map((one) => asOwned('API key', one)));
    return found;
  });

export const plans = async (client: APIGatewayClient): Promise<Owned[]> =>
  (await usagePlans(client)).map((one) => asOwned('usage plan', one));

const usagePlans = (client: APIGatewayClient): Promise<UsagePlan[]> =>
  call('GetUsagePlans', async () => {
    const found: UsagePlan[] = [];
    for await (const page of paginateGetUsagePlans({ client, pageSize: 500 }, {})) found.push(...(page.items ?? []));
    return found;
  });

export async function functions(client: LambdaClient): Promise<Owned[]> {
  const listed = await call('ListFunctions', async () => {
    const found: { name: string; arn?: string; modified?: string }[] = [];
    for await (const page of paginateListFunctions({ client }, {}))
      for (const { FunctionName: name = '', FunctionArn: arn, LastModified: modified } of page.Functions ?? [])
        if (name.startsWith(PREFIX)) found.push({ name, arn, modified });
    return found;
  });
  const found: Owned[] = [];
  for (const { name, arn, modified } of listed) {
    const at = Date.parse(modified ?? '');
    const madeAt = Number.isNaN(at) ? undefined : new Date(at).toISOString();
    found.push({ kind: 'function', name, model: await modelOf(client, name), arn, madeAt });
  }
  return found;
}

export async function deleteFunction(client: LambdaClient, { name, model }: Owned): Promise<boolean> {
  if (model === undefined || (await modelOf(client, name)) !== model) return false;
  const command = new DeleteFunctionCommand({ FunctionName: name });
  return (await callOrMissing(`DeleteFunction ${name}`, () => client.send(command))) !== undefined;
}

export async function deleteApi(client: APIGatewayClient, thing: Owned): Promise<boolean> {
  if (!isIn(await apis(client), thing)) return false;
  const command = new DeleteRestApiCommand({ restApiId: thing.id });
  return (await callOrMissing(`DeleteRestApi ${thing.name}`, () => client.send(command))) !== undefined;
}

export async function deleteKey(client: APIGatewayClient, thing: Owned): Promise<boolean> {
  if (!isIn(await keys(client), thing)) return false;
  const command = new DeleteApiKeyCommand({ apiKey: thing.id });
  return (await callOrMissing(`DeleteApiKey ${thing.name}`, () => client.send(command))) !== undefined;
}

/** A plan goes only when no stage is under it. */
export async function deletePlan(client: APIGatewayClient, thing: Owned): Promise<boolean> {
  const found = (await usagePlans(client)).find(({ id }) => id === thing.id);
  if (thing.model === undefined || found?.tags?.[TAG_MODEL] !== thing.model) return false;
  const stages = (found.apiStages ?? []).map(({ apiId, stage }) => `${apiId}:${stage}`);
  if (stages.length > 0) {
    const patchOperations = stages.map((value) => ({ op: 'remove', path: '/apiStages', value }) as const);
    const update = new UpdateUsagePlanCommand({ usagePlanId: thing.id, patchOperations });
    await callOrMissing(`UpdateUsagePlan ${thing.name}`, () => client.send(update));
  }
  const command = new DeleteUsagePlanCommand({ usagePlanId: thing.id });
  return (await callOrMissing(`DeleteUsagePlan ${thing.name}`, () => client.send(command))) !== undefined;
}

const isIn = (all: readonly Owned[], { id, model }: Owned): boolean =>
  model !== undefined && all.some((one) => one.id === id && one.model === model);

async function modelOf(client: LambdaClient, name: string): Promise<string | undefined> {
  const command = new GetFunctionCommand({ FunctionName: name });
  return (await callOrMissing(`GetFunction ${name}`, () => client.send(command)))?.Tags?.[TAG_MODEL];
}
