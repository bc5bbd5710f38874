import assert from 'node:assert/strict';
import {
  CreateModelPackageGroupCommand,
  type DescribeTrainingJobResponse,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { ApplicationFailure } from '@temporalio/common';
import type { Deps } from '../../src/activities/deps.ts';
import { resultOf } from '../../src/activities/jobs.ts';
import { failureClass } from '../../src/aws/job-texts.ts';
import { lookAtJob, stopJob, submitJob } from '../../src/aws/jobs.ts';
import { deleteModel, ensureModel } from '../../src/aws/models.ts';
import { ensurePackage } from '../../src/aws/registry.ts';
import { requireOurs, tagsOf } from '../../src/aws/tags.ts';
import type { TrainingSpec } from '../../src/aws/training-jobs.ts';
import { laptopDeps } from '../support/activities.ts';

const job = { kind: 'training', name: 'jobs-rides-1-train' } as const;

/** A client that answers every describe alike: the wire's own type, no network. */
const describing = (answer: Partial<DescribeTrainingJobResponse>): SageMakerClient =>
  ({ send: async () => answer }) as unknown as SageMakerClient;

describe('looking at a job', () => {
  const created = new Date('2026-01-01T00:00:00Z');

  it('tells status, message, round and metrics while it runs', async () => {
    const look = await lookAtJob(
      describing({
        TrainingJobStatus: 'InProgress',
        SecondaryStatus: 'Training',
        SecondaryStatusTransitions: [{ Status: 'Training', StartTime: created, StatusMessage: 'Training in progress' }],
        CreationTime: created,
        FinalMetricDataList: [
          { MetricName: 'train:round', Value: 42 },
          { MetricName: 'validation:auc', Value: 0.67123 },
        ],
      }),
      job,
    );
    assert.ok(look.state === 'running');
    assert.match(
      look.progress,
      /^jobs-rides-1-train: Training \(Training in progress\), round 42, auc 0\.6712, \d+ s$/,
    );
    assert.throws(() => resultOf(job, look, 0), { type: 'NotYet', category: 'BENIGN', message: look.progress });
  });

  it('gives what it measured, what it billed and what that cost, by the plan own price if it has one', async () => {
    const done: Partial<DescribeTrainingJobResponse> = {
      TrainingJobStatus: 'Completed',
      CreationTime: created,
      TrainingStartTime: new Date('2026-01-01T00:01:00Z'),
      TrainingEndTime: new Date('2026-01-01T00:11:00Z'),
      BillableTimeInSeconds: 600,
      ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 30 },
      ModelArtifacts: { S3ModelArtifacts: 's3://b/model.tar.gz' },
      FinalMetricDataList: [
        { MetricName: 'train:round', Value: 99 },
        { MetricName: 'validation:auc', Value: 0.67 },
      ],
    };
    const look = await lookAtJob(describing(done), job);
    assert.ok(look.state === 'completed');
    assert.deepEqual(resultOf(job, look, 0), {
      ...job,
      output: 's3://b/model.tar.gz',
      metrics: { auc: 0.67 },
      startedAt: '2026-01-01T00:01:00.000Z',
      endedAt: '2026-01-01T00:11:00.000Z',
      billableSeconds: 600,
      costUsd: 0.0383,
    });
    const priced = await lookAtJob(describing({ ...done, Environment: { PERENNIAL_USD_PER_HOUR: '6' } }), job);
    assert.equal(priced.state === 'completed' && priced.result.costUsd, 1);
    const unknown = { ...done, ResourceConfig: { InstanceType: 'ml.x9.new', InstanceCount: 1, VolumeSizeInGB: 1 } };
    const unpriced = await lookAtJob(describing(unknown as Partial<DescribeTrainingJobResponse>), job);
    assert.ok(unpriced.state === 'completed' && !('costUsd' in unpriced.result));
  });

  it('tells what a job has cost that failed or was stopped', async () => {
    const billed = {
      TrainingStartTime: created,
      TrainingEndTime: new Date('2026-01-01T00:20:00Z'),
      ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 2, VolumeSizeInGB: 30 },
      Environment: { PERENNIAL_USD_PER_HOUR: '6' },
    } as const;
    for (const [status, type] of [
      ['Failed', 'JobFailed'],
      ['Stopped', 'JobStopped'],
    ] as const) {
      const look = await lookAtJob(describing({ TrainingJobStatus: status, ...billed }), job);
      assert.throws(
        () => resultOf(job, look, 0),
        (error: ApplicationFailure) => {
          const [told] = error.details as [{ costUsd: number }];
          return error.type === type && told.costUsd === 4;
        },
      );
      // On spot capacity less is billed than it took.
      const spot = await lookAtJob(
        describing({ TrainingJobStatus: status, ...billed, BillableTimeInSeconds: 300 }),
        job,
      );
      assert.ok(spot.state === 'failed' || spot.state === 'stopped');
      assert.equal(spot.costUsd, 1);
    }
  });

  it('takes a job that ran out of time for stopped, and says what to raise', async () => {
    const look = await lookAtJob(
      describing({
        TrainingJobStatus: 'Stopped',
        SecondaryStatus: 'MaxRuntimeExceeded',
        StoppingCondition: { MaxRuntimeInSeconds: 60 },
      }),
      job,
    );
    assert.throws(() => resultOf(job, look, 0), {
      type: 'JobStopped',
      nonRetryable: true,
      message: /it ran longer than 60 s; raise train\.instance\.maxRuntime/,
    });
  });

  it('tells what another try could mend from what it could not', () => {
    assert.equal(failureClass('AlgorithmError: ExecuteUserScriptError'), 'algorithm');
    assert.equal(failureClass('ClientError: Data download failed'), 'client');
    assert.equal(failureClass('InternalServerError: We encountered an internal error'), 'internal');
    assert.equal(failureClass('CapacityError: Unable to provision requested ML compute capacity'), 'capacity');
    assert.equal(failureClass('something else'), 'other');
  });
});

describe('things of others', function () {
  this.timeout(200_000);
  let deps: Deps;
  let spec: TrainingSpec;
  before(async () => {
    deps = await laptopDeps();
    const { config, store } = deps;
    const data = await store.putText('jobs-rides/data', 'x');
    spec = {
      roleArn: config.jobRoleArn,
      image: config.image,
      hyperparameters: {},
      channels: { train: data.uri },
      output: store.uri('jobs-rides/out'),
      instance: { type: 'ml.m5.large' },
      maxRuntime: 60_000,
      metrics: [],
    };
  });
  const theirs = { 'perennial:model': 'somebody', 'perennial:cycle': '1' };
  const ours = { 'perennial:model': 'jobs-rides', 'perennial:cycle': '1' };

  it('are not adopted when they are jobs', async () => {
    const { sagemaker } = deps.aws;
    await submitJob(sagemaker, job, spec, theirs);
    await assert.rejects(submitJob(sagemaker, job, spec, ours), {
      type: 'NameTaken',
      message:
        /the training job jobs-rides-1-train exists and is not ours: expected its tags .*"jobs-rides".*found .*"somebody"/,
    });
  });

  it('are not stopped while they run, and ours are', async () => {
    const running = (model: string) => {
      const asked: string[] = [];
      const client = new SageMakerClient({
        region: 'us-east-1',
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      });
      const answer = async (command: object) => {
        asked.push(command.constructor.name);
        return {
          TrainingJobStatus: 'InProgress',
          TrainingJobArn: 'arn:job',
          TrainingStartTime: new Date(Date.now() - 600_000),
          ResourceConfig: { InstanceType: 'ml.any', InstanceCount: 1, VolumeSizeInGB: 1 },
          Environment: { PERENNIAL_USD_PER_HOUR: '6' },
          Tags: [{ Key: 'perennial:model', Value: model }],
        };
      };
      return { asked, client: Object.assign(client, { send: answer }) as SageMakerClient };
    };
    const [foreign, own] = [running('somebody'), running('jobs-rides')];
    assert.deepEqual(await stopJob(foreign.client, job), { asked: false });
    assert.ok(!foreign.asked.includes('StopTrainingJobCommand'));
    assert.deepEqual(await stopJob(own.client, job), { asked: true, costUsd: 1 });
    assert.ok(own.asked.includes('StopTrainingJobCommand'));
  });

  it('are neither adopted nor deleted when they are models', async () => {
    const { aws, config, store } = deps;
    const artifact = (await store.putText('jobs-rides/model.tar.gz', 'x')).uri;
    const model = {
      name: 'jobs-rides-1-model',
      roleArn: config.jobRoleArn,
      image: config.image,
      artifact,
      environment: {},
    };
    await ensureModel(aws.sagemaker, model, {});
    await assert.rejects(ensureModel(aws.sagemaker, model, ours), { type: 'NameTaken' });
    assert.equal(await deleteModel(aws.sagemaker, model.name), false);
  });

  it('are not written into when they are groups of the registry', async () => {
    const { sagemaker } = deps.aws;
    const { ModelPackageGroupArn: arn = '' } = await sagemaker.send(
      new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'jobs-rides' }),
    );
    assert.deepEqual(await tagsOf(sagemaker, arn), {});
    await assert.rejects(requireOurs(sagemaker, 'the group', arn, ours), { type: 'NameTaken' });
    const registration = {
      model: 'jobs-rides',
      cycle: 1,
      description: 'x',
      approval: 'x',
      image: deps.config.image,
      artifact: 's3://b/k',
      environment: {},
      instance: 'ml.m5.large',
      transformInstance: 'ml.m5.large',
      evaluation: { uri: 's3://b/e', sha256: 'e' },
      facts: {},
    };
    await assert.rejects(ensurePackage(sagemaker, registration), {
      type: 'NameTaken',
      message: /the model package group jobs-rides exists and is not ours/,
    });
  });
});
