/** The supervisor's side of reaper.mjs: which process groups must not outlive this process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Reaper {
  watch(pid: number): void;
  forget(pid: number): void;
  /** Ends the reaper itself; what it still watches is ended by it. */
  stop(): Promise<void>;
}

export function startReaper(): Reaper {
  const groups = new Set<number>();
  let stopping = false;
  let reaper = launch();

  function launch(): ChildProcess {
    const child = spawn(process.execPath, [fileURLToPath(new URL('reaper.mjs', import.meta.url))], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env.PATH },
    });
    child.stdin?.on('error', () => {});
    child.on('exit', () => {
      if (!stopping) reaper = launch();
    });
    for (const pid of groups) child.stdin?.write(`+${pid}\n`);
    return child;
  }

  return {
    watch(pid) {
      groups.add(pid);
      reaper.stdin?.write(`+${pid}\n`);
    },
    forget(pid) {
      groups.delete(pid);
      reaper.stdin?.write(`-${pid}\n`);
    },
    stop() {
      stopping = true;
      return new Promise((resolve) => {
        reaper.once('exit', () => resolve());
        reaper.stdin?.end();
      });
    },
  };
}
