/** A worker as a process of its own, which a test may kill. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from '../../local/home.ts';
import { bundleFile } from './bundle.ts';

export interface WorkerProcess {
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to finish what it does. */
  stop(): Promise<void>;
}

export function startWorker(env: Readonly<Record<string, string>>): WorkerProcess {
  const starting = bundleFile().then((bundle) =>
    spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'src', 'worker.ts')], {
      cwd: ROOT,
      env: { ...process.env, PERENNIAL_WORKFLOW_BUNDLE: bundle, ...env, PERENNIAL_LOG_LEVEL: 'error' },
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  return { kill: () => end(starting, 'SIGKILL'), stop: () => end(starting, 'SIGTERM') };
}

async function end(starting: Promise<ChildProcess>, signal: NodeJS.Signals): Promise<void> {
  const child = await starting;
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
