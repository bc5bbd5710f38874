/** SageMaker tuning jobs as `jobs.ts` speaks of them: many training jobs, of which the best is the result. */
import {
  CreateHyperParameterTuningJobCommand,
  DescribeHyperParameterTuningJobCommand,
  type DescribeHyperParameterTuningJobResponse,
  DescribeTrainingJobCommand,
  type HyperParameterScalingType,
  type HyperParameterTrainingJobSummary,
  type HyperParameterTuningJobStrategyType,
  type ParameterRanges,
  paginateListTrainingJobsForHyperParameterTuningJob,
  type SageMakerClient,
  StopHyperParameterTuningJobCommand,
} from '@aws-sdk/client-sagemaker';
import type { JobResult } from '../activities/types.ts';
import { failureClass, line, secondsBetween } from './job-texts.ts';
import type { JobLook, JobService } from './jobs.ts';
import { jobCostUsd } from './prices.ts';
import { tagList } from './tags.ts';
import { result, type TrainingSpec, trainingDefinition } from './training-jobs.ts';

export interface TuningSpec extends TrainingSpec {
  readonly strategy: HyperParameterTuningJobStrategyType;
  /** Name of a metric definition, and which way it is better. */
  readonly objective: { readonly metric: string; readonly goal: 'Maximize' | 'Minimize' };
  readonly ranges: readonly Range[];
  readonly jobs: number;
  readonly parallel: number;
  readonly earlyStopping: boolean;
  readonly seed: number;
}

export type Range =
  | { readonly name: string; readonly values: readonly string[] }
  | {
      readonly name: string;
      readonly whole: boolean;
      readonly min: number;
      readonly max: number;
      readonly scale: HyperParameterScalingType;
    };

export const tuning: JobService<TuningSpec> = {
  creates: 'CreateHyperParameterTuningJob',

  create: (sagemaker, name, spec, tags) =>
    sagemaker.send(
      new CreateHyperParameterTuningJobCommand({
        HyperParameterTuningJobName: name,
        HyperParameterTuningJobConfig: {
          Strategy: spec.strategy,
          HyperParameterTuningJobObjective: { Type: spec.objective.goal, MetricName: spec.objective.metric },
          // A grid's size is the product of its values: SageMaker counts it.
          ResourceLimits: {
            ...(spec.strategy === 'Grid' ? {} : { MaxNumberOfTrainingJobs: spec.jobs }),
            MaxParallelTrainingJobs: spec.parallel,
          },
          ParameterRanges: parameterRanges(spec.ranges),
          TrainingJobEarlyStoppingType: spec.earlyStopping ? 'Auto' : 'Off',
          RandomSeed: spec.seed,
        },
        TrainingJobDefinition: {
          ...trainingDefinition(spec),
          StaticHyperParameters: { ...spec.hyperparameters },
          AlgorithmSpecification: {
            TrainingImage: spec.image,
            TrainingInputMode: 'File',
            MetricDefinitions: [...spec.metrics],
          },
        },
        Tags: tagList(tags),
      }),
    ),

  async describe(sagemaker, name, now) {
    const job = await sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name }));
    const status = job.HyperParameterTuningJobStatus ?? 'InProgress';
    const over = !['InProgress', 'Stopping'].includes(status);
    const paid = () => costOf(sagemaker, name, job, now);
    return { arn: job.HyperParameterTuningJobArn ?? '', over, look: await look(sagemaker, name, job, now), paid };
  },

  stop: (sagemaker, name) =>
    sagemaker.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name })),
};

function parameterRanges(ranges: readonly Range[]): ParameterRanges {
  const numbers = (whole: boolean) =>
    ranges.flatMap((range) =>
      'values' in range || range.whole !== whole
        ? []
        : [
            {
              Name: range.name,
              MinValue: String(range.min),
              MaxValue: String(range.max),
              ScalingType: range.scale,
            },
          ],
    );
  return {
    IntegerParameterRanges: numbers(true),
    ContinuousParameterRanges: numbers(false),
    CategoricalParameterRanges: ranges.flatMap((range) =>
      'values' in range ? [{ Name: range.name, Values: [...range.values] }] : [],
    ),
  };
}

async function look(
  sagemaker: SageMakerClient,
  name: string,
  job: DescribeHyperParameterTuningJobResponse,
  now: Date,
): Promise<JobLook> {
  const logs = `log group /aws/sagemaker/TrainingJobs, streams ${name}-…`;
  const reason = job.FailureReason ?? 'no reason was given';
  switch (job.HyperParameterTuningJobStatus) {
    case 'Completed':
      return completed(sagemaker, name, job, logs);
    case 'Failed':
    case 'DeleteFailed':
      return { state: 'failed', reason, because: failureClass(reason), logs };
    case 'Stopped':
    case 'Deleting':
      return { state: 'stopped', reason: 'somebody stopped it', logs };
    default:
      return { state: 'running', progress: progress(name, job, now) };
  }
}

async function completed(
  sagemaker: SageMakerClient,
  name: string,
  job: DescribeHyperParameterTuningJobResponse,
  logs: string,
): Promise<JobLook> {
  const best = job.BestTrainingJob?.TrainingJobName;
  if (!best) {
    const counts = job.TrainingJobStatusCounters;
    const failed = (counts?.NonRetryableError ?? 0) + (counts?.RetryableError ?? 0);
    const reason = `none of its training jobs gave the objective (${failed} failed, ${counts?.Stopped ?? 0} were stopped)`;
    return { state: 'failed', reason, because: 'algorithm', logs };
  }
  const trained = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: best }));
  const trials = await trialsOf(sagemaker, name);
  const billableSeconds = trials.reduce((sum, trial) => sum + secondsOf(trial), 0);
  const paid = jobCostUsd(trained.ResourceConfig, trained.Environment, billableSeconds);
  const started = job.CreationTime ?? new Date(0);
  const found: JobResult = {
    ...result(best, trained),
    kind: 'tuning',
    name,
    startedAt: started.toISOString(),
    endedAt: (job.HyperParameterTuningEndTime ?? job.LastModifiedTime ?? started).toISOString(),
    billableSeconds,
    ...(paid !== undefined && { costUsd: paid }),
    best: { job: best, trials: trials.length, hyperparameters: job.BestTrainingJob?.TunedHyperParameters ?? {} },
  };
  return { state: 'completed', result: found };
}

async function trialsOf(sagemaker: SageMakerClient, name: string): Promise<HyperParameterTrainingJobSummary[]> {
  const found: HyperParameterTrainingJobSummary[] = [];
  for await (const page of paginateListTrainingJobsForHyperParameterTuningJob(
    { client: sagemaker, pageSize: 100 },
    { HyperParameterTuningJobName: name },
  ))
    found.push(...(page.TrainingJobSummaries ?? []));
  return found;
}

const secondsOf = (
  { TrainingStartTime: from, TrainingEndTime: to }: HyperParameterTrainingJobSummary,
  now?: Date,
): number => secondsBetween(from, to ?? now);

/** Of all its trials; of one that runs, by now. */
async function costOf(
  sagemaker: SageMakerClient,
  name: string,
  { TrainingJobDefinition: of }: DescribeHyperParameterTuningJobResponse,
  now: Date,
): Promise<number | undefined> {
  const trials = await trialsOf(sagemaker, name);
  const billed = trials.reduce((sum, trial) => sum + secondsOf(trial, now), 0);
  return jobCostUsd(of?.ResourceConfig, of?.Environment, billed);
}

function progress(name: string, job: DescribeHyperParameterTuningJobResponse, now: Date): string {
  const { Completed = 0, InProgress = 0, Stopped = 0, ...counts } = job.TrainingJobStatusCounters ?? {};
  const failed = (counts.NonRetryableError ?? 0) + (counts.RetryableError ?? 0);
  const best = job.BestTrainingJob?.FinalHyperParameterTuningJobObjectiveMetric?.Value;
  return line(
    `${name}: ${job.HyperParameterTuningJobStatus ?? 'Pending'}`,
    `${Completed} trials done`,
    InProgress > 0 && `${InProgress} under way`,
    Stopped > 0 && `${Stopped} stopped early`,
    failed > 0 && `${failed} failed`,
    best !== undefined && `best ${best.toFixed(4)}`,
    `${secondsBetween(job.CreationTime, now)} s`,
  );
}
