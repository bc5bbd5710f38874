/** Several runs beside each other, each with a laptop cloud of its own: most of a run's time is waiting. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { ChaosResult } from './run.ts';

export interface BesideOptions {
  readonly seed: number;
  readonly kills: number;
  readonly models: number;
  /** So many runs: their seeds follow on `seed`, and they share the kills. */
  readonly beside: number;
  readonly say: (line: string) => void;
  /** Ends the killing of all. */
  readonly signal: AbortSignal;
}

/** What came of all. A run that ended without a result is told as broken. */
export async function besideEachOther({
  seed,
  kills,
  models,
  beside,
  say,
  signal,
}: BesideOptions): Promise<ChaosResult> {
  const runs = Array.from({ length: beside }, async (_, at) => {
    const own = String(seed + at);
    const share = Math.floor(kills / beside) + (at < kills % beside ? 1 : 0);
    const words = ['--kills', String(share), '--seed', own, '--models', String(models), '--json'];
    // In a group of its own: a Ctrl-C reaches it through `signal` alone, and once.
    const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    signal.addEventListener('abort', () => child.kill('SIGINT'));
    return resultOf(child, own, say);
  });
  return together(await Promise.all(runs));
}

async function resultOf(child: ChildProcess, seed: string, say: (line: string) => void): Promise<ChaosResult> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('a child of pipes has none');
  createInterface({ input: stderr }).on('line', (line) => say(`[${seed}] ${line}`));
  const [printed] = await Promise.all([text(stdout), once(child, 'close')]);
  if (printed.trim() === '') return { ...NOTHING, broken: [`seed ${seed}: ended without a result, see above`] };
  const result = JSON.parse(printed) as ChaosResult;
  return { ...result, broken: result.broken.map((line) => `seed ${seed}: ${line}`) };
}

const NOTHING: ChaosResult = { kills: [], rounds: 0, answered: 0, lost: 0, made: 0, left: [], broken: [] };

/** Pure. Left are the targets that none of them came by. */
export function together(results: readonly ChaosResult[]): ChaosResult {
  const sum = (of: 'rounds' | 'answered' | 'lost' | 'made') => results.reduce((all, result) => all + result[of], 0);
  const keys = results.map(({ left }) => new Set(left.map((target) => JSON.stringify(target))));
  return {
    kills: results.flatMap((result) => result.kills),
    ...{ rounds: sum('rounds'), answered: sum('answered'), lost: sum('lost'), made: sum('made') },
    left: (results[0]?.left ?? []).filter((target) => keys.every((key) => key.has(JSON.stringify(target)))),
    broken: results.flatMap((result) => result.broken),
  };
}
