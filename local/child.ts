/** One process of the laptop cloud: started with a log file, waited for by its health, started again when it crashes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { endGroup } from './processes.ts';
import type { Reaper } from './reap.ts';

export interface ChildSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: string;
  /** Resolves when it serves; throws while it does not yet. Left out: it says `ready` over its IPC channel. */
  readonly healthy?: () => Promise<void>;
  readonly readyWithinMs: number;
  readonly graceMs: number;
  /** Wait before the second restart in a row; it doubles with each. The first is at once. */
  readonly backoffMs?: number;
  /** Healthy for so long, it counts its restarts anew when it ends. */
  readonly steadyMs?: number;
}

export interface ChildEvents {
  /** A line for people. */
  say(line: string): void;
  /** It was started (again): its process id changed. */
  started(): void;
  /** It crashed too often. */
  gaveUp(error: Error): void;
}

/**
 * So many restarts in a row are tried before the cloud gives up: of a child that never comes up, or that ends within seconds.
 * One that served for a while was killed, or met something rare: it comes back at once, however often that happens.
 */
const RESTARTS = 5;
const STEADY_MS = 5_000;
const BACKOFF_MS = 500;
const MAX_LOG_BYTES = 20_000_000;

export class Child {
  #process?: ChildProcess;
  #ready = false;
  #said = false;
  #stopping = false;
  #restarts = 0;
  #readyAt = 0;

  readonly spec: ChildSpec;
  readonly #reaper: Reaper;
  readonly #events: ChildEvents;

  constructor(spec: ChildSpec, reaper: Reaper, events: ChildEvents) {
    this.spec = spec;
    this.#reaper = reaper;
    this.#events = events;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts it and waits for its health. Throws with the end of its log when it dies or is not healthy in time. */
  async start(): Promise<void> {
    this.#spawn();
    await this.#untilHealthy();
    this.#ready = true;
    this.#readyAt = Date.now();
  }

  /** Ends it and everything in its process group; more calls wait too. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    const gentle = await endGroup(pid, this.spec.graceMs);
    if (!gentle) this.#events.say(`${this.spec.name} did not stop within ${this.spec.graceMs / 1000} s and was killed`);
    this.#reaper.forget(pid);
  }

  #spawn(): void {
    rotate(this.spec.log);
    const log = openSync(this.spec.log, 'a', 0o600);
    const child = spawn(this.spec.command, this.spec.args, {
      cwd: this.spec.cwd,
      env: this.spec.env,
      // Its own process group: a Ctrl-C in the terminal reaches the supervisor alone, which stops all in order.
      detached: true,
      stdio: this.spec.healthy ? ['ignore', log, log] : ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    this.#process = child;
    this.#said = false;
    if (child.pid !== undefined) this.#reaper.watch(child.pid);
    child.on('message', (message) => {
      if (message === 'ready') this.#said = true;
    });
    child.on('error', (error) => this.#events.say(`${this.spec.name}: ${error.message}`));
    child.on('exit', (code, signal) => this.#exited(child, signal ?? `exit code ${code}`));
    this.#events.started();
  }

  async #untilHealthy(): Promise<void> {
    const deadline = Date.now() + this.spec.readyWithinMs;
    for (;;) {
      if (this.#stopping) throw new Error(`${this.spec.name} was stopped while it started`);
      if (ended(this.#process)) throw this.#failure('ended while it started');
      if (await this.#isHealthy()) return;
      if (Date.now() > deadline) throw this.#failure(`was not healthy within ${this.spec.readyWithinMs / 1000} s`);
      await sleep(50);
    }
  }

  async #isHealthy(): Promise<boolean> {
    if (!this.spec.healthy) return this.#said;
    return this.spec.healthy().then(
      () => true,
      () => false,
    );
  }

  #exited(child: ChildProcess, how: string): void {
    const over = this.#endRest(child);
    if (this.#stopping || !this.#ready || child !== this.#process) return;
    this.#ready = false;
    void over.then(() => this.#again(how));
  }

  /** What it started in its group must not outlive it and keep its ports or files. */
  async #endRest({ pid }: ChildProcess): Promise<void> {
    if (pid === undefined) return;
    await endGroup(pid, 0);
    this.#reaper.forget(pid);
  }

  async #again(how: string): Promise<void> {
    if (Date.now() - this.#readyAt >= (this.spec.steadyMs ?? STEADY_MS)) this.#restarts = 0;
    for (let reason = how; ; ) {
      if (this.#stopping) return;
      if (this.#restarts >= RESTARTS) {
        return this.#events.gaveUp(this.#failure(`ended (${reason}) and did not come back after ${RESTARTS} restarts`));
      }
      this.#restarts += 1;
      this.#events.say(`${this.spec.name} ended (${reason}); starting it again (${this.#restarts} of ${RESTARTS})`);
      if (this.#restarts > 1) await sleep((this.spec.backoffMs ?? BACKOFF_MS) * 2 ** (this.#restarts - 2));
      if (this.#stopping) return;
      try {
        await this.start();
        this.#events.say(`${this.spec.name} is back`);
        return;
      } catch (error) {
        reason = (error as Error).message.split('\n')[0] ?? '';
        if (this.pid !== undefined) await endGroup(this.pid, 0);
      }
    }
  }

  #failure(what: string): Error {
    return new Error(`${this.spec.name} ${what}\n${tail(this.spec.log)}`);
  }
}

const ended = (child: ChildProcess | undefined): boolean =>
  child === undefined || child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

/** The last lines of a log, indented, under its path. */
function tail(log: string, lines = 12): string {
  try {
    const text = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-lines);
    return [`  the end of ${log}:`, ...text.map((line) => `  | ${line.slice(0, 300)}`)].join('\n');
  } catch {
    return `  (no log at ${log})`;
  }
}

function rotate(log: string): void {
  try {
    if (statSync(log).size > MAX_LOG_BYTES) renameSync(log, `${log}.1`);
  } catch {
    // There is none yet.
  }
}
