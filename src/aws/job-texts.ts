/** What the descriptions of all jobs, and of endpoints that failed, have in common. */
import type { FailureClass } from './jobs.ts';

const CLASSES: readonly (readonly [RegExp, FailureClass])[] = [
  [/^AlgorithmError/i, 'algorithm'],
  [/^ClientError/i, 'client'],
  [/^(InternalServerError|InternalServiceError)/i, 'internal'],
  [/^(CapacityError|ResourceLimitExceeded)|insufficient ?(instance ?)?capacity/i, 'capacity'],
];

/** The class that SageMaker's FailureReason opens with. */
export const failureClass = (reason: string): FailureClass =>
  CLASSES.find(([pattern]) => pattern.test(reason))?.[1] ?? 'other';

export const secondsBetween = (from: Date | undefined, to: Date | undefined): number =>
  from && to ? Math.max(0, Math.round((to.getTime() - from.getTime()) / 1_000)) : 0;

/** The parts of a progress line that are there. */
export const line = (...parts: (string | false | undefined)[]): string => parts.filter(Boolean).join(', ');
