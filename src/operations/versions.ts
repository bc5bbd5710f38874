/** Builds of the worker: which there are, what runs on each, and which one takes what is new. */
import { UserError } from '../errors.ts';
import { DEPLOYMENT } from '../names.ts';
import { areYouThere } from '../workflows/messages.ts';
import { listModels, modelHandle } from './models.ts';
import { ask, FAILED_PRECONDITION, NOT_FOUND, serviceError } from './trouble.ts';
import type { Operator } from './types.ts';

export interface Build {
  readonly build: string;
  /** New runs begin on it. */
  readonly current: boolean;
  /** What Temporal says of it: current, ramping, draining, drained, inactive. */
  readonly status: string;
  readonly since?: string;
  /** Runs that are open on it, by kind of workflow. */
  readonly open: Readonly<Record<string, number>>;
}

/** Temporal's WorkerDeploymentVersionStatus. */
const STATUSES = ['unknown', 'inactive', 'current', 'ramping', 'draining', 'drained', 'created'];

/** Newest first. Throws `UserError` when no worker has told its build. */
export async function versions(operator: Operator): Promise<Build[]> {
  const { client } = operator;
  const namespace = client.options.namespace;
  const { workerDeploymentInfo: found } = await deployed(operator, () =>
    client.workflowService.describeWorkerDeployment({ namespace, deploymentName: DEPLOYMENT }),
  );
  const current = found?.routingConfig?.currentDeploymentVersion?.buildId;
  const builds = (found?.versionSummaries ?? []).map(
    async ({ deploymentVersion, status, createTime }): Promise<Build> => {
      const build = deploymentVersion?.buildId ?? '';
      return {
        build,
        current: build === current,
        status: STATUSES[status ?? 0] ?? 'unknown',
        since: createTime ? new Date(Number(createTime.seconds) * 1000).toISOString() : undefined,
        open: await openOn(operator, build),
      };
    },
  );
  return (await Promise.all(builds)).sort((a, b) => (b.since ?? '').localeCompare(a.since ?? ''));
}

/** New runs begin on this build from now on; models move to it when they have nothing in hand, cycles stay where they began. */
export async function promoteVersion(operator: Operator, { build, by }: { build: string; by: string }): Promise<void> {
  const { client } = operator;
  const namespace = client.options.namespace;
  await deployed(operator, () =>
    client.workflowService.setWorkerDeploymentCurrentVersion({
      namespace,
      deploymentName: DEPLOYMENT,
      buildId: build,
      identity: by,
    }),
  );
  await nudge(operator);
}

/** A model learns of a newer build by its next workflow task. One that ends meanwhile needs no word. */
async function nudge(operator: Operator): Promise<void> {
  for (const { model } of await listModels(operator))
    await ask(operator, `model "${model}"`, () => modelHandle(operator, model).signal(areYouThere)).catch((error) => {
      if (!(error instanceof UserError)) throw error;
    });
}

async function openOn({ client, taskQueue }: Operator, build: string): Promise<Record<string, number>> {
  const on = `TemporalWorkerDeploymentVersion = '${DEPLOYMENT}:${build}'`;
  const query = `ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue}' AND ${on}`;
  const open: Record<string, number> = {};
  for await (const { type } of client.workflow.list({ query })) open[type] = (open[type] ?? 0) + 1;
  return open;
}

async function deployed<T>(operator: Operator, send: () => Promise<T>): Promise<T> {
  return ask(operator, 'list of builds', async () => {
    try {
      return await send();
    } catch (error) {
      const service = serviceError(error);
      if (service?.code === NOT_FOUND)
        throw new UserError(service.details, 'start its workers with PERENNIAL_BUILD_ID=<build> first');
      if (service?.code === FAILED_PRECONDITION)
        throw new UserError(service.details, 'start the workers of that build, then promote it');
      throw error;
    }
  });
}
