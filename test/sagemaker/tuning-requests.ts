/** Requests of tuning jobs on the image of fixtures/trial.py, and waiting for them. */
import {
  type CreateHyperParameterTuningJobCommandInput,
  DescribeHyperParameterTuningJobCommand,
  type DescribeHyperParameterTuningJobCommandOutput,
  type HyperParameterTrainingJobDefinition,
  type HyperParameterTrainingJobSummary,
  type HyperParameterTuningJobConfig,
  paginateListTrainingJobsForHyperParameterTuningJob,
} from '@aws-sdk/client-sagemaker';
import { BUCKET, type Cloud, ROLE } from './cloud.ts';
import { until } from './helpers.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
export const TRIAL_FLAGS = ['--image', `trial=${ROOT}.venv/bin/python ${ROOT}test/sagemaker/fixtures/trial.py`];

export const definition = (
  fixed: Record<string, string> = {},
  over: Partial<HyperParameterTrainingJobDefinition> = {},
): HyperParameterTrainingJobDefinition => ({
  StaticHyperParameters: fixed,
  AlgorithmSpecification: {
    TrainingImage: '123456789012.dkr.ecr.us-east-1.amazonaws.com/trial:1',
    TrainingInputMode: 'File',
    MetricDefinitions: [{ Name: 'loss', Regex: 'loss=([0-9.]+)' }],
  },
  RoleArn: ROLE,
  OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/tuned` },
  ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 10 },
  StoppingCondition: { MaxRuntimeInSeconds: 3600 },
  ...over,
});

export const X = { Name: 'x', MinValue: '0.0001', MaxValue: '1', ScalingType: 'Logarithmic' } as const;
export const Y = { Name: 'y', MinValue: '0', MaxValue: '10', ScalingType: 'Linear' } as const;

export const tuningJob = (
  name: string,
  config: Partial<HyperParameterTuningJobConfig> = {},
  over: Partial<CreateHyperParameterTuningJobCommandInput> = {},
): CreateHyperParameterTuningJobCommandInput => ({
  HyperParameterTuningJobName: name,
  HyperParameterTuningJobConfig: {
    Strategy: 'Random',
    HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'loss' },
    ResourceLimits: { MaxNumberOfTrainingJobs: 4, MaxParallelTrainingJobs: 2 },
    ParameterRanges: { ContinuousParameterRanges: [X, Y] },
    RandomSeed: 7,
    ...config,
  },
  TrainingJobDefinition: definition(),
  ...over,
});

const ENDS = ['Completed', 'Failed', 'Stopped'];

export const describeTuning = (cloud: Cloud, name: string) =>
  cloud.sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName: name }));

export const tuningEnds = (
  cloud: Cloud,
  name: string,
  seconds = 170,
): Promise<DescribeHyperParameterTuningJobCommandOutput> =>
  until(
    `tuning ${name} ends`,
    async () => {
      const tuning = await describeTuning(cloud, name);
      return ENDS.includes(tuning.HyperParameterTuningJobStatus ?? '') && tuning;
    },
    seconds,
  );

/** All trials in the order of their names, which is that in which they were begun. */
export async function trialsOf(cloud: Cloud, name: string): Promise<HyperParameterTrainingJobSummary[]> {
  const found: HyperParameterTrainingJobSummary[] = [];
  const pages = paginateListTrainingJobsForHyperParameterTuningJob(
    { client: cloud.sagemaker },
    { HyperParameterTuningJobName: name, MaxResults: 3 },
  );
  for await (const page of pages) found.push(...(page.TrainingJobSummaries ?? []));
  return found;
}

export const objectiveOf = (trial: HyperParameterTrainingJobSummary | undefined) =>
  trial?.FinalHyperParameterTuningJobObjectiveMetric?.Value;

export const total = (counters: object | undefined) =>
  Object.values(counters ?? {}).reduce((sum: number, count: number) => sum + count, 0);
