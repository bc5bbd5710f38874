/** One remote job from submit to result: watched without holding a worker, stopped when nobody waits for it any more. */
import { ApplicationFailure, CancellationScope, log } from '@temporalio/workflow';
import type { JobKind, JobRef, JobResult } from '../activities/types.ts';
import { keep, watch } from './act.ts';
import { ATTEMPTS } from './timeouts.ts';
import { isAwsTrouble, why } from './why.ts';

export interface Job {
  readonly kind: JobKind;
  /** What it does, for people: `train xgboost`. */
  readonly summary: string;
  /** Longest run in milliseconds. */
  readonly maxRuntime: number;
  /** Its name at an attempt (1, 2, …), known before anything is asked of AWS. */
  readonly name: (attempt: number) => string;
  readonly submit: (name: string) => Promise<JobRef>;
  /** Told before each attempt. */
  readonly onAttempt?: (name: string) => void;
  /** Told what an attempt has cost, in US dollars, that gave no result. */
  readonly onLoss: (usd: number) => void;
}

/**
 * Gives the result of a job. One that AWS failed for want of capacity or by its own error is tried again under a new
 * name; a job's own failure, `JobStopped` and a job that outlives its time are thrown. Whatever else goes wrong, and
 * when cancelled, the job is stopped first.
 */
export async function runJob(job: Job): Promise<JobResult> {
  for (let attempt = 1; ; attempt += 1) {
    const name = job.name(attempt);
    job.onAttempt?.(name);
    try {
      return await runOnce(job, name);
    } catch (error) {
      if (attempt === ATTEMPTS || !isAwsTrouble(error, 'JobFailed')) throw error;
      log.warn(`${name} failed on AWS's side; trying again under a new name`, { reason: why(error).message });
    }
  }
}

async function runOnce(job: Job, name: string): Promise<JobResult> {
  try {
    const ref = await job.submit(name);
    return await watch(`Wait for ${job.summary} (${name})`, job.maxRuntime).watchJob(ref);
  } catch (error) {
    if (isOver(error)) {
      job.onLoss(paidFor(error));
      throw error;
    }
    const { problem, costUsd = 0 } = await stop({ kind: job.kind, name }, job.summary);
    job.onLoss(costUsd);
    throw inTime(error, job, name, problem);
  }
}

/** The job itself has ended; nothing is left to stop. */
const isOver = (error: unknown): boolean => ['JobFailed', 'JobStopped'].includes(why(error).type);

/** As the activity that looked at it told. */
function paidFor(error: unknown): number {
  const [told] = why(error).details as [{ costUsd?: unknown }?];
  return typeof told?.costUsd === 'number' ? told.costUsd : 0;
}

/** What it has cost, or why it could not be stopped. */
async function stop(ref: JobRef, summary: string): Promise<{ costUsd?: number; problem?: string }> {
  try {
    // Activities of builds before gave nothing.
    return (await CancellationScope.nonCancellable(() => keep(`Stop ${summary} (${ref.name})`).stopJob(ref))) ?? {};
  } catch (error) {
    const reason = why(error).message;
    log.error(`could not stop ${ref.name}; stop it by hand`, { reason });
    return { problem: reason };
  }
}

const inTime = (error: unknown, job: Job, name: string, problem?: string): unknown => {
  if (why(error).type !== 'Timeout') return error;
  const seconds = Math.round(job.maxRuntime / 1000);
  const stopped = problem === undefined ? 'was stopped' : `could not be stopped (${problem}), stop it by hand`;
  return ApplicationFailure.nonRetryable(
    `${name} ${stopped}: it was not done within ${seconds} s; ${why(error).message}`,
    'JobStopped',
  );
};
