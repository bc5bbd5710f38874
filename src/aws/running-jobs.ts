/** Jobs that run now, with the model and the cycle that their tags name. */
import {
  paginateListHyperParameterTuningJobs,
  paginateListTrainingJobs,
  paginateListTransformJobs,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { JobRef } from '../activities/types.ts';
import { TAG_CYCLE, TAG_MODEL } from '../names.ts';
import { call } from './errors.ts';
import { tagsOf } from './tags.ts';

export interface RunningJob extends JobRef {
  readonly model: string;
  readonly cycle?: string;
  readonly arn: string;
  readonly madeAt: string;
}

interface Listed {
  readonly job: JobRef;
  readonly arn?: string;
  readonly at?: Date;
}

const RUNNING = { StatusEquals: 'InProgress' } as const;

export async function runningJobs(sagemaker: SageMakerClient): Promise<RunningJob[]> {
  const client = { client: sagemaker, pageSize: 100 };
  const listed: Listed[] = [];
  const add = (kind: JobRef['kind'], name = '', arn?: string, at?: Date) =>
    listed.push({ job: { kind, name }, arn, at });
  await call('ListHyperParameterTuningJobs', async () => {
    for await (const page of paginateListHyperParameterTuningJobs(client, RUNNING))
      for (const one of page.HyperParameterTuningJobSummaries ?? [])
        add('tuning', one.HyperParameterTuningJobName, one.HyperParameterTuningJobArn, one.CreationTime);
  });
  await call('ListTrainingJobs', async () => {
    for await (const page of paginateListTrainingJobs(client, RUNNING))
      for (const one of page.TrainingJobSummaries ?? [])
        add('training', one.TrainingJobName, one.TrainingJobArn, one.CreationTime);
  });
  await call('ListTransformJobs', async () => {
    for await (const page of paginateListTransformJobs(client, RUNNING))
      for (const one of page.TransformJobSummaries ?? [])
        add('transform', one.TransformJobName, one.TransformJobArn, one.CreationTime);
  });
  const found: RunningJob[] = [];
  for (const { job, arn = '', at = new Date() } of listed) {
    const tags = await tagsOf(sagemaker, arn);
    const model = tags[TAG_MODEL];
    if (model !== undefined) found.push({ ...job, model, cycle: tags[TAG_CYCLE], arn, madeAt: at.toISOString() });
  }
  return found;
}
