/** Where a laptop cloud lives: its folders, and the one file that says who runs it and how to reach it. */
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identity } from './processes.ts';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface Home {
  readonly root: string;
  readonly logs: string;
  readonly temporal: string;
  readonly aws: string;
  readonly sagemaker: string;
  readonly tmp: string;
  readonly stateFile: string;
  /** The ports of the last start: addresses that were given away stay good. */
  readonly portsFile: string;
}

export interface RunningService {
  readonly name: string;
  readonly pid: number;
  readonly identity: string;
  readonly log: string;
  readonly url?: string;
}

export interface CloudState {
  readonly status: 'starting' | 'running';
  readonly pid: number;
  /** Tells the supervisor from a later process of the same id. */
  readonly identity: string;
  readonly since: string;
  readonly services: readonly RunningService[];
  /** What a client needs to find this cloud. */
  readonly env: Readonly<Record<string, string>>;
  /** Temporal's Web UI; absent when Temporal is not ours. */
  readonly ui?: string;
}

/** `.perennial/` in the repository; PERENNIAL_HOME moves it. */
export const homePath = (env: NodeJS.ProcessEnv = process.env): string =>
  resolve(env.PERENNIAL_HOME || join(ROOT, '.perennial'));

export function openHome(root: string): Home {
  const home = {
    root,
    logs: join(root, 'logs'),
    temporal: join(root, 'temporal'),
    aws: join(root, 'aws'),
    sagemaker: join(root, 'sagemaker'),
    tmp: join(root, 'tmp'),
    stateFile: join(root, 'state.json'),
    portsFile: join(root, 'ports.json'),
  };
  for (const folder of [home.logs, home.temporal, home.aws, home.sagemaker, home.tmp]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  // Lambda functions are unpacked there: without it Node would read them by the package.json of the repository around it.
  writeFileSync(join(home.tmp, 'package.json'), '{ "type": "commonjs" }\n');
  return home;
}

/** What runs (or starts) in a home; undefined when nothing does, also when a state file was left by a crash or a reboot. */
export function readState(root: string): CloudState | undefined {
  const state = parseState(join(root, 'state.json'));
  return state && identity(state.pid) === state.identity ? state : undefined;
}

/**
 * Takes a home for this process, or gives the state of the one that has it.
 * `left` names services that a crashed supervisor left behind.
 */
export function claimHome(home: Home): { owner?: CloudState; left: readonly RunningService[] } {
  let left: readonly RunningService[] = [];
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      closeSync(openSync(home.stateFile, 'wx', 0o600));
      writeState(home, starting(left));
      return { left };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = readState(home.root);
    if (owner) return { owner, left: [] };
    left = setAside(home) ?? left;
  }
  throw new Error(`${home.stateFile} changes hands all the time: is something else writing it?`);
}

export function writeState(home: Home, state: CloudState): void {
  const next = `${home.stateFile}.${process.pid}`;
  writeFileSync(next, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, home.stateFile);
}

export const releaseHome = (home: Home): void => rmSync(home.stateFile, { force: true });

/** Names what was left, too, until it is ended: this process may be killed before that. */
const starting = (left: readonly RunningService[]): CloudState => ({
  status: 'starting',
  pid: process.pid,
  identity: identity(process.pid) ?? '',
  since: new Date().toISOString(),
  services: left,
  env: {},
});

/** Moves a stale state file away; when another process was faster and it is that one's file by now, puts it back. */
function setAside(home: Home): readonly RunningService[] | undefined {
  const aside = `${home.stateFile}.stale-${process.pid}`;
  try {
    renameSync(home.stateFile, aside);
  } catch {
    return undefined;
  }
  const state = parseState(aside);
  if (state && identity(state.pid) === state.identity) {
    renameSync(aside, home.stateFile);
    return undefined;
  }
  rmSync(aside, { force: true });
  return state?.services ?? [];
}

function parseState(path: string): CloudState | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as CloudState;
  } catch {
    return undefined;
  }
}
