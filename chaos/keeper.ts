/** Keeps a worker running: started again as soon as it has died, as an orchestrator of containers would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../local/home.ts';
import type { Point } from './points.ts';

export interface Keeper {
  pid(): number | undefined;
  /** Asks it to finish what it does, and starts none again. */
  stop(): Promise<void>;
}

export interface KeeperOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly log: string;
  /** The worker stands still there until this resolves; it need not, when the worker is killed. */
  readonly at: (point: Point) => Promise<void>;
  readonly ready: () => void;
}

export function keepWorker({ env, log, at, ready }: KeeperOptions): Keeper {
  let stopping = false;
  let child = start();

  function start(): ChildProcess {
    const out = openSync(log, 'a', 0o600);
    const script = fileURLToPath(new URL('worker.ts', import.meta.url));
    const started = spawn(process.execPath, ['--import', 'tsx', script], {
      cwd: ROOT,
      env: { ...process.env, ...env, PERENNIAL_LOG_LEVEL: 'warn' },
      stdio: ['ignore', out, out, 'ipc'],
    });
    started.on('message', (message: 'ready' | { id: number; point: Point }) => {
      if (message === 'ready') return ready();
      void at(message.point).then(() => {
        if (started.connected) started.send({ goOn: message.id }, () => {});
      });
    });
    started.on('exit', () => {
      if (!stopping) child = start();
    });
    return started;
  }

  return {
    pid: () => child.pid,
    stop: async () => {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
