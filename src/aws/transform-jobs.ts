/** SageMaker batch transform jobs as `jobs.ts` speaks of them: JSON Lines in, JSON Lines out, in the same order. */
import {
  CreateTransformJobCommand,
  DescribeTransformJobCommand,
  type DescribeTransformJobResponse,
  StopTransformJobCommand,
  type TransformInstanceType,
} from '@aws-sdk/client-sagemaker';
import { failureClass, line, secondsBetween } from './job-texts.ts';
import type { JobLook, JobService } from './jobs.ts';
import { jobCostUsd, PRICE_VARIABLE } from './prices.ts';
import { tagList } from './tags.ts';

export interface TransformSpec {
  readonly modelName: string;
  /** S3 uri of the JSON Lines to score. */
  readonly input: string;
  /** S3 uri of the folder where `<name of the input>.out` appears. */
  readonly output: string;
  readonly instance: { readonly type: string; readonly usdPerHour?: number };
}

const JSON_LINES = 'application/jsonlines';
const PAYLOAD_MB = 6;

export const transform: JobService<TransformSpec> = {
  creates: 'CreateTransformJob',

  create: (sagemaker, name, spec, tags) =>
    sagemaker.send(
      new CreateTransformJobCommand({
        TransformJobName: name,
        ModelName: spec.modelName,
        BatchStrategy: 'MultiRecord',
        MaxPayloadInMB: PAYLOAD_MB,
        TransformInput: {
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: spec.input } },
          ContentType: JSON_LINES,
          SplitType: 'Line',
        },
        TransformOutput: { S3OutputPath: spec.output, Accept: JSON_LINES, AssembleWith: 'Line' },
        TransformResources: {
          InstanceType: spec.instance.type as TransformInstanceType,
          InstanceCount: 1,
        },
        ...(spec.instance.usdPerHour ? { Environment: { [PRICE_VARIABLE]: String(spec.instance.usdPerHour) } } : {}),
        Tags: tagList(tags),
      }),
    ),

  async describe(sagemaker, name, now) {
    const job = await sagemaker.send(new DescribeTransformJobCommand({ TransformJobName: name }));
    const over = !['InProgress', 'Stopping'].includes(job.TransformJobStatus ?? 'InProgress');
    const billed = secondsBetween(job.TransformStartTime, job.TransformEndTime ?? now);
    const paid = async () => jobCostUsd(job.TransformResources, job.Environment, billed);
    return { arn: job.TransformJobArn ?? '', over, look: look(name, job, now), paid };
  },

  stop: (sagemaker, name) => sagemaker.send(new StopTransformJobCommand({ TransformJobName: name })),
};

function look(name: string, job: DescribeTransformJobResponse, now: Date): JobLook {
  const logs = `log group /aws/sagemaker/TransformJobs, streams ${name}/…`;
  const reason = job.FailureReason ?? 'no reason was given';
  switch (job.TransformJobStatus) {
    case 'Completed':
      return { state: 'completed', result: result(name, job) };
    case 'Failed':
      return { state: 'failed', reason, because: failureClass(reason), logs };
    case 'Stopped':
      return { state: 'stopped', reason: 'somebody stopped it', logs };
    default:
      return {
        state: 'running',
        progress: line(`${name}: ${describeStatus(job)}`, `${secondsBetween(job.CreationTime, now)} s`),
      };
  }
}

const describeStatus = (job: DescribeTransformJobResponse): string =>
  job.TransformJobStatus === 'Stopping' ? 'Stopping' : job.TransformStartTime ? 'Scoring' : 'Starting';

function result(name: string, job: DescribeTransformJobResponse) {
  const started = job.TransformStartTime ?? job.CreationTime ?? new Date(0);
  const ended = job.TransformEndTime ?? started;
  const billableSeconds = secondsBetween(started, ended);
  const paid = jobCostUsd(job.TransformResources, job.Environment, billableSeconds);
  return {
    kind: 'transform' as const,
    name,
    output: job.TransformOutput?.S3OutputPath ?? '',
    metrics: {},
    startedAt: started.toISOString(),
    endedAt: ended.toISOString(),
    billableSeconds,
    ...(paid !== undefined && { costUsd: paid }),
  };
}
