/** The composition root: configuration → clients → activities → a worker that ends gracefully. */
import { readFileSync, realpathSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import {
  type ActivityInterceptorsFactory,
  makeTelemetryFilterString,
  Runtime,
  type WorkerOptions,
} from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from './activities/index.ts';
import { closeClients, createClients } from './aws/clients.ts';
import { createStore } from './aws/store.ts';
import { dataConverter, encryptsFailures } from './codec/converter.ts';
import { type CodecKey, readCodecKeys } from './codec/keys.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { databaseMemory } from './data/memory.ts';
import { UserError } from './errors.ts';
import { createLog } from './log.ts';
import { temporalLogger } from './temporal/log.ts';
import { callCounter } from './temporal/metrics.ts';
import { connectWorker, createWorkers, versioning } from './temporal/worker.ts';

const TEMPORAL_ANSWERS_WITHIN_MS = 60_000;

export interface WorkerExtras {
  /** Around every activity, inside our own. */
  readonly interceptors?: readonly ActivityInterceptorsFactory[];
}

/** Runs a worker until SIGINT or SIGTERM. Throws `ConfigError` and `UserError` before it works, and whatever ends it later. */
export async function runWorker(config: Config = readConfig(), { interceptors }: WorkerExtras = {}): Promise<void> {
  const { taskQueue, buildId, workflowBundle, awsRate } = config;
  const log = createLog(config.logLevel);
  const keys = readCodecKeys(config.codecKeysFile);
  const bundle = workflowBundle === undefined ? undefined : bundleFor(keys, workflowBundle);
  installRuntime(config, log);
  const { connection, namespace } = await patiently(connectWorker, log);
  const aws = createClients(config.region, { rate: awsRate, seen: callCounter(log) });
  const { slots: dataSlots, each } = databaseMemory();
  try {
    const activities = createActivities({ config, aws, store: createStore(aws.s3, config.bucket), log });
    const own = { connection, namespace, taskQueue, activities, workflowBundle: bundle, interceptors, dataSlots };
    const workers = await createWorkers({ ...own, dataConverter: dataConverter(keys) }, versioning(buildId));
    const running = workers.run();
    const limits = { dataSlots, databaseMiB: Math.round(each / 2 ** 20), awsRate };
    const codecKeys = keys.map(({ id }) => id);
    log.info({ taskQueue, namespace, buildId, codecKeys, ...limits }, 'worker is ready');
    process.send?.('ready');
    await running;
    log.info('worker has ended');
  } finally {
    await connection.close();
    closeClients(aws);
  }
}

/** A bundle writes failures as it was made to. Throws `UserError` when that is not what is asked for. */
function bundleFor(keys: readonly CodecKey[], path: string): NonNullable<WorkerOptions['workflowBundle']> {
  const code = readBundle(path);
  if (encryptsFailures(code) === keys.length > 0) return { code };
  throw keys.length > 0
    ? new UserError(`${path} does not encrypt failures`, 'name the bundle made by: bundle-workflows.ts --encrypted')
    : new UserError(`${path} encrypts failures, and there are no keys`, 'name the bundle made without --encrypted');
}

function readBundle(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`${path} cannot be read (${code})`, 'correct PERENNIAL_WORKFLOW_BUNDLE');
  }
}

/** Before anything else of Temporal's: the first use of its core would install defaults. */
function installRuntime({ logLevel, metricsAddress }: Config, log: Logger): void {
  Runtime.install({
    logger: temporalLogger(log, logLevel),
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} },
      ...(metricsAddress && { metrics: { prometheus: { bindAddress: metricsAddress } } }),
    },
  });
}

/** Temporal may start later than its workers: it is waited for, but not for ever. */
async function patiently<T>(connect: () => Promise<T>, log: Logger): Promise<T> {
  const deadline = Date.now() + TEMPORAL_ANSWERS_WITHIN_MS;
  for (let wait = 250; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      return await connect();
    } catch (error) {
      if (Date.now() + wait > deadline) throw error;
      log.warn({ reason: (error as Error).message.split('\n')[0] }, 'waiting for Temporal');
      await sleep(wait);
    }
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  runWorker().catch((error: unknown) => {
    const known = error instanceof UserError || error instanceof ConfigError;
    console.error(known ? `worker: ${error.message}` : error);
    process.exit(known ? 2 : 1);
  });
}
