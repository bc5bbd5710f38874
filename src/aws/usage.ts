/** Who may ask how often: the usage plan of a model's API and its key. The key's value is AWS's and is never kept. */
import {
  type APIGatewayClient,
  type ApiKey,
  CreateApiKeyCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  GetApiKeyCommand,
  paginateGetApiKeys,
  paginateGetUsagePlanKeys,
  paginateGetUsagePlans,
  UpdateUsagePlanCommand,
  type UsagePlan,
} from '@aws-sdk/client-api-gateway';
import { permanent } from '../failures.ts';
import { TAG_MODEL } from '../names.ts';
import type { Clients } from './clients.ts';
import { call, callOrMissing, callOrTaken } from './errors.ts';
import { oldestFirst, onlyOne } from './only-one.ts';
import { deleteKey, deletePlan } from './owned-api.ts';

export interface Throttle {
  /** Requests a second that go on for ever. */
  readonly rate: number;
  /** Requests at once. */
  readonly burst: number;
}

export interface UsageSpec {
  readonly model: string;
  readonly apiId: string;
  readonly stage: string;
  readonly throttle: Throttle;
}

const nameOf = (model: string) => `perennial-${model}`;

/** Plan and key, tied together; the key's id. */
export async function ensureUsage(client: APIGatewayClient, spec: UsageSpec): Promise<string> {
  const planId = await ensurePlan(client, spec);
  const { model } = spec;
  const keyId = await onlyOne({
    find: () => findKeys(client, model),
    make: () => createKey(client, model),
    remove: (id) => deleteKey(client, { kind: 'API key', name: nameOf(model), id, model }),
  });
  if (!(await planKeys(client, planId)).includes(keyId)) {
    const tie = new CreateUsagePlanKeyCommand({ usagePlanId: planId, keyId, keyType: 'API_KEY' });
    await callOrTaken('CreateUsagePlanKey', () => client.send(tie));
  }
  return keyId;
}

/** The value of an API key, for the one who asks for it; it goes into no log, no history and no error. */
export async function readApiKey(clients: Clients, keyId: string): Promise<string> {
  const get = new GetApiKeyCommand({ apiKey: keyId, includeValue: true });
  const key = await callOrMissing(`GetApiKey ${keyId}`, () => clients.apiGateway.send(get));
  if (!key?.value) throw permanent('InvalidRequest', `API key ${keyId}: there is none; deploy the model to make one`);
  return key.value;
}

/** Ids of the model's keys, the one that was given out first. */
export async function findKeys(client: APIGatewayClient, model: string): Promise<string[]> {
  const ours: ApiKey[] = [];
  await call('GetApiKeys', async () => {
    // A query by name finds every name that starts so: "perennial-a" finds "perennial-ab" too.
    for await (const page of paginateGetApiKeys({ client, pageSize: 500 }, { nameQuery: nameOf(model) }))
      for (const key of page.items ?? [])
        if (key.name === nameOf(model) && key.tags?.[TAG_MODEL] === model) ours.push(key);
  });
  return oldestFirst(ours);
}

async function createKey(client: APIGatewayClient, model: string): Promise<string> {
  const command = new CreateApiKeyCommand({
    name: nameOf(model),
    description: `Key of the prediction API of ${model}, made by Perennial`,
    enabled: true,
    tags: { [TAG_MODEL]: model },
  });
  const made = await call(`CreateApiKey ${nameOf(model)}`, () => client.send(command));
  return made.id ?? '';
}

async function ensurePlan(client: APIGatewayClient, spec: UsageSpec): Promise<string> {
  const { model } = spec;
  const { rate: rateLimit, burst: burstLimit } = spec.throttle;
  let plans: UsagePlan[] = [];
  const planId = await onlyOne({
    find: async () => {
      plans = await findPlans(client, spec);
      return plans.flatMap(({ id }) => id ?? []);
    },
    make: () => createPlan(client, spec),
    remove: (id) => deletePlan(client, { kind: 'usage plan', name: nameOf(model), id, model }),
  });
  const found = plans.find(({ id }) => id === planId);
  if (found && (found.throttle?.rateLimit !== rateLimit || found.throttle?.burstLimit !== burstLimit)) {
    const update = new UpdateUsagePlanCommand({
      usagePlanId: planId,
      patchOperations: [
        { op: 'replace', path: '/throttle/rateLimit', value: String(rateLimit) },
        { op: 'replace', path: '/throttle/burstLimit', value: String(burstLimit) },
      ],
    });
    await call(`UpdateUsagePlan ${nameOf(model)}`, () => client.send(update));
  }
  return planId;
}

async function createPlan(client: APIGatewayClient, spec: UsageSpec): Promise<string> {
  const create = new CreateUsagePlanCommand({
    name: nameOf(spec.model),
    description: `Made by Perennial`,
    apiStages: [{ apiId: spec.apiId, stage: spec.stage }],
    throttle: { rateLimit: spec.throttle.rate, burstLimit: spec.throttle.burst },
    tags: { [TAG_MODEL]: spec.model },
  });
  return (await call(`CreateUsagePlan ${nameOf(spec.model)}`, () => client.send(create))).id ?? '';
}

async function findPlans(client: APIGatewayClient, spec: UsageSpec): Promise<UsagePlan[]> {
  const ours: UsagePlan[] = [];
  await call('GetUsagePlans', async () => {
    for await (const page of paginateGetUsagePlans({ client, pageSize: 500 }, {}))
      for (const plan of page.items ?? []) if (plan.name === nameOf(spec.model) && covers(plan, spec)) ours.push(plan);
  });
  return ours.sort((a, b) => (a.id ?? '').localeCompare(b.id ?? ''));
}

const covers = (plan: UsagePlan, spec: UsageSpec): boolean =>
  plan.apiStages?.some(({ apiId, stage }) => apiId === spec.apiId && stage === spec.stage) ?? false;

async function planKeys(client: APIGatewayClient, usagePlanId: string): Promise<string[]> {
  const ids: string[] = [];
  await call('GetUsagePlanKeys', async () => {
    for await (const page of paginateGetUsagePlanKeys({ client, pageSize: 500 }, { usagePlanId }))
      for (const key of page.items ?? []) if (key.id) ids.push(key.id);
  });
  return ids;
}
