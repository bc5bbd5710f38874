/** Real containers for tests: the fixture's channels, folders that play /opt/ml, training runs and model servers. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../local/ports.ts';
import type { Problem } from '../../src/plan/schema.ts';

export const ROOT = join(import.meta.dirname, '../..');
export const PYTHON = join(ROOT, '.venv/bin/python');
const MOST_START_MS = 30_000;
const LOOK_EVERY_MS = 25;

export interface Channels {
  readonly [name: string]: { readonly folder: string; readonly contentType?: string };
}

export interface Trained {
  readonly code: number | null;
  readonly log: string;
  /** The text of output/failure; empty when there is none. */
  readonly failure: string;
  readonly model: string;
}

/** A folder for one test file, with the fixture's channels in `data`. */
export async function workFolder(problem: Problem = 'binary'): Promise<{ folder: string; data: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'container-'));
  return { folder, data: fixture(folder, problem) };
}

export const LABELS = { binary: 'bought', multiclass: 'came', regression: 'spent' } as const;
export const CLASSES = ['again', 'never', 'once'] as const;

/** Another fixture below `folder`; gives where. */
export function fixture(folder: string, problem: Problem): string {
  const data = join(folder, problem === 'binary' ? 'data' : problem);
  execFileSync(PYTHON, [join(import.meta.dirname, 'fixture.py'), data, problem]);
  return data;
}

export const fixtureChannels = (data: string): Channels => ({
  train: { folder: join(data, 'train') },
  validation: { folder: join(data, 'validation') },
  transform: { folder: join(data, 'transform') },
});

/** Hyperparameters as a request carries them: strings of JSON. */
export const script = (folder: string, parameters: Record<string, unknown>, program = 'train.py') =>
  Object.fromEntries(
    Object.entries({ ...parameters, sagemaker_program: program, sagemaker_submit_directory: folder }).map(([k, v]) => [
      k,
      JSON.stringify(v),
    ]),
  );

export const ourScript = (parameters: Record<string, unknown>, folder = join(ROOT, 'container')) =>
  script(folder, { seed: 7, ...parameters });

/** What model.json says of a trained model. */
export const described = async (model: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(model, 'model.json'), 'utf8'));

/** What the log's last line says of a measure. */
export const measured = (log: string, metric: string): number =>
  Number(log.match(new RegExp(`\\[final\\].* ?validation-${metric}:([-0-9.e]+)`))?.[1]);

let jobs = 0;
const running = new Set<ChildProcess>();

/** Starts `containers.xgboost train` in a fresh folder below `folder`, on a copy of `checkpoints` if there are any. */
export async function startTraining(
  folder: string,
  channels: Channels,
  hyperparameters: Record<string, string>,
  checkpoints?: string,
) {
  const base = join(folder, `job-${++jobs}`);
  for (const part of ['input/config', 'input/data', 'model', 'output'])
    await mkdir(join(base, part), { recursive: true });
  if (checkpoints) await cp(checkpoints, join(base, 'checkpoints'), { recursive: true });
  for (const [name, channel] of Object.entries(channels))
    await cp(channel.folder, join(base, 'input/data', name), { recursive: true });
  const data = Object.entries(channels).map(([name, { contentType }]) => [
    name,
    { TrainingInputMode: 'File', ...(contentType ? { ContentType: contentType } : {}) },
  ]);
  const config = {
    hyperparameters,
    inputdataconfig: Object.fromEntries(data),
    resourceconfig: { current_host: 'algo-1', hosts: ['algo-1'] },
  };
  for (const [name, value] of Object.entries(config))
    await writeFile(join(base, 'input/config', `${name}.json`), JSON.stringify(value));
  return { base, ...run('train', { SAGEMAKER_BASE_DIR: base, TRAINING_JOB_NAME: 'job' }) };
}

export async function train(
  folder: string,
  channels: Channels,
  hyperparameters: Record<string, string>,
  checkpoints?: string,
): Promise<Trained> {
  const job = await startTraining(folder, channels, hyperparameters, checkpoints);
  const code = await job.ended;
  const failure = await readFile(join(job.base, 'output/failure'), 'utf8').catch(() => '');
  return { code, log: job.log(), failure, model: join(job.base, 'model') };
}

function run(role: string, own: Record<string, string>) {
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(SM_|SAGEMAKER_)/.test(name)));
  const child = spawn(PYTHON, ['-m', 'containers.xgboost', role], {
    env: { ...kept, PYTHONPATH: join(ROOT, 'local'), PYTHONDONTWRITEBYTECODE: '1', ...own },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (log += piece));
  running.add(child);
  const ended = new Promise<number | null>((done, failed) => child.on('error', failed).on('close', done));
  ended.finally(() => running.delete(child)).catch(() => undefined);
  return { child, ended, log: () => log };
}

export interface Server {
  readonly url: string;
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  log(): string;
  stop(): Promise<number | null>;
  invoke(
    body: string | Uint8Array<ArrayBuffer>,
    contentType?: string,
    accept?: string,
  ): Promise<{ status: number; type: string; text: string }>;
}

/** Starts `containers.xgboost serve` on a copy of `model`. Gives once /ping is answered, or the process ended. */
export async function startServer(folder: string, model: string, own: Record<string, string> = OUR_PROGRAM) {
  const base = join(folder, `server-${++jobs}`);
  await cp(model, join(base, 'model'), { recursive: true });
  const port = await freePort(0);
  const process = run('serve', { SAGEMAKER_BASE_DIR: base, SAGEMAKER_BIND_TO_PORT: String(port), ...own });
  const url = `http://127.0.0.1:${port}`;
  const server: Server = {
    ...process,
    url,
    stop() {
      process.child.kill('SIGTERM');
      return process.ended;
    },
    async invoke(body, contentType = 'application/json', accept = '*/*') {
      const headers = { 'content-type': contentType, accept };
      const response = await fetch(`${url}/invocations`, { method: 'POST', headers, body });
      return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() };
    },
  };
  await until(async () => process.child.exitCode !== null || (await answers(url)), MOST_START_MS, server.log);
  return server;
}

export const OUR_PROGRAM = {
  SAGEMAKER_PROGRAM: 'inference.py',
  SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code',
};

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/ping`).then(
    ({ status }) => status === 200,
    () => false,
  );

/** Looks until `condition` holds; fails with what `log` says when it never does. */
export async function until(condition: () => Promise<boolean>, most: number, log: () => string): Promise<void> {
  const end = Date.now() + most;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${most} ms in vain; the log says:\n${log()}`);
    await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  }
}

/** A folder with these files: a customer's code. */
export async function codeFolder(folder: string, files: Record<string, string>): Promise<string> {
  const code = join(folder, `code-${++jobs}`);
  await mkdir(code, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(code, name), text);
  return code;
}

/** Also ends what a failed test left running. */
export async function remove(folder: string): Promise<void> {
  for (const child of running) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
}
