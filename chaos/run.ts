/** A whole run: the story once in peace, then again and again while things are killed, and what must hold after each round. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { DefaultLogger } from '@temporalio/worker';
import { processesOf } from '../local/processes-of.ts';
import { createClients } from '../src/aws/clients.ts';
import { createStore } from '../src/aws/store.ts';
import { readConfig } from '../src/config.ts';
import { connect, type Operator } from '../src/operations/index.ts';
import { bundleWorkflows } from '../src/temporal/workflow-code.ts';
import { type Arena, openArena } from './arena.ts';
import { type Caller, startCaller } from './caller.ts';
import { failedTasks, stillRunning, waits } from './histories.ts';
import { differences, type Life, lostInPeace } from './invariants.ts';
import { type Kill, Killer } from './killer.ts';
import { lookedAt, untilStuck } from './patience.ts';
import type { Target } from './points.ts';
import { Receipts } from './receipts.ts';
import { writePlan } from './small-model.ts';
import { play, putAway } from './story.ts';
import { leftOf, worldOf } from './world.ts';

export interface ChaosOptions {
  /** A folder of its own, which is not there yet. */
  readonly home: string;
  readonly seed: number;
  readonly kills: number;
  /** Models that live beside each other in a round. */
  readonly models: number;
  readonly say: (line: string) => void;
  /** Ends the killing; the round that is played still comes to its end, and is looked at. */
  readonly signal?: AbortSignal;
}

export interface ChaosResult {
  readonly kills: readonly Kill[];
  readonly rounds: number;
  readonly answered: number;
  readonly lost: number;
  readonly made: number;
  /** Targets that no round came by. */
  readonly left: readonly Target[];
  /** What did not hold; nothing when all did. */
  readonly broken: readonly string[];
}

export async function chaos({ home, seed, kills, models, say, signal }: ChaosOptions): Promise<ChaosResult> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const bundle = await bundled(home);
  const receipts = new Receipts();
  const killer = new Killer({
    seed,
    kills,
    kill: (victim) => arena.kill(victim),
    say: ({ victim, phase, at }) =>
      say(`${killer.kills.length}: ${victim} killed ${phase === 'waiting' ? 'while waiting in' : phase} ${at}`),
  });
  const arena: Arena = await openArena({
    home,
    bundle,
    at: (point) => killer.at(point),
    back: (victim) => killer.isBack(victim),
    done: (call, answer) => receipts.note(call, answer),
  });
  signal?.addEventListener('abort', () => killer.enough());
  const stage = await openStage(arena, home, () => killer.lastAt);
  const result = { rounds: 0, answered: 0, lost: 0 };
  const broken: string[] = [];
  try {
    say('the story in peace');
    const peace = await Promise.all(
      [false, true].slice(0, models).map((tuned) => stage.live(tuned ? 'calm-b' : 'calm-a', tuned)),
    );
    while (!killer.done && broken.length === 0) {
      result.rounds += 1;
      say(`round ${result.rounds}`);
      const names = Array.from({ length: models }, (_, at) => `r${result.rounds}-${String.fromCharCode(97 + at)}`);
      killer.begin();
      const lives = await allEnded(names.map((name, at) => stage.live(name, at % 2 === 1)));
      await killer.end();
      say('its stories have ended: they are looked at, and put away');
      for (const [at, life] of lives.entries()) {
        const before = peace[at % peace.length];
        if (before) broken.push(...differences(before, life));
        broken.push(...lostInPeace(life.told.model, life.caller.lost, killer.kills));
        result.answered += life.caller.answered();
        result.lost += life.caller.lost.length;
      }
      killer.begin();
      await allEnded(names.map((name) => stage.putAway(name)));
      await killer.end();
      for (const name of names) broken.push(...(await stage.leftOf(name)));
    }
    await Promise.all(peace.map(({ told }) => stage.putAway(told.model)));
    broken.push(...receipts.twice);
  } finally {
    await stage.close();
    await arena.close();
  }
  broken.push(...processesOf(home).map(({ command }) => `a process lives on: ${command}`));
  return { ...result, kills: killer.kills, made: receipts.count, left: killer.left, broken };
}

/** When one fails, the others still end before what they need is closed. */
async function allEnded<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

async function bundled(home: string): Promise<string> {
  const file = join(home, 'workflows.js');
  const { code } = await bundleWorkflows({ logger: new DefaultLogger('WARN') });
  await writeFile(file, code);
  return file;
}

interface Lived extends Life {
  readonly caller: Caller;
}

interface Stage {
  live(model: string, tuned: boolean): Promise<Lived>;
  putAway(model: string): Promise<void>;
  /** What a model left behind that was put away. */
  leftOf(model: string): Promise<string[]>;
  close(): Promise<void>;
}

/** Where stories are played and looked at: past the wire, as another program would. */
async function openStage({ cloud }: Arena, home: string, lastKill: () => number): Promise<Stage> {
  Object.assign(process.env, cloud.env);
  const config = readConfig();
  const aws = createClients(config.region);
  const runtime = new SageMakerRuntimeClient({ region: config.region, maxAttempts: 1 });
  const store = createStore(aws.s3, config.bucket);
  const operator: Operator = await connect({ taskQueue: config.taskQueue });
  return {
    live: async (model, tuned) => {
      const folder = await writePlan(home, model, tuned);
      let caller: Caller | undefined;
      const patience = untilStuck(lastKill);
      const live = () => {
        caller = startCaller(runtime, model);
      };
      try {
        const told = await play({ operator, model, folder, live, signal: patience.signal });
        await caller?.stop();
        if (!caller) throw new Error(`${model}: its first cycle was not deployed`);
        const world = await lookedAt(() => worldOf(aws, store, model), patience.signal);
        return { told, world, caller };
      } catch (error) {
        const waiting = (await waits(operator, model)).join('\n  ');
        throw new Error(`the story of ${model} came to no end: ${(error as Error).message}\n  ${waiting}`, {
          cause: error,
        });
      } finally {
        patience.end();
        await caller?.stop();
      }
    },
    putAway: async (model) => {
      const patience = untilStuck(lastKill);
      await putAway(operator, model, patience.signal).finally(patience.end);
    },
    leftOf: async (model) => [
      ...(await leftOf(aws, model)),
      ...(await failedTasks(operator, model)),
      ...(await stillRunning(operator, model)),
    ],
    close: async () => {
      await operator.close();
      for (const client of [...Object.values(aws), runtime]) client.destroy();
    },
  };
}
