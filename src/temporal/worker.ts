/** What a worker of ours is made of, the same in production and in tests. */
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { type ActivityInterceptorsFactory, NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { discreet } from './discreet.ts';
import { heartbeat } from './heartbeat.ts';
import { temporalSettings, unreachable } from './settings.ts';

export const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));

export interface WorkerParts {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly activities: object;
  /** How payloads are written and read; plain when left out. */
  readonly dataConverter?: DataConverter;
  /** A bundle made beforehand (its path or its code); made of the sources at start when left out. */
  readonly workflowBundle?: NonNullable<WorkerOptions['workflowBundle']>;
  /** Around every activity, inside our own. */
  readonly interceptors?: readonly ActivityInterceptorsFactory[];
}

/** Running activities get this long to end when the worker is told to stop; looks at jobs are over in seconds. */
const GRACE_MS = 10_000;
/** Then they are cancelled, and run again elsewhere. */
const FORCE_MS = 25_000;

export const workerOptions = ({ workflowBundle, interceptors = [], ...parts }: WorkerParts): WorkerOptions => ({
  ...parts,
  ...(workflowBundle ? { workflowBundle } : { workflowsPath }),
  interceptors: { activity: [heartbeat, discreet, ...interceptors] },
  shutdownGraceTime: GRACE_MS,
  shutdownForceTime: FORCE_MS,
  maxCachedWorkflows: 200,
  maxConcurrentActivityTaskExecutions: 20,
});

/** Throws `UserError` when the server cannot be reached. */
export async function connectWorker(): Promise<{ connection: NativeConnection; namespace: string }> {
  const { connectionOptions, address, namespace } = temporalSettings();
  try {
    return { connection: await NativeConnection.connect(connectionOptions), namespace };
  } catch (error) {
    throw unreachable(address, error);
  }
}
