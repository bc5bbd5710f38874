/** Waiting for what was asked for, with news meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import type { ModelStatus } from '../workflows/messages.ts';
import { look } from './look.ts';
import { modelStatus } from './models.ts';
import { Unanswered } from './trouble.ts';
import type { CycleNews, Operator } from './types.ts';

/** A worker or server that restarts is waited for so long. */
const PATIENCE_MS = 300_000;
const PAUSE_MS = 1_000;

export interface WaitInput {
  readonly model: string;
  readonly cycle: number;
  /** Milliseconds between looks. */
  readonly every?: number;
  /** Ends the waiting with its reason; the cycle goes on. */
  readonly signal?: AbortSignal;
}

/** News of a cycle until it has ended; the last piece is of kind `ended`. */
export async function* waitForCycle(operator: Operator, input: WaitInput): AsyncGenerator<CycleNews, void> {
  const { model, cycle, every = 1_000, signal } = input;
  for (;;) {
    signal?.throwIfAborted();
    const status = await patiently(() => modelStatus(operator, model), signal);
    const outcome = status.outcomes.find((ended) => ended.cycle === cycle);
    if (outcome) return yield { kind: 'ended', cycle, outcome };
    if (status.current?.cycle === cycle) {
      const found = await patiently(() => look(operator, model, cycle), signal);
      if (found) yield { kind: 'running', cycle, ...found };
    } else if (status.cycles >= cycle)
      throw new UserError(
        `cycle ${cycle} of ${model} ended too long ago to be told of`,
        `the last cycles are in "perennial status ${model}"; the Web UI has model/${model}/cycle/${cycle}`,
      );
    else yield { kind: 'waiting', cycle, status };
    await sleep(every, undefined, { signal });
  }
}

/** Waits until the rollback with this label has ended. */
export async function waitForRollback(
  operator: Operator,
  { model, label, every = 1_000, signal }: Omit<WaitInput, 'cycle'> & { label: string },
): Promise<NonNullable<ModelStatus['lastRollback']>> {
  for (;;) {
    signal?.throwIfAborted();
    const { lastRollback } = await patiently(() => modelStatus(operator, model), signal);
    if (lastRollback?.label === label) return lastRollback;
    await sleep(every, undefined, { signal });
  }
}

/** Asks again while nobody answers. */
export async function patiently<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Unanswered) || Date.now() > until) throw error;
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }
}
