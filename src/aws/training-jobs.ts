/** SageMaker training jobs as `jobs.ts` speaks of them. */
import {
  CreateTrainingJobCommand,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobResponse,
  type MetricDefinition,
  StopTrainingJobCommand,
  type TrainingInstanceType,
} from '@aws-sdk/client-sagemaker';
import { failureClass, line, secondsBetween } from './job-texts.ts';
import type { JobLook, JobService } from './jobs.ts';
import { jobCostUsd, PRICE_VARIABLE } from './prices.ts';
import { tagList } from './tags.ts';

export interface TrainingSpec {
  readonly roleArn: string;
  readonly image: string;
  readonly hyperparameters: Readonly<Record<string, string>>;
  /** Channel → S3 uri of an object or of a folder. */
  readonly channels: Readonly<Record<string, string>>;
  /** S3 uri of the folder under which `<job>/output/model.tar.gz` appears. */
  readonly output: string;
  readonly instance: { readonly type: string; readonly usdPerHour?: number };
  /** Milliseconds. */
  readonly maxRuntime: number;
  /** Spare capacity: how long to wait for it in all, in milliseconds, and the S3 uri under which checkpoints are kept. */
  readonly spot?: { readonly maxWait: number; readonly checkpoints?: string };
  readonly metrics: readonly MetricDefinition[];
}

/** Metrics of this prefix are the job's result; others only tell how far it is. */
export const RESULT_PREFIX = 'validation:';
export const ROUND_METRIC = 'train:round';
const VOLUME_GB = 30;

export const training: JobService<TrainingSpec> = {
  creates: 'CreateTrainingJob',

  create: (sagemaker, name, spec, tags) =>
    sagemaker.send(
      new CreateTrainingJobCommand({
        ...trainingDefinition(spec),
        TrainingJobName: name,
        AlgorithmSpecification: {
          TrainingImage: spec.image,
          TrainingInputMode: 'File',
          MetricDefinitions: [...spec.metrics],
        },
        HyperParameters: { ...spec.hyperparameters },
        ProfilerConfig: { DisableProfiler: true },
        Tags: tagList(tags),
      }),
    ),

  async describe(sagemaker, name, now) {
    const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    const over = !['InProgress', 'Stopping'].includes(job.TrainingJobStatus ?? 'InProgress');
    const paid = async () => jobCostUsd(job.ResourceConfig, job.Environment, billedBy(job, now));
    return { arn: job.TrainingJobArn ?? '', over, look: look(name, job, now), paid };
  },

  stop: (sagemaker, name) => sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: name })),
};

/** What a training job and the jobs of a tuning job are told alike. */
export const trainingDefinition = (spec: TrainingSpec) => ({
  RoleArn: spec.roleArn,
  InputDataConfig: Object.entries(spec.channels).map(([ChannelName, S3Uri]) => ({
    ChannelName,
    InputMode: 'File' as const,
    DataSource: {
      S3DataSource: {
        S3DataType: 'S3Prefix' as const,
        S3Uri,
        S3DataDistributionType: 'FullyReplicated' as const,
      },
    },
  })),
  OutputDataConfig: { S3OutputPath: spec.output },
  ResourceConfig: {
    InstanceType: spec.instance.type as TrainingInstanceType,
    InstanceCount: 1,
    VolumeSizeInGB: VOLUME_GB,
  },
  StoppingCondition: {
    MaxRuntimeInSeconds: seconds(spec.maxRuntime),
    ...(spec.spot && { MaxWaitTimeInSeconds: seconds(spec.spot.maxWait) }),
  },
  ...(spec.spot && { EnableManagedSpotTraining: true }),
  ...(spec.spot?.checkpoints && { CheckpointConfig: { S3Uri: spec.spot.checkpoints } }),
  ...(spec.instance.usdPerHour && { Environment: { [PRICE_VARIABLE]: String(spec.instance.usdPerHour) } }),
});

const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1_000));

function look(name: string, job: DescribeTrainingJobResponse, now: Date): JobLook {
  const logs = `log group /aws/sagemaker/TrainingJobs, streams ${name}/…`;
  const reason = job.FailureReason ?? lastMessage(job) ?? 'no reason was given';
  switch (job.TrainingJobStatus) {
    case 'Completed':
      return { state: 'completed', result: result(name, job) };
    case 'Failed':
      return { state: 'failed', reason, because: failureClass(reason), logs };
    case 'Stopped':
    case 'Deleting':
      return { state: 'stopped', reason: stoppedWhy(job), logs };
    default:
      return { state: 'running', progress: progress(name, job, now) };
  }
}

/** What is billed: of a job that has not ended, from its start to now. */
const billedBy = (
  { BillableTimeInSeconds: billed, TrainingStartTime: from, TrainingEndTime: to }: DescribeTrainingJobResponse,
  now: Date,
): number => billed ?? secondsBetween(from, to ?? now);

/** What a completed job left. */
export function result(name: string, job: DescribeTrainingJobResponse) {
  const billableSeconds = job.BillableTimeInSeconds ?? job.TrainingTimeInSeconds ?? 0;
  const paid = jobCostUsd(job.ResourceConfig, job.Environment, billableSeconds);
  const started = job.TrainingStartTime ?? job.CreationTime ?? new Date(0);
  return {
    kind: 'training' as const,
    name,
    output: job.ModelArtifacts?.S3ModelArtifacts ?? '',
    metrics: metrics(job),
    startedAt: started.toISOString(),
    endedAt: (job.TrainingEndTime ?? job.LastModifiedTime ?? started).toISOString(),
    billableSeconds,
    ...(paid !== undefined && { costUsd: paid }),
  };
}

const metrics = (job: DescribeTrainingJobResponse): Record<string, number> =>
  Object.fromEntries(
    (job.FinalMetricDataList ?? [])
      .filter(({ MetricName }) => MetricName?.startsWith(RESULT_PREFIX))
      .map(({ MetricName = '', Value = Number.NaN }) => [MetricName.slice(RESULT_PREFIX.length), Value]),
  );

function progress(name: string, job: DescribeTrainingJobResponse, now: Date): string {
  const round = job.FinalMetricDataList?.find(({ MetricName }) => MetricName === ROUND_METRIC)?.Value;
  const measured = Object.entries(metrics(job))
    .slice(0, 3)
    .map(([metric, value]) => `${metric} ${value.toFixed(4)}`);
  const message = lastMessage(job);
  return line(
    `${name}: ${job.SecondaryStatus ?? job.TrainingJobStatus ?? 'Pending'}${message ? ` (${message})` : ''}`,
    round !== undefined && `round ${round}`,
    ...measured,
    `${secondsBetween(job.CreationTime, now)} s`,
  );
}

const lastMessage = (job: DescribeTrainingJobResponse): string | undefined =>
  job.SecondaryStatusTransitions?.at(-1)?.StatusMessage || undefined;

const stoppedWhy = (job: DescribeTrainingJobResponse): string =>
  job.SecondaryStatus === 'MaxRuntimeExceeded'
    ? `it ran longer than ${job.StoppingCondition?.MaxRuntimeInSeconds} s; raise train.instance.maxRuntime, or give it less to do`
    : 'somebody stopped it';
