/** What the laptop cloud is made of: a command, its environment and how to tell that it serves, for each process. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { apiFiles } from './api-token.ts';
import type { ChildSpec } from './child.ts';
import { type Ports, REGION, withoutAws } from './environment.ts';
import { type Home, ROOT } from './home.ts';

/** Search attributes of the workflows (src/names.ts says what they mean), with Temporal's types. */
export const SEARCH_ATTRIBUTES = {
  Model: 'Keyword',
  Stage: 'Keyword',
  Trigger: 'Keyword',
  Outcome: 'Keyword',
  ModelVersion: 'Int',
} as const;

/** Models take turns in line, as docker/temporal.yaml has it, and says why. */
export const FAIR = ['matching.enableFairness=true', 'matching.numTaskqueueWritePartitions=1'] as const;

export interface Laid {
  readonly home: Home;
  readonly ports: Ports;
  /** What clients of the cloud get. */
  readonly env: Readonly<Record<string, string>>;
}

export const temporalSpec = ({ home, ports, env }: Laid): ChildSpec => ({
  name: 'temporal',
  command: findTemporal(),
  args: [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(ports.temporal), '--ui-port', String(ports.ui)],
    ...(env.PERENNIAL_CODEC_KEYS_FILE ? ['--ui-codec-endpoint', `http://127.0.0.1:${ports.codec}`] : []),
    ...['--db-filename', join(home.temporal, 'temporal.db'), '--log-level', 'warn', '--ui-disable-news-fetch'],
    ...FAIR.flatMap((setting) => ['--dynamic-config-value', setting]),
    ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ],
  env: { ...withoutTemporal(withoutAws(process.env)), TEMPORAL_VERSION_CHECK_DISABLED: '1' },
  log: join(home.logs, 'temporal.log'),
  healthy: async () => {
    // The Web UI answers this from the frontend: both serve, and the namespace is complete.
    const url = `http://127.0.0.1:${ports.ui}/api/v1/namespaces/default/search-attributes`;
    const found = (await getJson(url)) as { customAttributes?: Record<string, unknown> };
    const missing = Object.keys(SEARCH_ATTRIBUTES).filter((name) => !(name in (found.customAttributes ?? {})));
    if (missing.length > 0) throw new Error(`search attributes ${missing.join(', ')} are not there yet`);
  },
  readyWithinMs: 60_000,
  graceMs: 10_000,
});

export const awsSpec = ({ home, ports, env }: Laid): ChildSpec => ({
  name: 'aws',
  command: python(),
  args: ['-m', 'aws_emulator'],
  cwd: home.root,
  env: {
    ...withoutAws(process.env),
    PYTHONPATH: join(ROOT, 'local'),
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(ports.aws),
    MINISTACK_REGION: REGION,
    MINISTACK_HOST: '127.0.0.1',
    PERSIST_STATE: '1',
    STATE_DIR: join(home.aws, 'state'),
    S3_PERSIST: '1',
    S3_DATA_DIR: join(home.aws, 's3'),
    TMPDIR: home.tmp,
    LAMBDA_EXECUTOR: 'local',
    // Not ours to touch: without a socket it neither looks for containers nor removes any.
    DOCKER_HOST: `unix://${join(home.tmp, 'no-docker.sock')}`,
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    LOG_LEVEL: 'WARNING',
    // Its Lambda workers inherit these: the prediction API's function finds our SageMaker runtime by it.
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: env.AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME,
    AWS_EC2_METADATA_DISABLED: 'true',
  },
  log: join(home.logs, 'aws.log'),
  healthy: async () => void (await getJson(`http://127.0.0.1:${ports.aws}/_ministack/health`)),
  readyWithinMs: 60_000,
  graceMs: 15_000,
});

export const sagemakerSpec = ({ home, ports, env }: Laid): ChildSpec => ({
  name: 'sagemaker',
  command: python(),
  args: ['-m', 'sagemaker_server', '--port', String(ports.sagemaker), '--state', home.sagemaker],
  cwd: home.root,
  // Jobs run other people's code, which needs no keys.
  env: {
    ...withoutAws(process.env),
    ...env,
    PERENNIAL_CODEC_KEYS_FILE: undefined,
    PYTHONPATH: join(ROOT, 'local'),
    TMPDIR: home.tmp,
  },
  log: join(home.logs, 'sagemaker.log'),
  healthy: async () => void (await get(`http://127.0.0.1:${ports.sagemaker}/health`)),
  readyWithinMs: 60_000,
  graceMs: 15_000,
});

export const workerSpec = ({ home, env }: Laid): ChildSpec => ({
  name: 'worker',
  command: process.execPath,
  args: ['--import', import.meta.resolve('tsx'), join(ROOT, 'src', 'worker.ts')],
  cwd: ROOT,
  env: {
    ...withoutAws(process.env),
    ...settings(process.env),
    ...env,
    TMPDIR: home.tmp,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  },
  log: join(home.logs, 'worker.log'),
  readyWithinMs: 120_000,
  graceMs: 45_000,
});

/** Decrypts for the Web UI alone: its pages may ask from this machine. */
export const codecSpec = ({ home, ports, env }: Laid): ChildSpec => ({
  name: 'codec',
  command: process.execPath,
  args: [
    ...[join(ROOT, 'bin', 'perennial.mjs'), 'codec-server', '--port', String(ports.codec)],
    ...['--origin', `http://127.0.0.1:${ports.ui},http://localhost:${ports.ui}`],
  ],
  cwd: ROOT,
  env: { ...withoutAws(process.env), ...env, TMPDIR: home.tmp },
  log: join(home.logs, 'codec.log'),
  healthy: async () => void (await get(`http://127.0.0.1:${ports.codec}/health`)),
  readyWithinMs: 60_000,
  graceMs: 5_000,
});

/** The verbs over HTTP, once Temporal answers. */
export const apiSpec = ({ home, ports, env }: Laid): ChildSpec => ({
  name: 'api',
  command: process.execPath,
  args: [join(ROOT, 'bin', 'perennial.mjs'), 'api', '--port', String(ports.api)],
  cwd: ROOT,
  env: {
    ...withoutAws(process.env),
    ...settings(process.env),
    ...env,
    PERENNIAL_API_TOKENS_FILE: apiFiles(home).tokens,
    PERENNIAL_API_SESSION_KEY_FILE: apiFiles(home).sessionKey,
    TMPDIR: home.tmp,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  },
  log: join(home.logs, 'api.log'),
  healthy: async () => void (await get(`http://127.0.0.1:${ports.api}/readyz`)),
  readyWithinMs: 120_000,
  graceMs: 15_000,
});

export class NotSetUp extends Error {}

/** The Python of the project's own environment. */
export function python(): string {
  const path = join(ROOT, '.venv', 'bin', 'python');
  if (!executable(path)) throw new NotSetUp(`${path} is not there: run \`npm run setup\``);
  return path;
}

/** `temporal` on the PATH, or the pinned one of the project's own environment. */
export function findTemporal(env: NodeJS.ProcessEnv = process.env): string {
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), join(ROOT, '.venv', 'bin')];
  const found = folders.map((folder) => join(folder, 'temporal')).find(executable);
  if (!found) throw new NotSetUp('the Temporal CLI is not there: run `npm run setup`');
  return found;
}

/** Settings of the worker that a person may set for the laptop, too. */
const settings = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => name.startsWith('PERENNIAL_') && name !== 'PERENNIAL_LAPTOP_TEMPORAL'),
  );

const withoutTemporal = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return response;
}

const getJson = async (url: string): Promise<unknown> => (await get(url)).json();
