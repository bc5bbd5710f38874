/** What one plan asks of the machine and the account: instance types and quotas, and sources that can be read. */
import { access, constants } from 'node:fs/promises';
import { bytesOfObject } from '../../aws/bucket.ts';
import { isOffered, nearby, transformInstance, type Work } from '../../aws/instances.ts';
import { instanceQuotas } from '../../aws/quotas.ts';
import type { Config } from '../../config.ts';
import type { Plan } from '../../plan/schema.ts';
import { withClients } from './account.ts';
import { type Check, ok, warning, wrong } from './finding.ts';

export function planChecks(plan: Plan, config: Config | undefined): Check[] {
  const of = Object.entries(plan.collect.sources).map(
    ([name, { uri }]): Check => ({ area: 'plan', what: `source ${name}`, run: async () => source(name, uri, config) }),
  );
  const types: Check = { area: 'plan', what: 'instance types', run: async () => usesOf(plan).map(offered) };
  const quotas: Check = { area: 'quotas', what: 'quotas', run: () => quotasHeld(plan, config?.region ?? '') };
  return [...of, types, ...(config ? [quotas] : [])];
}

interface Use {
  readonly path: string;
  readonly type: string;
  readonly work: Work;
  readonly count: number;
}

function usesOf({ train, deploy }: Plan): Use[] {
  const most = Math.max(train.candidates.length, ...train.candidates.map(({ tune }) => tune?.parallel ?? 1));
  const scoring = transformInstance(train.instance, deploy.instance).type;
  return [
    { path: 'train.instance', type: train.instance.type, work: 'training', count: most },
    { path: 'train.instance', type: scoring, work: 'batch transform', count: 2 },
    // Champion and challenger serve side by side during a rollout.
    {
      path: 'deploy.instance',
      type: deploy.instance.type,
      work: 'hosting',
      count: 2 * (deploy.scaling?.max ?? deploy.instance.count),
    },
  ];
}

function offered({ path, type, work }: Use) {
  if (isOffered(type, work)) return ok(`${type} is offered for ${work}`);
  const near = nearby(type, work);
  return wrong(`SageMaker offers no ${type} for ${work}`, `write another in ${path}, as ${near[0] ?? 'ml.m5.large'}`);
}

async function quotasHeld(plan: Plan, region: string) {
  const uses = usesOf(plan);
  const quotas = await instanceQuotas(region, uses).catch((error: Error) => error);
  if (quotas instanceof Error)
    return [
      warning(
        `quotas are not known: ${quotas.message}`,
        'allow servicequotas:ListServiceQuotas, or look at them in the console',
      ),
    ];
  return uses.map(({ type, work, count }, at) => {
    const quota = quotas[at];
    const found = `${type} for ${work}: ${quota ?? 'no quota is known'}, and up to ${count} are wanted at once`;
    if (quota === undefined) return warning(found, 'look at the quotas of SageMaker in the console');
    return quota >= count ? ok(found) : wrong(found, 'ask for more in Service Quotas, or let the plan want less');
  });
}

async function source(name: string, uri: string, config: Config | undefined) {
  if (/^https?:/i.test(uri)) return [ok(`source ${name} is fetched over HTTP when a cycle collects`)];
  if (/^s3:/i.test(uri)) {
    const bytes = await withClients(config?.region ?? 'us-east-1', ({ s3 }) => bytesOfObject(s3, uri));
    if (bytes === undefined)
      return [wrong(`source ${name}: there is no ${uri}`, 'put it there, or correct collect.sources')];
    return [ok(`source ${name} is there (${bytes.toLocaleString('en-US')} bytes)`)];
  }
  const readable = await access(uri, constants.R_OK).then(
    () => true,
    () => false,
  );
  if (!readable)
    return [wrong(`source ${name}: ${uri} cannot be read here`, 'correct collect.sources, or put the file there')];
  const folders = config?.sourceFolders ?? [];
  if (folders.some((folder) => uri.startsWith(folder))) return [ok(`source ${name} can be read`)];
  return [
    warning(
      `source ${name}: ${uri} lies in no folder of PERENNIAL_SOURCE_FOLDERS`,
      'put it into S3, or let the worker name its folder',
    ),
  ];
}
