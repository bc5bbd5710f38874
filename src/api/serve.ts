/** The API as a process: configuration → Temporal → the app → a socket, until it is told to stop. */
import { readFileSync } from 'node:fs';
import { readApiConfig, readClientConfig } from '../config.ts';
import { UserError } from '../errors.ts';
import { createLog } from '../log.ts';
import { isLoopback } from '../loopback.ts';
import * as verbs from '../operations/index.ts';
import { tellLabels } from '../operations/labels.ts';
import { predict } from '../operations/predict.ts';
import { openViews } from '../operations/views.ts';
import { createApp } from './app.ts';
import { authenticator } from './authenticate.ts';
import { LIMITS } from './guard.ts';
import { archiveWhenAsked, readsOn } from './reads.ts';
import { sessionKey } from './session.ts';

export interface ServeOptions {
  readonly host: string;
  /** 0 takes any. */
  readonly port: number;
  /** Stops it when aborted. */
  readonly signal: AbortSignal;
  /** Hears where it listens. */
  readonly ready: (url: string) => void;
}

/** Ends when it was told to stop and what it was asked is answered. Throws `ConfigError` and `UserError`. */
export async function serveApi({ host, port, signal, ready }: ServeOptions): Promise<void> {
  const config = readApiConfig();
  const client = readClientConfig();
  const log = createLog(config.logLevel);
  const authenticate = authenticator(config, log);
  const key = config.sessionKeyFile === undefined ? undefined : sessionKey(config.sessionKeyFile);
  const operator = await verbs.connect({ taskQueue: client.taskQueue });
  const { archive, close } = archiveWhenAsked();
  const seen = config.archive && openViews(config.archive);
  try {
    const asks = {
      predict: (input: Parameters<typeof predict>[1]) => predict(client, input),
      tellLabels: (input: Parameters<typeof tellLabels>[1]) => tellLabels(client, input),
    };
    const limits = { ...LIMITS, identity: config.rate, address: Math.max(LIMITS.address, config.rate) };
    const options = { version: version(), limits, trustProxy: config.proxies, sessionKey: key };
    const { namespace } = operator.client.options;
    const places = {
      ...{ temporalUi: config.temporalUi, namespace },
      console: config.awsConsole ? config.archive : undefined,
    };
    const deps = { operator, verbs, asks, authenticate, log, reads: readsOn(archive), views: seen?.views, places };
    const api = await createApp(deps, options);
    const url = await api.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
      throw new UserError(`${host}:${port} cannot be listened at (${error.code})`, 'choose another --port or --host');
    });
    if (!isLoopback(host)) log.warn('it can be reached by others: let TLS be ended in front of it');
    ready(url);
    if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    await api.close();
  } finally {
    seen?.close();
    close();
    await operator.close();
  }
}

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
