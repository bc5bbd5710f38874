/** The closed set of failure types, and the makers of permanent and not-yet failures. */
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

export const FAILURES = [
  'PlanRefused',
  'SourceUnusable',
  'ExpectationsBroken',
  'FeaturesBroken',
  'DataUnusable',
  'JobFailed',
  'JobStopped',
  'AccessDenied',
  'InvalidRequest',
  'NameTaken',
  'GatesNotHeld',
  'NotApproved',
  'RolloutFailed',
  'NotYet',
  'Unavailable',
] as const;
export type FailureType = (typeof FAILURES)[number];

/** A failure that no retry mends; `mend` says what a person can do. */
export const permanent = (
  type: Exclude<FailureType, 'NotYet' | 'Unavailable'>,
  message: string,
  ...details: unknown[]
): ApplicationFailure => ApplicationFailure.nonRetryable(message, type, ...details);

/** Not done yet: look again, `after` milliseconds or as the activity's own retries say. Not an error in logs or metrics. */
export const notYet = (progress: string, after?: number): ApplicationFailure =>
  ApplicationFailure.create({
    message: progress,
    type: 'NotYet',
    nonRetryable: false,
    nextRetryDelay: after,
    category: ApplicationFailureCategory.BENIGN,
  });

/** Whether an error's code says that a disk is full. */
export const isFullDisk = (code: unknown): boolean => ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code as string);

/** A service, a network or a quota that is not there at the moment: waited out, visibly. `after` in milliseconds. */
export const unavailable = (message: string, details: Readonly<Record<string, unknown>>, after?: number) =>
  ApplicationFailure.create({
    message,
    type: 'Unavailable',
    nonRetryable: false,
    details: [details],
    nextRetryDelay: after,
  });
