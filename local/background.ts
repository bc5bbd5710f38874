/** The laptop cloud in the background: start it and go, stop it and wait. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { keysEnv } from './environment.ts';
import { type CloudState, claimHome, openHome, ROOT, readState, releaseHome } from './home.ts';
import { endGroup, identity } from './processes.ts';
import type { FromSupervisor } from './supervisor.ts';

const STOPS_WITHIN_MS = 90_000;

export interface StartOptions {
  readonly root: string;
  readonly worker: boolean;
  /** Aborted, it stops what has started. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Starts a supervisor that outlives this process. Resolves when all is healthy; throws with its reason when it is not. */
export async function startInBackground({ root, worker, signal, say }: StartOptions): Promise<CloudState> {
  const home = openHome(root);
  const log = openSync(join(home.logs, 'supervisor.log'), 'a', 0o600);
  const script = fileURLToPath(new URL('supervisor.ts', import.meta.url));
  const supervisor = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), script, ...(worker ? [] : ['--no-worker'])],
    {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
      env: { ...process.env, ...keysEnv(process.env), PERENNIAL_HOME: root },
    },
  );
  closeSync(log);
  const stop = () => supervisor.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      supervisor.on('message', (message: FromSupervisor) => {
        if ('ready' in message) resolve();
        else if ('failed' in message) reject(new Error(message.failed));
        else say(message.said);
      });
      supervisor.once('error', reject);
      supervisor.once('exit', (code, by) => reject(new Error(`the supervisor ended (${by ?? `exit code ${code}`})`)));
    });
  } finally {
    signal.removeEventListener('abort', stop);
    if (supervisor.connected) supervisor.disconnect();
    supervisor.unref();
  }
  const state = readState(root);
  if (!state) throw new Error('it was stopped as soon as it had started');
  return state;
}

/** Stops what runs in a home and waits for it; also sweeps up what a crash left. False when nothing ran. */
export async function stopInBackground(root: string): Promise<boolean> {
  const state = readState(root);
  if (!state) return sweep(root);
  process.kill(state.pid, 'SIGTERM');
  const deadline = Date.now() + STOPS_WITHIN_MS;
  while (identity(state.pid) === state.identity) {
    if (Date.now() > deadline) process.kill(state.pid, 'SIGKILL');
    await sleep(50);
  }
  await sweep(root);
  return true;
}

async function sweep(root: string): Promise<boolean> {
  const home = openHome(root);
  const { owner, left } = claimHome(home);
  if (owner) return false;
  try {
    const alive = left.filter((service) => identity(service.pid) === service.identity);
    await Promise.all(alive.map((service) => endGroup(service.pid, 10_000)));
    return alive.length > 0;
  } finally {
    releaseHome(home);
  }
}
