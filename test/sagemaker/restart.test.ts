import assert from 'node:assert/strict';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateTrainingJobCommand,
  CreateTransformJobCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
  ListTagsCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { alive, until } from './helpers.ts';
import { createModel, endpointConfig, endpointSettles, trainingEnds, trainingJob, transformJob } from './requests.ts';

const GROUP = '/aws/sagemaker/TrainingJobs';
const INTERNAL = 'InternalServerError: We encountered an internal error. Please try again.';

for (const signal of ['SIGTERM', 'SIGKILL'] as const)
  describe(`the SageMaker server, ended by ${signal} and started again`, () => {
    let cloud: Cloud;
    const pids: number[] = [];
    const ask = async (): Promise<{ pid: number; answer: string }> => {
      const answer = await cloud.runtime.send(new InvokeEndpointCommand({ EndpointName: 'live', Body: 'x' }));
      return JSON.parse(answer.Body?.transformToString() ?? '');
    };

    before(async () => {
      cloud = await startCloud();
      await createModel(cloud, 'one', { answer: 'one' }, { SLOW_SECONDS: '60' });
      await createModel(cloud, 'two', { answer: 'two' });
      const variants = { v1: { model: 'one', weight: 1 }, v2: { model: 'two', weight: 1 } };
      await cloud.sagemaker.send(new CreateEndpointConfigCommand(endpointConfig('config', variants)));
      await cloud.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'live', EndpointConfigName: 'config' }));
      await endpointSettles(cloud, 'live');
      await cloud.sagemaker.send(
        new UpdateEndpointWeightsAndCapacitiesCommand({
          EndpointName: 'live',
          DesiredWeightsAndCapacities: [{ VariantName: 'v1', DesiredWeight: 0 }],
        }),
      );
      await endpointSettles(cloud, 'live');
      pids.push((await ask()).pid);

      const tags = { Tags: [{ Key: 'perennial:model', Value: 'x' }] };
      await cloud.sagemaker.send(new CreateTrainingJobCommand(trainingJob('done', {}, tags)));
      await trainingEnds(cloud, 'done');
      await cloud.sagemaker.send(new CreateTrainingJobCommand(trainingJob('cut', { mode: 'stubborn' })));
      const hanging = await until('it hangs', async () =>
        (await cloud.lines(GROUP, 'cut')).find((line) => line.startsWith('hanging')),
      );
      pids.push(...hanging.split(' ').slice(1).map(Number));
      await cloud.put('in.jsonl', 'SLOW\n');
      await cloud.sagemaker.send(new CreateTransformJobCommand(transformJob('cut', 'one', 's3://bench/in.jsonl')));
      assert.ok(pids.length === 3 && pids.every(alive));

      await cloud.end(signal);
      await cloud.start();
    });
    after(async () => {
      if (!cloud) return;
      await checkAnswers(cloud);
      await cloud.stop();
    });

    it('leaves no process of its earlier life', () => {
      assert.deepEqual(pids.filter(alive), []);
    });

    it('knows the jobs that ended, with their tags, and the models', async () => {
      const job = await cloud.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'done' }));
      assert.equal(job.TrainingJobStatus, 'Completed');
      assert.equal(job.FinalMetricDataList?.length, 2);
      const { Tags } = await cloud.sagemaker.send(new ListTagsCommand({ ResourceArn: job.TrainingJobArn }));
      assert.deepEqual(Tags, [{ Key: 'perennial:model', Value: 'x' }]);
      assert.ok((await cloud.sagemaker.send(new DescribeModelCommand({ ModelName: 'two' }))).ModelArn);
    });

    it('fails the jobs that were under way, as an internal error', async () => {
      const training = await cloud.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'cut' }));
      assert.deepEqual([training.TrainingJobStatus, training.FailureReason], ['Failed', INTERNAL]);
      assert.equal(training.SecondaryStatus, 'Failed');
      const transform = await cloud.sagemaker.send(new DescribeTransformJobCommand({ TransformJobName: 'cut' }));
      assert.deepEqual([transform.TransformJobStatus, transform.FailureReason], ['Failed', INTERNAL]);
    });

    it('serves its endpoints again, with the weights that they had', async () => {
      const endpoint = await endpointSettles(cloud, 'live');
      assert.equal(endpoint.EndpointStatus, 'InService');
      assert.deepEqual(
        endpoint.ProductionVariants?.map((each) => each.CurrentWeight),
        [0, 1],
      );
      const { pid, answer } = await ask();
      assert.equal(answer, 'two');
      assert.ok(!pids.includes(pid));
    });
  });

describe('the SageMaker server, told to stop', () => {
  it('takes its containers with it', async () => {
    const cloud = await startCloud();
    await cloud.sagemaker.send(new CreateTrainingJobCommand(trainingJob('job', { mode: 'hang' })));
    const line = await until('it hangs', async () =>
      (await cloud.lines(GROUP, 'job')).find((each) => each.startsWith('hanging')),
    );
    const pids = line.split(' ').slice(1).map(Number);
    await cloud.end('SIGTERM');
    await until('they are gone', () => !pids.some(alive), 5);
    await cloud.stop();
  });
});
