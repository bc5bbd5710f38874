/** Running activities as a worker would, and looking again while they say "not yet". */
import { setTimeout as pause } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import pino from 'pino';
import type { Deps } from '../../src/activities/deps.ts';
import { createStore } from '../../src/aws/store.ts';
import { laptopCloud } from './cloud.ts';
import { untilNextMs } from './until.ts';

export async function laptopDeps(): Promise<Deps> {
  const { config, aws } = await laptopCloud();
  return { config, aws, store: createStore(aws.s3, config.bucket), log: pino({ level: 'silent' }) };
}

/** Failures that a test expects are no news. */
const logger = new DefaultLogger('ERROR');

/** Runs one activity. `scheduled` is when it was first scheduled: just now, unless told. */
export const run = <I, O>(activity: (input: I) => Promise<O>, input: I, scheduled = Date.now()): Promise<O> =>
  new MockActivityEnvironment({ scheduledTimestampMs: scheduled }, { logger }).run(activity, input);

/** Looks again until the activity is done or fails for good; gives also what it said meanwhile. */
export async function watch<I, O>(
  activity: (input: I) => Promise<O>,
  input: I,
  scheduled = Date.now(),
): Promise<{ result: O; said: string[] }> {
  const said: string[] = [];
  const begun = Date.now();
  for (;;) {
    try {
      return { result: await run(activity, input, scheduled), said };
    } catch (error) {
      if (!(error instanceof ApplicationFailure) || error.type !== 'NotYet') throw error;
      if (said.at(-1) !== error.message) said.push(error.message);
      await pause(untilNextMs(Date.now() - begun));
    }
  }
}
