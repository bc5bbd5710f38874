/** Remote jobs after their submission: one look, and the wish that they stop. */
import { type JobLook, lookAtJob, stopJob } from '../aws/jobs.ts';
import { runningJobs } from '../aws/running-jobs.ts';
import { notYet, permanent } from '../failures.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import { createLooks, type NextLook } from './looks.ts';
import { APPEARS_WITHIN_MS, watchedMs } from './patience.ts';
import type { JobRef, JobResult } from './types.ts';

export function jobActivities({
  aws,
  store,
  log,
  config,
}: Deps): Pick<Activities, 'watchJob' | 'stopJob' | 'stopJobsOf'> {
  const looks = createLooks(config.awsRate);
  return {
    async watchJob(job) {
      const look = await lookAtJob(aws.sagemaker, job);
      const watched = watchedMs();
      if (look.state === 'running') throw stillRunning(look.progress, looks.next(job.name, watched));
      looks.over(job.name);
      const result = resultOf(job, look, watched);
      if (job.kind !== 'transform' && !(await store.head(result.output))) throw wroteNoModel(job, result.output);
      return result;
    },

    async stopJob(job) {
      const { asked, costUsd } = await stopJob(aws.sagemaker, job);
      looks.over(job.name);
      log.info({ job, asked }, asked ? 'asked the job to stop' : 'the job is over, unknown or not ours: left as it is');
      return { costUsd };
    },

    async stopJobsOf({ model, cycle }) {
      const running = await runningJobs(aws.sagemaker);
      const asked: string[] = [];
      for (const job of running.filter((one) => one.model === model && one.cycle === String(cycle)))
        if ((await stopJob(aws.sagemaker, job)).asked) asked.push(`${job.kind} ${job.name}`);
      log.info({ model, cycle, asked }, 'stopped what a cycle left running');
      return { asked };
    },
  };
}

const stillRunning = (progress: string, { ms, because }: NextLook) =>
  notYet(because ? `${progress}; ${because}` : progress, ms);

/** SageMaker calls such a job completed. */
const wroteNoModel = ({ kind, name }: JobRef, output: string) =>
  permanent(
    'JobFailed',
    `${kind} job ${name} completed without a model: there is nothing at ${output}; let the script save it in SM_MODEL_DIR`,
    { because: 'algorithm', reason: 'the script wrote no model' },
  );

/** What a look means to a workflow. `watched` is for how many milliseconds it has been looking. */
export function resultOf(job: JobRef, look: JobLook, watched: number): JobResult {
  const name = `${job.kind} job ${job.name}`;
  switch (look.state) {
    case 'completed':
      return look.result;
    case 'running':
      throw notYet(look.progress);
    case 'failed':
      // The class says whether it is worth another try under another name: the workflow decides.
      throw permanent('JobFailed', `${name} failed: ${look.reason}; ${look.logs}`, {
        because: look.because,
        reason: look.reason,
        costUsd: look.costUsd,
      });
    case 'stopped':
      throw permanent('JobStopped', `${name} was stopped: ${look.reason}; ${look.logs}`, {
        reason: look.reason,
        costUsd: look.costUsd,
      });
    case 'unknown':
      if (watched < APPEARS_WITHIN_MS) throw notYet(`${job.name}: not to be seen yet`);
      throw permanent('JobFailed', `${name} is not there: it was never submitted, or somebody deleted it`, {
        because: 'other',
      });
  }
}
