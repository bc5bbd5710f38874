/** Whether Temporal is there, knows what it must know, and has workers that take the work. */
import { readClientConfig } from '../../config.ts';
import { DEPLOYMENT, dataTaskQueue } from '../../names.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search.ts';
import { connect } from '../connect.ts';
import { ask, NOT_FOUND, serviceError } from '../trouble.ts';
import type { Operator } from '../types.ts';
import { versions } from '../versions.ts';
import { type Check, ok, warning, wrong } from './finding.ts';

/** Temporal's TaskQueueType. */
const WORKFLOWS = 1;
const ACTIVITIES = 2;
const CONNECT_MS = 5_000;
/** A worker asks for work at least this often. */
const LATELY_MS = 2 * 60_000;

export const temporalChecks = (): Check[] => [
  {
    area: 'temporal',
    what: 'Temporal',
    run: async () => {
      const operator = await connect({ taskQueue: readClientConfig().taskQueue, timeoutMs: CONNECT_MS });
      try {
        const parts = [namespaceOf, attributesOf, workersOf, buildsOf].map((part) => part(operator));
        return [ok(`Temporal answers at ${operator.address}`), ...(await Promise.all(parts)).flat()];
      } finally {
        await operator.close();
      }
    },
  },
];

async function namespaceOf(operator: Operator) {
  const { client } = operator;
  const { namespace } = client.options;
  const found = await ask(operator, `namespace ${namespace}`, () =>
    client.workflowService.describeNamespace({ namespace }),
  );
  const seconds = Number(found.config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  const days = Math.round(seconds / 86_400);
  return [ok(`namespace ${namespace} keeps what has ended for ${days === 1 ? 'a day' : `${days} days`}`)];
}

async function attributesOf(operator: Operator) {
  const { client } = operator;
  const { namespace } = client.options;
  const known = await ask(operator, 'list of search attributes', () =>
    client.connection.operatorService.listSearchAttributes({ namespace }),
  );
  const missing = SEARCH_ATTRIBUTES.filter(({ name }) => known.customAttributes[name] === undefined);
  if (missing.length === 0) return [ok('all search attributes are registered')];
  const names = missing.map(({ name, type }) => `--name ${name} --type ${type === 'INT' ? 'Int' : 'Keyword'}`);
  return [
    warning(
      `search attributes ${missing.map(({ name }) => name).join(', ')} are not registered`,
      `the first \`perennial apply\` does it; where it may not: temporal operator search-attribute create ${names.join(' ')}`,
    ),
  ];
}

async function workersOf(operator: Operator) {
  const { client, taskQueue } = operator;
  const { namespace } = client.options;
  const queues = [
    { queue: taskQueue, kind: WORKFLOWS, what: 'workflows' },
    { queue: taskQueue, kind: ACTIVITIES, what: 'activities' },
    { queue: dataTaskQueue(taskQueue), kind: ACTIVITIES, what: 'activities on data' },
  ];
  const asked = queues.map(async ({ queue, kind, what }) => {
    const request = { namespace, taskQueue: { name: queue }, taskQueueType: kind };
    const { pollers } = await ask(operator, `queue ${queue}`, () => client.workflowService.describeTaskQueue(request));
    const live = (pollers ?? []).filter(
      ({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < LATELY_MS,
    );
    if (live.length === 0) return wrong(`no worker asks for ${what} on ${queue}`, 'start one: perennial worker');
    return ok(`${new Set(live.map(({ identity }) => identity)).size} worker(s) ask for ${what} on ${queue}`);
  });
  return Promise.all(asked);
}

/** Nothing is told where workers tell no build: versions are off. */
async function buildsOf(operator: Operator) {
  const { client } = operator;
  const { namespace } = client.options;
  const deployed = await client.workflowService
    .describeWorkerDeployment({ namespace, deploymentName: DEPLOYMENT })
    .catch((error) => {
      if (serviceError(error)?.code === NOT_FOUND) return undefined;
      throw error;
    });
  if (!deployed) return [];
  const builds = await versions(operator);
  const current = builds.find((one) => one.current);
  if (!current)
    return [
      wrong(
        'no build of the worker is the current one: what is new begins nowhere',
        `perennial versions --promote ${builds[0]?.build ?? '<build>'}`,
      ),
    ];
  return [ok(`build ${current.build} is the current one, of ${builds.length}`)];
}
