/** An activity whose every call meets a fault once: it is repeated, as Temporal would, until it comes through. */
import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { WireCall } from '../../chaos/calls.ts';
import { type Fault, inject } from '../../chaos/faults.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { Activities } from '../../src/activities/interface.ts';
import type { Patience } from '../../src/aws/clients.ts';
import { run } from '../support/activities.ts';
import { wired } from '../support/wired.ts';

export interface Chain {
  readonly result: unknown;
  /** What was said by the attempts that failed. */
  readonly said: readonly string[];
  /** How many calls met a fault. */
  readonly struck: number;
}

export interface ChainOptions extends Patience {
  /** In turn; none are a calm run. */
  readonly faults: readonly Fault[];
  /** Every so many calls meet one. */
  readonly every?: number;
}

/** An activity that does not come through after so many attempts never will. */
const ATTEMPTS = 150;

/** Milliseconds for an answer: what makes many calls must not fail by chance. */
const waits = (every: number): number => (every > 2 ? 3_000 : 500);

export async function chain(
  name: keyof Activities,
  input: unknown,
  { faults, every = 1, quick = waits(every), slow = waits(every), ...patience }: ChainOptions,
): Promise<Chain> {
  let struck = 0;
  const met = new Set<string>();
  let seen = new Map<string, number>();
  /** A call is known by what it asks for, and for how many-eth time the attempt does so. */
  const strike = (call: WireCall): Fault | undefined => {
    const what = `${call.service} ${call.operation} ${call.name}`;
    // What an attempt asks again and again meets it twice: it would wait for ever.
    const times = Math.min((seen.get(what) ?? 0) + 1, 2);
    seen.set(what, times);
    // S3 knows at once what it holds.
    if (faults.includes('missing') && call.service === 's3') return undefined;
    if (met.has(`${what} ${times}`)) return undefined;
    met.add(`${what} ${times}`);
    if (faults.length === 0 || met.size % every !== 0) return undefined;
    return faults[struck++ % faults.length];
  };
  const { deps, close } = await wired(inject(strike), { quick, slow, ...patience });
  const activity = createActivities(deps)[name] as (input: unknown) => Promise<unknown>;
  const said: string[] = [];
  const scheduled = Date.now();
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      seen = new Map();
      try {
        return { result: await run(activity, input, scheduled), said, struck };
      } catch (error) {
        assert.ok(error instanceof ApplicationFailure, `${name}: ${(error as Error).stack}`);
        assert.ok(!error.nonRetryable, `${name} gave up: ${error.type}: ${error.message}`);
        said.push(`${error.type}: ${error.message}`);
      }
    }
    throw new Error(`${name} never came through: ${said.slice(-3).join('\n')}`);
  } finally {
    await close();
  }
}
