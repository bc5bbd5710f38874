/** Perennial's workflows, and three ways to wait for one job: ours, and the two that come to mind first. */
import { proxyActivities, sleep } from '@temporalio/workflow';
import type { JobRef } from '../../src/activities/types.ts';
import { runJob } from '../../src/workflows/job.ts';
import type { WaitingActivities } from './worker.ts';

export * from '../../src/workflows/index.ts';

const HOUR = 3_600_000;
const EVERY = 30_000;

const brief = proxyActivities<WaitingActivities>({ startToCloseTimeout: 120_000, heartbeatTimeout: 30_000 });
const long = proxyActivities<WaitingActivities>({ startToCloseTimeout: 24 * HOUR, heartbeatTimeout: 30_000 });

/** Perennial's own: each look is a retry of one activity. */
export async function retriedLooks({ name }: JobRef): Promise<void> {
  await runJob({
    kind: 'training',
    summary: 'train',
    maxRuntime: HOUR,
    name: () => name,
    submit: (job) => brief.submitJob({ kind: 'training', name: job }),
    onLoss: () => {},
  });
}

/** An activity sits beside the job until it is over. */
export async function heldSlots(job: JobRef): Promise<void> {
  await brief.submitJob(job);
  await long.sitBeside({ ...job, every: EVERY });
}

/** The workflow asks, sleeps, and asks again. */
export async function timersOfWorkflows(job: JobRef): Promise<void> {
  await brief.submitJob(job);
  while (!(await brief.isOver(job))) await sleep(EVERY);
}
