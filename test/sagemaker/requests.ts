/** Requests that several tests send, small and complete. */
import type {
  CreateEndpointConfigCommandInput,
  CreateTrainingJobCommandInput,
  CreateTransformJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import {
  CreateModelCommand,
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
} from '@aws-sdk/client-sagemaker';
import { BUCKET, type Cloud, IMAGE, ROLE } from './cloud.ts';
import { until } from './helpers.ts';

export const trainingJob = (
  name: string,
  hyperParameters: Record<string, string> = {},
  over: Partial<CreateTrainingJobCommandInput> = {},
): CreateTrainingJobCommandInput => ({
  TrainingJobName: name,
  RoleArn: ROLE,
  AlgorithmSpecification: {
    TrainingImage: IMAGE,
    TrainingInputMode: 'File',
    MetricDefinitions: [
      { Name: 'validation:auc', Regex: 'validation-auc:([0-9.]+)' },
      { Name: 'validation:log_loss', Regex: 'validation-log_loss:([0-9.]+)' },
    ],
  },
  HyperParameters: hyperParameters,
  OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/out` },
  ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 10 },
  StoppingCondition: { MaxRuntimeInSeconds: 3600 },
  ...over,
});

export const channel = (name: string, uri: string) => ({
  ChannelName: name,
  DataSource: {
    S3DataSource: { S3DataType: 'S3Prefix', S3Uri: uri, S3DataDistributionType: 'FullyReplicated' },
  } as const,
});

export const transformJob = (
  name: string,
  model: string,
  input: string,
  over: Partial<CreateTransformJobCommandInput> = {},
): CreateTransformJobCommandInput => ({
  TransformJobName: name,
  ModelName: model,
  TransformInput: {
    DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: input } },
    ContentType: 'application/jsonlines',
    SplitType: 'Line',
  },
  TransformOutput: {
    S3OutputPath: `s3://${BUCKET}/scored/${name}`,
    AssembleWith: 'Line',
    Accept: 'application/jsonlines',
  },
  TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
  ...over,
});

export const endpointConfig = (
  name: string,
  variants: Readonly<Record<string, { model: string; weight: number }>>,
  over: Partial<CreateEndpointConfigCommandInput> = {},
): CreateEndpointConfigCommandInput => ({
  EndpointConfigName: name,
  ProductionVariants: Object.entries(variants).map(([variant, { model, weight }]) => ({
    VariantName: variant,
    ModelName: model,
    InstanceType: 'ml.m5.large',
    InitialInstanceCount: 2,
    InitialVariantWeight: weight,
  })),
  ...over,
});

/** A model of the fixture image whose server answers with `model`. */
export async function createModel(
  cloud: Cloud,
  name: string,
  model: Record<string, unknown>,
  environment: Record<string, string> = {},
): Promise<void> {
  const uri = await cloud.artifact(name, model);
  await cloud.sagemaker.send(
    new CreateModelCommand({
      ModelName: name,
      ExecutionRoleArn: ROLE,
      PrimaryContainer: { Image: IMAGE, ModelDataUrl: uri, Environment: { MINE: 'yes', ...environment } },
    }),
  );
}

export const trainingEnds = (cloud: Cloud, name: string, seconds = 50) =>
  until(
    `${name} ends`,
    async () => {
      const job = await cloud.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
      return ['Completed', 'Failed', 'Stopped'].includes(job.TrainingJobStatus ?? '') && job;
    },
    seconds,
  );

export const transformEnds = (cloud: Cloud, name: string) =>
  until(`${name} ends`, async () => {
    const job = await cloud.sagemaker.send(new DescribeTransformJobCommand({ TransformJobName: name }));
    return ['Completed', 'Failed', 'Stopped'].includes(job.TransformJobStatus ?? '') && job;
  });

/** The endpoint once no change is under way. */
export const endpointSettles = (cloud: Cloud, name: string, seconds = 50) =>
  until(
    `${name} settles`,
    async () => {
      const endpoint = await cloud.sagemaker.send(new DescribeEndpointCommand({ EndpointName: name }));
      return ['InService', 'Failed'].includes(endpoint.EndpointStatus ?? '') && endpoint;
    },
    seconds,
  );
