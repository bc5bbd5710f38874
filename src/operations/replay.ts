/** Would the runs of now go on with the code at hand? Asked before a build of the worker is promoted. */
import type { RecordedRun, Replayed } from '../temporal/replay.ts';
import { ask } from './trouble.ts';
import type { Operator } from './types.ts';

export interface ReplayAsked {
  /** A bundle made beforehand; the sources at hand when left out. */
  readonly bundle?: string;
  /** Runs that closed within so many milliseconds are replayed, too: they have been through more branches. */
  readonly closedWithin: number;
}

/** Closed runs at most; open ones all. */
const CLOSED_MOST = 200;

/** Replays every open run of the task queue, and those that closed lately. Changes nothing. */
export async function replayRuns(operator: Operator, { bundle, closedWithin }: ReplayAsked): Promise<Replayed> {
  // Loaded when needed: the worker's core is slow to load.
  const { quietly, replay } = await import('../temporal/replay.ts');
  quietly();
  return replay(runs(operator, closedWithin), bundle);
}

async function* runs(operator: Operator, closedWithin: number): AsyncGenerator<RecordedRun> {
  const queue = `TaskQueue = '${operator.taskQueue}'`;
  yield* listed(operator, `${queue} AND ExecutionStatus = 'Running'`, true);
  if (closedWithin === 0) return;
  const since = new Date(Date.now() - closedWithin).toISOString();
  yield* listed(operator, `${queue} AND CloseTime > '${since}'`, false, CLOSED_MOST);
}

async function* listed(operator: Operator, query: string, open: boolean, most = Number.POSITIVE_INFINITY) {
  const { workflow } = operator.client;
  let count = 0;
  for await (const { workflowId, runId, type } of workflow.list({ query })) {
    if (count === most) return;
    count += 1;
    const history = await ask(operator, `history of ${workflowId}`, () =>
      workflow.getHandle(workflowId, runId).fetchHistory(),
    );
    yield { workflowId, runId, type, open, history };
  }
}
