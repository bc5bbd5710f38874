/** How much work waits for a free slot of a worker: back-pressure, as people see it. */
import { dataTaskQueue } from '../names.ts';
import { ask } from './trouble.ts';
import type { Backlog, Operator } from './types.ts';

/** Temporal's TaskQueueType. */
const ACTIVITIES = 2;

/** Of quick activities, and of those that read or write data. The server counts about right, and a few seconds late. */
export async function backlog(operator: Operator): Promise<Backlog[]> {
  const { client, taskQueue } = operator;
  const { namespace } = client.options;
  const count = async (name: string): Promise<Backlog> => {
    const { stats } = await client.workflowService.describeTaskQueue({
      ...{ namespace, taskQueue: { name }, taskQueueType: ACTIVITIES, reportStats: true },
    });
    const oldestSeconds = Number(stats?.approximateBacklogAge?.seconds ?? 0);
    return { queue: name, waiting: Number(stats?.approximateBacklogCount ?? 0), oldestSeconds };
  };
  return ask(operator, 'length of the line', () => Promise.all([taskQueue, dataTaskQueue(taskQueue)].map(count)));
}
