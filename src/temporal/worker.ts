/** What a worker of ours is made of, the same in production and in tests. */
import type { DataConverter } from '@temporalio/common';
import { type ActivityInterceptorsFactory, NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { DEPLOYMENT, dataTaskQueue } from '../names.ts';
import { discreet } from './discreet.ts';
import { heartbeat } from './heartbeat.ts';
import { temporalSettings, unreachable } from './settings.ts';
import { workflowCode } from './workflow-code.ts';

export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly activities: object;
  /** How payloads are written and read; plain when left out. */
  readonly dataConverter?: DataConverter;
  /** A bundle made beforehand (its path or its code); made of the sources at start when left out. */
  readonly workflowBundle?: NonNullable<WorkerOptions['workflowBundle']>;
  /** So many activities at once may read or write data: what memory allows, as src/data/memory.ts reckons; two when left out. */
  readonly dataSlots?: number;
  /** Around every activity, inside our own. */
  readonly interceptors?: readonly ActivityInterceptorsFactory[];
}

/** Running activities get this long to end when the worker is told to stop; looks at jobs are over in seconds. */
const GRACE_MS = 10_000;
/** Then they are cancelled, and run again elsewhere. */
const FORCE_MS = 25_000;

/** Calls of an API, which wait more than they work. */
const QUICK_SLOTS = 100;

const workerOptions = ({ workflowBundle, interceptors = [], dataSlots: _, ...parts }: WorkerParts): WorkerOptions => ({
  ...parts,
  ...workflowCode(workflowBundle, { activity: [heartbeat, discreet, ...interceptors] }),
  shutdownGraceTime: GRACE_MS,
  shutdownForceTime: FORCE_MS,
  maxCachedWorkflows: 200,
  maxConcurrentActivityTaskExecutions: QUICK_SLOTS,
});

/**
 * Runs stay with the build that began them. A model moves to the current one when it goes on as new, which it does as soon
 * as it learns of another and has nothing in hand.
 */
export const versioning = (buildId?: string): Pick<WorkerOptions, 'workerDeploymentOptions'> =>
  buildId === undefined
    ? {}
    : {
        workerDeploymentOptions: {
          useWorkerVersioning: true,
          version: { deploymentName: DEPLOYMENT, buildId },
          defaultVersioningBehavior: 'PINNED',
        },
      };

/** It knows no workflows. */
const dataWorkerOptions = (parts: WorkerParts): WorkerOptions => ({
  ...workerOptions(parts),
  workflowBundle: undefined,
  workflowsPath: undefined,
  taskQueue: dataTaskQueue(parts.taskQueue),
  maxConcurrentActivityTaskExecutions: parts.dataSlots ?? 2,
});

/** All workers of one process, as if they were one. */
export interface Workers {
  /** Ends when all have ended; when one fails, the others are shut down, and its error is thrown. */
  run(): Promise<void>;
  /** Runs while `work` runs, and gives what it gives. */
  runUntil<T>(work: Promise<T>): Promise<T>;
  shutdown(): void;
}

/** One for workflows and quick activities, and one for those that read or write data. `more` goes to both. */
export async function createWorkers(parts: WorkerParts, more: Partial<WorkerOptions> = {}): Promise<Workers> {
  const options = [workerOptions(parts), dataWorkerOptions(parts)];
  const workers = await Promise.all(options.map((own) => Worker.create({ ...own, ...more })));
  const shutdown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const run = async () => {
    const ended = workers.map((worker) => worker.run().finally(shutdown));
    const ends = await Promise.allSettled(ended);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  };
  return {
    run,
    shutdown,
    async runUntil(work) {
      const running = run();
      try {
        return await Promise.race([work, running.then(() => work)]);
      } finally {
        shutdown();
        await running;
      }
    },
  };
}

/** Throws `UserError` when the server cannot be reached. */
export async function connectWorker(): Promise<{ connection: NativeConnection; namespace: string }> {
  const { connectionOptions, address, namespace } = temporalSettings();
  try {
    return { connection: await NativeConnection.connect(connectionOptions), namespace };
  } catch (error) {
    throw unreachable(address, error);
  }
}
