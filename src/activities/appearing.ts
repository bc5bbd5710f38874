/** What was made a moment ago may not be known everywhere yet: activities that build on it wait for it, and not for ever. */
import { ApplicationFailure } from '@temporalio/common';
import { notYet } from '../failures.ts';
import type { Activities } from './interface.ts';
import { APPEARS_WITHIN_MS, watchedMs } from './patience.ts';

export const BUILD_ON_OTHERS = [
  'catalogSnapshots',
  'createModel',
  'submitTransform',
  'registerVersion',
  'submitEndpoint',
  'scaleEndpoint',
  'ensureApi',
  'ensureObservability',
] as const satisfies readonly (keyof Activities)[];

export function appearing(activities: Activities): Activities {
  const patient = BUILD_ON_OTHERS.map((name) => [
    name,
    waiting(activities[name] as (input: never) => Promise<unknown>),
  ]);
  return { ...activities, ...Object.fromEntries(patient) };
}

const waiting =
  <I, O>(act: (input: I) => Promise<O>) =>
  async (input: I): Promise<O> => {
    try {
      return await act(input);
    } catch (error) {
      if (!isMissing(error) || watchedMs() > APPEARS_WITHIN_MS) throw error;
      throw notYet(`${error.message}; if it was made a moment ago, it is not to be seen yet: looking again`);
    }
  };

/** As src/aws/errors.ts tells it. */
const isMissing = (error: unknown): error is ApplicationFailure =>
  error instanceof ApplicationFailure &&
  error.type === 'InvalidRequest' &&
  (error.details?.[0] as { missing?: boolean } | undefined)?.missing === true;
