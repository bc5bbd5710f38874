/** Remote things that carry a model's tag: found by it, and deleted only while they carry it. */
import type { Clients } from './clients.ts';
import { alarms, dashboards, deleteAlarm, deleteDashboard } from './owned-alarms.ts';
import { apis, deleteApi, deleteFunction, deleteKey, deletePlan, functions, keys, plans } from './owned-api.ts';
import { configs, deleteOwnConfig, deleteOwnEndpoint, deleteOwnModel, endpoints, models } from './owned-sagemaker.ts';
import { deleteTarget, targets } from './owned-scaling.ts';
import { deleteTopic, topics } from './owned-topics.ts';

/** In the order in which they are deleted: who asks before what answers, what refers before what is referred to. */
export const OWNED_KINDS = [
  'usage plan',
  'API key',
  'REST API',
  'function',
  'scaling target',
  'endpoint',
  'endpoint config',
  'model',
  'alarm',
  'dashboard',
  'topic',
] as const;
export type OwnedKind = (typeof OWNED_KINDS)[number];

export interface Owned {
  readonly kind: OwnedKind;
  readonly name: string;
  /** Whose it is; absent when it carries no tag of ours. */
  readonly model?: string;
  /** The cycle that made it, where its tag says so. */
  readonly cycle?: string;
  /** By which it is deleted, where that is not its name. */
  readonly id?: string;
  readonly arn?: string;
  /** Unknown of usage plans, topics and scaling targets. */
  readonly madeAt?: string;
  /** Names that it refers to: an endpoint its configs, a config its models. */
  readonly uses?: readonly string[];
}

/** What there is of a kind, ours or not: whether something is needed may depend on what is not ours. */
export function listOwned(clients: Clients, kind: OwnedKind): Promise<Owned[]> {
  switch (kind) {
    case 'usage plan':
      return plans(clients.apiGateway);
    case 'API key':
      return keys(clients.apiGateway);
    case 'REST API':
      return apis(clients.apiGateway);
    case 'function':
      return functions(clients.lambda);
    case 'scaling target':
      return targets(clients);
    case 'endpoint':
      return endpoints(clients.sagemaker);
    case 'endpoint config':
      return configs(clients.sagemaker);
    case 'model':
      return models(clients.sagemaker);
    case 'alarm':
      return alarms(clients.cloudWatch);
    case 'dashboard':
      return dashboards(clients.cloudWatch);
    case 'topic':
      return topics(clients.sns);
  }
}

/** Looks at its tag once more and deletes it; absent, or no longer the model's: nothing happens. Says whether it deleted. */
export function deleteOwned(clients: Clients, thing: Owned): Promise<boolean> {
  switch (thing.kind) {
    case 'usage plan':
      return deletePlan(clients.apiGateway, thing);
    case 'API key':
      return deleteKey(clients.apiGateway, thing);
    case 'REST API':
      return deleteApi(clients.apiGateway, thing);
    case 'function':
      return deleteFunction(clients.lambda, thing);
    case 'scaling target':
      return deleteTarget(clients, thing);
    case 'endpoint':
      return deleteOwnEndpoint(clients.sagemaker, thing);
    case 'endpoint config':
      return deleteOwnConfig(clients.sagemaker, thing);
    case 'model':
      return deleteOwnModel(clients.sagemaker, thing);
    case 'alarm':
      return deleteAlarm(clients.cloudWatch, thing);
    case 'dashboard':
      return deleteDashboard(clients.cloudWatch, thing);
    case 'topic':
      return deleteTopic(clients.sns, thing);
  }
}
