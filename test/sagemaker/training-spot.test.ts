import assert from 'node:assert/strict';
import { DescribeTrainingJobCommand, StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { alive, until } from './helpers.ts';
import { trainingEnds } from './requests.ts';
import { create, holding, model, put, TRAINER_FLAGS } from './trainer.ts';

const SPOT = {
  EnableManagedSpotTraining: true,
  StoppingCondition: { MaxRuntimeInSeconds: 600, MaxWaitTimeInSeconds: 900 },
};
const CAPACITY =
  'CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.';
const INTERNAL = 'InternalServerError: We encountered an internal error. Please try again.';
const checkpoints = (name: string, over = {}) => ({
  CheckpointConfig: { S3Uri: `s3://bench/points/${name}`, ...over },
});

describe('a training job that loses its instances', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud(TRAINER_FLAGS);
  });
  afterEach(() => put(cloud, []));
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  const look = (name: string) => cloud.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
  const steps = (job: Awaited<ReturnType<typeof look>>) => job.SecondaryStatusTransitions?.map((each) => each.Status);
  const saved = (name: string) =>
    until('a checkpoint is in S3', async () =>
      (await cloud.keys(`points/${name}/`)).includes(`points/${name}/first.txt`),
    );

  it('saves its checkpoints while it trains, is interrupted, and goes on from the last one', async () => {
    await create(cloud, 'spot', { mode: 'hold' }, { ...SPOT, ...checkpoints('spot') });
    const [pid] = await holding(cloud, 'spot');
    await saved('spot');
    assert.equal((await look('spot')).SecondaryStatus, 'Training');
    await put(cloud, [
      { job: 'spot', fault: 'capacity', after: 2, times: 1 },
      { job: 'sp*', fault: 'spot-interruption', times: 1 },
    ]);
    const job = await trainingEnds(cloud, 'spot');
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason);
    const run = ['Starting', 'Downloading', 'Training'];
    assert.deepEqual(steps(job), [...run, 'Interrupted', ...run, 'Uploading', 'Completed']);
    const { 'resumed.json': resumed } = await model(cloud, 'spot');
    assert.deepEqual(JSON.parse(resumed ?? ''), { 'first.txt': 'step 7', 'last.txt': 'step 8' });
    assert.equal(alive(pid as number), false);
    // The two seconds without instances are not paid for.
    assert.ok((job.BillableTimeInSeconds ?? 0) < (job.TrainingTimeInSeconds ?? 0));
    const times = job.SecondaryStatusTransitions?.flatMap((each) => [each.StartTime, each.EndTime]) ?? [];
    assert.deepEqual(
      times,
      [...times].sort((a, b) => Number(a) - Number(b)),
    );
  });

  it('keeps its checkpoints where LocalPath says', async () => {
    const config = checkpoints('elsewhere', { LocalPath: '/opt/ml/mine/points' });
    await create(cloud, 'elsewhere', { mode: 'hold', checkpoints: 'mine/points' }, config);
    await holding(cloud, 'elsewhere');
    await saved('elsewhere');
    await cloud.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: 'elsewhere' }));
    const job = await trainingEnds(cloud, 'elsewhere');
    assert.deepEqual(steps(job), ['Starting', 'Downloading', 'Training', 'Stopping', 'Uploading', 'Stopped']);
    assert.deepEqual(await cloud.keys('points/elsewhere/'), [
      'points/elsewhere/first.txt',
      'points/elsewhere/last.txt',
    ]);
  });

  it('is not interrupted when it asked for no spot instances', async () => {
    await put(cloud, [{ job: '*', fault: 'spot-interruption' }]);
    await create(cloud, 'firm', { mode: 'say', lines: 'done' });
    const job = await trainingEnds(cloud, 'firm');
    assert.deepEqual(steps(job), ['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);
  });

  it('stops when it waited for spot capacity longer than MaxWaitTimeInSeconds', async () => {
    await put(cloud, [{ job: 'waits', fault: 'capacity' }]);
    await create(
      cloud,
      'waits',
      { mode: 'say', lines: 'done' },
      {
        EnableManagedSpotTraining: true,
        StoppingCondition: { MaxRuntimeInSeconds: 1, MaxWaitTimeInSeconds: 1 },
      },
    );
    const waiting = await until('it says why it waits', async () => {
      const [last] = (await look('waits')).SecondaryStatusTransitions ?? [];
      return last?.StatusMessage?.startsWith('Insufficient capacity') && last;
    });
    assert.equal(waiting.Status, 'Starting');
    const job = await trainingEnds(cloud, 'waits');
    assert.equal(job.TrainingJobStatus, 'Stopped');
    assert.equal(job.SecondaryStatus, 'MaxWaitTimeExceeded');
    assert.deepEqual(steps(job), ['Starting', 'Stopping', 'MaxWaitTimeExceeded']);
    assert.equal(job.TrainingStartTime, undefined);
    assert.equal(job.BillableTimeInSeconds, undefined);
  });

  it('fails without capacity when it asked for no spot instances', async () => {
    await put(cloud, [{ job: 'large', fault: 'capacity', times: 1 }]);
    await create(cloud, 'large', { mode: 'say', lines: 'done' });
    const job = await trainingEnds(cloud, 'large');
    assert.deepEqual([job.TrainingJobStatus, job.FailureReason], ['Failed', CAPACITY]);
    assert.deepEqual(steps(job), ['Starting', 'Failed']);
  });

  it('fails by an internal error, and starts again as often as RetryStrategy says', async () => {
    await put(cloud, [{ job: 'unlucky', fault: 'internal' }]);
    const retry = { RetryStrategy: { MaximumRetryAttempts: 1 } };
    await create(cloud, 'unlucky', { mode: 'hold' }, retry);
    const job = await trainingEnds(cloud, 'unlucky');
    assert.deepEqual([job.TrainingJobStatus, job.FailureReason], ['Failed', INTERNAL]);
    const run = ['Starting', 'Downloading', 'Training'];
    assert.deepEqual(steps(job), [...run, ...run, 'Failed']);

    await create(cloud, 'lucky', { mode: 'hold' }, { ...retry, ...checkpoints('lucky') });
    await saved('lucky');
    await put(cloud, [{ job: 'lucky', fault: 'internal', times: 1 }]);
    assert.equal((await trainingEnds(cloud, 'lucky')).TrainingJobStatus, 'Completed');
  });
});
