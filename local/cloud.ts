/** AWS and Temporal on one machine: started together, waited for, watched, and stopped together. */
import { setTimeout as sleep } from 'node:timers/promises';
import { apiFiles, ensureApiToken } from './api-token.ts';
import { Child, type ChildEvents, type ChildSpec } from './child.ts';
import { BUCKET, cloudEnv, type Ports, temporalElsewhere } from './environment.ts';
import { type CloudState, claimHome, type Home, openHome, releaseHome, writeState } from './home.ts';
import { choosePorts, keepPorts, lastPorts } from './ports.ts';
import { endGroup, identity } from './processes.ts';
import { provision } from './provision.ts';
import { reachable } from './reachable.ts';
import { type Reaper, startReaper } from './reap.ts';
import { sagemakerSdkEnv } from './sagemaker-sdk.ts';
import { apiSpec, awsSpec, codecSpec, sagemakerSpec, temporalSpec, workerSpec } from './services.ts';

export interface CloudOptions {
  /** The folder of its state, logs and data. */
  readonly home: string;
  /** Where to look for free ports first; 0 takes any. The usual ones when left out. */
  readonly ports?: Partial<Ports>;
  /** Whether a worker runs with it. */
  readonly worker?: boolean;
  /** Whether the HTTP API runs with it. */
  readonly api?: boolean;
  /** Stops it when aborted, also while it starts. */
  readonly signal?: AbortSignal;
  /** Hears a line about each step and each restart. */
  readonly say?: (line: string) => void;
}

export interface Cloud {
  /** The variables by which clients find it. */
  readonly env: Readonly<Record<string, string>>;
  /** The Web UI of Temporal; absent when Temporal is another's. */
  readonly ui?: string;
  readonly logs: string;
  /** True when it ran before and another process owns it: `stop` leaves it running. */
  readonly attached: boolean;
  /** Process ids by service. */
  pids(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
  /** Resolves when it has stopped; rejects when a part of it crashed too often. */
  readonly stopped: Promise<void>;
}

export const USUAL_PORTS: Ports = { temporal: 7233, ui: 8233, aws: 4566, sagemaker: 4567, codec: 8234, api: 8235 };
export const ANY_PORTS: Ports = { temporal: 0, ui: 0, aws: 0, sagemaker: 0, codec: 0, api: 0 };

const STARTS_WITHIN_MS = 180_000;

/** Starts the cloud of a home, or attaches to the one that runs there. Resolves when all of it is healthy. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const home = openHome(options.home);
  const { owner, left } = await claimOrWait(home);
  if (owner) return attach(owner, home);
  try {
    // What a crashed supervisor left, if its reaper was killed with it.
    await Promise.all(left.filter((one) => identity(one.pid) === one.identity).map((one) => endGroup(one.pid, 5_000)));
    return await withFreePorts(options, home);
  } catch (error) {
    releaseHome(home);
    throw error;
  }
}

async function claimOrWait(home: Home): Promise<ReturnType<typeof claimHome>> {
  const deadline = Date.now() + STARTS_WITHIN_MS;
  for (;;) {
    const claim = claimHome(home);
    if (claim.owner?.status !== 'starting') return claim;
    if (Date.now() > deadline)
      throw new Error(`process ${claim.owner.pid} starts it in ${home.root} and does not finish`);
    await sleep(100);
  }
}

/** Another program may take a port between our look and our use of it: then everything starts again on others. */
async function withFreePorts(options: CloudOptions, home: Home): Promise<Cloud> {
  for (let attempt = 1; ; attempt += 1) {
    const ports = await choosePorts(lastPorts(home.portsFile) ?? { ...USUAL_PORTS, ...options.ports });
    try {
      return await launch(options, home, ports);
    } catch (error) {
      const taken = /address already in use|already in use|EADDRINUSE/i.test((error as Error).message);
      if (!taken || attempt === 3) throw error;
      options.say?.('a port was taken in the meantime; starting again on others');
    }
  }
}

async function launch(options: CloudOptions, home: Home, ports: Ports): Promise<Cloud> {
  const elsewhere = temporalElsewhere(process.env);
  if (elsewhere) await reachable(elsewhere.address);
  const env = {
    ...cloudEnv(ports, elsewhere),
    ...sagemakerSdkEnv(home.root, BUCKET),
    ...(options.api ? apiEnv(home, ports) : {}),
  };
  const laid = { home, ports, env };
  const say = options.say ?? (() => {});
  const reaper = startReaper();
  const end = deferred();

  let status: CloudState['status'] = 'starting';
  const ui = elsewhere ? undefined : `http://127.0.0.1:${ports.ui}`;
  const since = new Date().toISOString();
  const note = () => writeState(home, { ...describe(children), status, since, env, ui });
  const events: ChildEvents = {
    say,
    started: () => note(),
    gaveUp: (error) => void stop(error),
  };
  const child = (spec: ChildSpec) => new Child(spec, reaper, events);
  const temporal = elsewhere ? undefined : child(temporalSpec(laid));
  const aws = child(awsSpec(laid));
  const sagemaker = child(sagemakerSpec(laid));
  const worker = options.worker ? child(workerSpec(laid)) : undefined;
  const codec = temporal && env.PERENNIAL_CODEC_KEYS_FILE ? child(codecSpec(laid)) : undefined;
  const api = options.api ? child(apiSpec(laid)) : undefined;
  const children = [api, worker, codec, sagemaker, aws, temporal].filter((one) => one !== undefined);

  let stopping: Promise<void> | undefined;
  const stop = (reason?: Error): Promise<void> => {
    stopping ??= stopAll(children, reaper, home).finally(() => (reason ? end.reject(reason) : end.resolve()));
    return stopping;
  };

  const abort = () => void stop();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    options.signal?.throwIfAborted();
    const answers = temporal?.start();
    await allOrFirst([
      answers,
      api && Promise.resolve(answers).then(() => api.start()),
      aws.start().then(() => provision(env.AWS_ENDPOINT_URL ?? '')),
      sagemaker.start(),
      worker?.start(),
      codec?.start(),
    ]);
  } catch (error) {
    await stop();
    options.signal?.throwIfAborted();
    throw error;
  }
  status = 'running';
  note();
  keepPorts(home.portsFile, ports);
  return {
    env,
    ui,
    logs: home.logs,
    attached: false,
    pids: () => pids(children),
    stop: () => stop(),
    stopped: end.promise,
  };
}

function apiEnv(home: Home, ports: Ports): Record<string, string> {
  ensureApiToken(home);
  return { PERENNIAL_API: `http://127.0.0.1:${ports.api}`, PERENNIAL_API_TOKEN_FILE: apiFiles(home).token };
}

/** Clients of others go first: the worker, then the servers that it calls. */
async function stopAll(children: readonly Child[], reaper: Reaper, home: Home): Promise<void> {
  for (const child of children) await child.stop();
  await reaper.stop();
  releaseHome(home);
}

function attach(owner: CloudState, home: Home): Cloud {
  return {
    env: owner.env,
    ui: owner.ui,
    logs: home.logs,
    attached: true,
    pids: () => Object.fromEntries(owner.services.map((service) => [service.name, service.pid])),
    stop: async () => {},
    stopped: new Promise(() => {}),
  };
}

const describe = (children: readonly Child[]): Pick<CloudState, 'pid' | 'identity' | 'services'> => ({
  pid: process.pid,
  identity: identity(process.pid) ?? '',
  services: children.flatMap(({ pid, spec }) =>
    pid === undefined ? [] : [{ name: spec.name, pid, identity: identity(pid) ?? '', log: spec.log }],
  ),
});

const pids = (children: readonly Child[]): Record<string, number> =>
  Object.fromEntries(children.flatMap(({ pid, spec }) => (pid === undefined ? [] : [[spec.name, pid]])));

/** The first failure ends the wait; the others' later failures are not left unhandled. */
async function allOrFirst(steps: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  const settled = Promise.all(steps);
  for (const step of steps) step?.catch(() => {});
  await settled;
}

function deferred(): { promise: Promise<void>; resolve(): void; reject(error: Error): void } {
  let resolve = () => {};
  let reject = (_: Error) => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Not everybody waits for the end.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
