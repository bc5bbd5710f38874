/** A laptop cloud with real processes, a wire and a kept worker, whose parts can be killed. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ANY_PORTS, type Cloud, startCloud } from '../local/cloud.ts';
import type { WireCall } from './calls.ts';
import { type Keeper, keepWorker } from './keeper.ts';
import { type Point, VICTIMS, type Victim } from './points.ts';
import { type Answer, openWire, type Wire } from './wire.ts';

export interface Arena {
  readonly cloud: Cloud;
  /** Sends SIGKILL to a part; false when it is not there just now. */
  kill(victim: Victim): boolean;
  close(): Promise<void>;
}

export interface ArenaOptions {
  readonly home: string;
  /** A bundle of the workflows, made beforehand. */
  readonly bundle: string;
  /** The worker is at a point. Gives who was killed there. */
  readonly at: (point: Point) => Victim | undefined;
  /** A part serves, at first or again. */
  readonly back: (victim: Victim) => void;
  /** AWS has done a call, and says so with this answer. */
  readonly done: (call: WireCall, answer: Answer) => void;
}

/** Resolves when all of it serves. */
export async function openArena({ home, bundle, at, back, done }: ArenaOptions): Promise<Arena> {
  await mkdir(home, { recursive: true });
  const say = (line: string) => {
    const [, name] = /^(\w+) is back$/.exec(line) ?? [];
    const victim = VICTIMS.find((one) => one === name);
    if (victim) back(victim);
  };
  const cloud = await startCloud({ home, ports: ANY_PORTS, say });
  const wire = await openWire(cloud.env, {
    before: (call) => {
      at({ at: call.operation, phase: 'before' });
      return 'pass';
    },
    after: (call, answer) => {
      done(call, answer);
      const victim = at({ at: call.operation, phase: 'after' });
      return victim && victim !== 'temporal' ? 'reset' : 'pass';
    },
  });
  const { keeper, ready } = startKeeper(cloud, wire, { home, bundle, at, back });
  await ready;
  return {
    cloud,
    kill: (victim) => {
      const pid = victim === 'worker' ? keeper.pid() : cloud.pids()[victim];
      return pid !== undefined && killed(pid);
    },
    close: async () => {
      await keeper.stop();
      await wire.close();
      await cloud.stop();
    },
  };
}

function startKeeper(
  cloud: Cloud,
  wire: Wire,
  { bundle, at, back }: Pick<ArenaOptions, 'home' | 'bundle' | 'at' | 'back'>,
): { keeper: Keeper; ready: Promise<void> } {
  let keeper: Keeper | undefined;
  const ready = new Promise<void>((resolve) => {
    keeper = keepWorker({
      env: { ...wire.env, PERENNIAL_WORKFLOW_BUNDLE: bundle },
      log: join(cloud.logs, 'worker.log'),
      at: (point) => (at(point) === 'worker' ? new Promise(() => {}) : Promise.resolve()),
      ready: () => {
        back('worker');
        resolve();
      },
    });
  });
  if (!keeper) throw new Error('the worker was not started');
  return { keeper, ready };
}

function killed(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
