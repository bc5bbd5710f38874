import assert from 'node:assert/strict';
import {
  CreateTrainingJobCommand,
  DeleteTrainingJobCommand,
  DescribeTrainingJobCommand,
  ListTrainingJobsCommand,
  StopTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { alive, unpack, until } from './helpers.ts';
import { channel, trainingEnds, trainingJob } from './requests.ts';

const GROUP = '/aws/sagemaker/TrainingJobs';

describe('a training job on the SageMaker server', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud();
    await cloud.put('data/train/a.csv', 'a');
    await cloud.put('data/train/deep/b.csv', 'b');
    await cloud.put('data/validation.csv', 'v');
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  const create = (name: string, hyper: Record<string, string> = {}, over = {}) =>
    cloud.sagemaker.send(new CreateTrainingJobCommand(trainingJob(name, hyper, over)));
  /** Process ids of a hanging job, from its log, which arrives while it runs. */
  const hanging = (name: string) =>
    until(`${name} says that it hangs`, async () => {
      const line = (await cloud.lines(GROUP, name)).find((each) => each.startsWith('hanging'));
      return line?.split(' ').slice(1).map(Number);
    });

  it('gets its channels, hyperparameters and environment, and leaves model, output, metrics and logs', async () => {
    await create(
      'good',
      { depth: '6' },
      {
        InputDataConfig: [
          channel('train', 's3://bench/data/train'),
          channel('validation', 's3://bench/data/validation.csv'),
        ],
        Environment: { MINE: 'yes' },
      },
    );
    const job = await trainingEnds(cloud, 'good');
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason);
    assert.equal(job.SecondaryStatus, 'Completed');
    const steps = job.SecondaryStatusTransitions?.map((each) => each.Status);
    assert.deepEqual(steps, ['Starting', 'Downloading', 'Training', 'Uploading', 'Completed']);
    assert.ok(job.SecondaryStatusTransitions?.every((each) => each.EndTime));
    const metrics = Object.fromEntries(job.FinalMetricDataList?.map((each) => [each.MetricName, each.Value]) ?? []);
    assert.deepEqual(metrics, { 'validation:auc': 0.7, 'validation:log_loss': 0.3 });
    assert.ok((job.BillableTimeInSeconds ?? 0) >= 1);

    assert.equal(job.ModelArtifacts?.S3ModelArtifacts, 's3://bench/out/good/output/model.tar.gz');
    const model = JSON.parse((await unpack(await cloud.get('out/good/output/model.tar.gz')))['model.json'] ?? '');
    assert.deepEqual(model.hyperparameters, { depth: '6' });
    assert.deepEqual(model.files, { 'train/a.csv': 'a', 'train/deep/b.csv': 'b', 'validation/validation.csv': 'v' });
    assert.deepEqual(Object.keys(model.channels).sort(), ['train', 'validation']);
    assert.equal(model.mine, 'yes');
    assert.deepEqual(await unpack(await cloud.get('out/good/output/output.tar.gz')), { 'notes.txt': 'notes' });
    const lines = await cloud.lines(GROUP, 'good/algo-1-');
    assert.match(lines[0] ?? '', /^training good on/);
    assert.equal(lines.length, 4);
  });

  it('fails with the last words of a script that crashed, and its exit code', async () => {
    await create('crash', { mode: 'crash' });
    const job = await trainingEnds(cloud, 'crash');
    assert.equal(job.TrainingJobStatus, 'Failed');
    assert.match(job.FailureReason ?? '', /^AlgorithmError: [\s\S]*the label column is not there, exit code: 3$/);
    assert.deepEqual(await cloud.keys('out/crash'), []);
  });

  it('fails with what the container wrote to output/failure', async () => {
    await create('explain', { mode: 'explain' });
    const job = await trainingEnds(cloud, 'explain');
    assert.equal(job.FailureReason, 'AlgorithmError: the label is constant: give both classes, exit code: 1');
  });

  it('uploads no archive when the script left no model', async () => {
    await create('nothing', { mode: 'nothing' });
    assert.equal((await trainingEnds(cloud, 'nothing')).TrainingJobStatus, 'Completed');
    assert.deepEqual(await cloud.keys('out/nothing'), []);
  });

  it('ends with all its processes when it is stopped, and keeps what it had', async () => {
    await create('stopped', { mode: 'hang' });
    const pids = await hanging('stopped');
    assert.ok(pids.every(alive));
    await cloud.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: 'stopped' }));
    const job = await trainingEnds(cloud, 'stopped');
    assert.equal(job.TrainingJobStatus, 'Stopped');
    assert.equal(job.SecondaryStatus, 'Stopped');
    assert.deepEqual(pids.map(alive), [false, false]);
    assert.deepEqual(await cloud.keys('out/stopped'), ['out/stopped/output/model.tar.gz']);
  });

  it('is killed when it does not heed the stop', async () => {
    await create('stubborn', { mode: 'stubborn' });
    const pids = await hanging('stubborn');
    await cloud.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: 'stubborn' }));
    assert.equal((await trainingEnds(cloud, 'stubborn')).TrainingJobStatus, 'Stopped');
    assert.deepEqual(pids.map(alive), [false, false]);
  });

  it('is stopped at MaxRuntimeInSeconds', async () => {
    await create('long', { mode: 'hang' }, { StoppingCondition: { MaxRuntimeInSeconds: 1 } });
    const job = await trainingEnds(cloud, 'long');
    assert.equal(job.TrainingJobStatus, 'Stopped');
    assert.equal(job.SecondaryStatus, 'MaxRuntimeExceeded');
  });

  it('fails as a client error when its image is not on this machine', async () => {
    const image = '123456789012.dkr.ecr.us-east-1.amazonaws.com/nowhere:1';
    await create('imageless', {}, { AlgorithmSpecification: { TrainingImage: image, TrainingInputMode: 'File' } });
    const job = await trainingEnds(cloud, 'imageless');
    assert.match(job.FailureReason ?? '', /^ClientError: Cannot find repository: nowhere in registry ID: 123456789012/);
  });

  it("is refused under a name that is taken, with AWS's words", async () => {
    await assert.rejects(create('good'), {
      name: 'ResourceInUse',
      message: /^Training job names must be unique within an AWS account and region/,
    });
  });

  it('cannot be stopped once it ended, nor described when it never was', async () => {
    await assert.rejects(cloud.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: 'good' })), {
      name: 'ValidationException',
      message: 'The request was rejected because the training job is in status Completed.',
    });
    await assert.rejects(cloud.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'never' })), {
      name: 'ValidationException',
      message: 'Requested resource not found.',
    });
  });

  it('is listed by page, order, name and status', async () => {
    const names: string[] = [];
    let token: string | undefined;
    do {
      const page = await cloud.sagemaker.send(
        new ListTrainingJobsCommand({ MaxResults: 3, NextToken: token, SortBy: 'Name', SortOrder: 'Ascending' }),
      );
      names.push(...(page.TrainingJobSummaries ?? []).map((each) => each.TrainingJobName ?? ''));
      token = page.NextToken;
    } while (token);
    const all = ['crash', 'explain', 'good', 'imageless', 'long', 'nothing', 'stopped', 'stubborn'];
    assert.deepEqual(names, all);
    const stopped = await cloud.sagemaker.send(new ListTrainingJobsCommand({ StatusEquals: 'Stopped' }));
    assert.deepEqual(
      stopped.TrainingJobSummaries?.map((each) => each.TrainingJobName),
      ['stopped', 'stubborn', 'long'],
    );
    const named = await cloud.sagemaker.send(new ListTrainingJobsCommand({ NameContains: 'OO' }));
    assert.deepEqual(
      named.TrainingJobSummaries?.map((each) => each.TrainingJobName),
      ['good'],
    );
    await assert.rejects(cloud.sagemaker.send(new ListTrainingJobsCommand({ NextToken: 'x' })), {
      name: 'ValidationException',
    });
  });

  it('can be deleted when it ended', async () => {
    await cloud.sagemaker.send(new DeleteTrainingJobCommand({ TrainingJobName: 'crash' }));
    await assert.rejects(cloud.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'crash' })));
  });
});
