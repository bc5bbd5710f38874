import assert from 'node:assert/strict';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateTrainingJobCommand,
  CreateTransformJobCommand,
  DescribeEndpointCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
  type DescribeTrainingJobCommandOutput,
  ListTagsCommand,
  StopTrainingJobCommand,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { alive, unpack, until } from './helpers.ts';
import {
  createModel,
  endpointConfig,
  endpointSettles,
  trainingEnds,
  trainingJob,
  transformEnds,
  transformJob,
} from './requests.ts';
import { create, holding, model, TRAINER_FLAGS } from './trainer.ts';

const GROUP = '/aws/sagemaker/TrainingJobs';
const CAPTURE = { InitialSamplingPercentage: 100, CaptureOptions: [{ CaptureMode: 'Input' as const }] };

for (const signal of ['SIGTERM', 'SIGKILL'] as const)
  describe(`the SageMaker server, ended by ${signal} and started again`, () => {
    let cloud: Cloud;
    const pids: number[] = [];
    let cut: DescribeTrainingJobCommandOutput;
    const serve = (...config: Parameters<typeof endpointConfig>) =>
      cloud.sagemaker.send(new CreateEndpointConfigCommand(endpointConfig(...config)));
    const endpoint = (EndpointName: string, EndpointConfigName: string) =>
      cloud.sagemaker.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName }));
    const look = (name: string) => cloud.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    const ask = async (): Promise<{ pid: number; answer: string }> => {
      const answer = await cloud.runtime.send(new InvokeEndpointCommand({ EndpointName: 'live', Body: 'x' }));
      return JSON.parse(answer.Body?.transformToString() ?? '');
    };

    before(async () => {
      cloud = await startCloud(TRAINER_FLAGS);
      await Promise.all([
        createModel(cloud, 'one', { answer: 'one' }, { SLOW_SECONDS: '2' }),
        createModel(cloud, 'two', { answer: 'two' }),
        cloud.put('in.jsonl', 'SLOW\n'),
      ]);
      const variants = { v1: { model: 'one', weight: 1 }, v2: { model: 'two', weight: 1 } };
      const capture = { DataCaptureConfig: { ...CAPTURE, DestinationS3Uri: 's3://bench/seen' } };
      const tags = { Tags: [{ Key: 'perennial:model', Value: 'x' }] };
      await serve('config', variants, capture);
      await serve('next', { next: { model: 'two', weight: 1 } });
      await Promise.all([
        endpoint('live', 'config'),
        endpoint('moving', 'config'),
        cloud.sagemaker.send(new CreateTrainingJobCommand(trainingJob('done', {}, tags))),
        cloud.sagemaker.send(new CreateTrainingJobCommand(trainingJob('stopping', { mode: 'stubborn' }))),
        create(cloud, 'cut', { mode: 'hold' }, { CheckpointConfig: { S3Uri: 's3://bench/kept' } }),
      ]);
      const [held, hanging] = await Promise.all([
        holding(cloud, 'cut'),
        until('it hangs', async () =>
          (await cloud.lines(GROUP, 'stopping')).find((line) => line.startsWith('hanging')),
        ),
        until('its checkpoint is in S3', () => cloud.get('kept/first.txt')),
        trainingEnds(cloud, 'done'),
        endpointSettles(cloud, 'live'),
        endpointSettles(cloud, 'moving'),
      ]);
      await cloud.sagemaker.send(
        new UpdateEndpointWeightsAndCapacitiesCommand({
          EndpointName: 'live',
          DesiredWeightsAndCapacities: [{ VariantName: 'v1', DesiredWeight: 0 }],
        }),
      );
      await endpointSettles(cloud, 'live');
      pids.push((await ask()).pid, ...held, ...hanging.split(' ').slice(1).map(Number));
      assert.ok(pids.length === 4 && pids.every(alive));

      const routing = { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 1 } as const;
      await cloud.sagemaker.send(
        new UpdateEndpointCommand({
          EndpointName: 'moving',
          EndpointConfigName: 'next',
          DeploymentConfig: { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: routing } },
        }),
      );
      await cloud.sagemaker.send(new CreateTransformJobCommand(transformJob('cut', 'one', 's3://bench/in.jsonl')));
      await cloud.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: 'stopping' }));
      cut = await look('cut');
      await ask();
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

    it('runs the jobs that were under way again, with the checkpoints that they had', async () => {
      const job = await trainingEnds(cloud, 'cut');
      assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason);
      assert.deepEqual(
        [job.CreationTime, job.TrainingStartTime, job.SecondaryStatusTransitions?.[0]?.StartTime],
        [cut.CreationTime, cut.TrainingStartTime, cut.SecondaryStatusTransitions?.[0]?.StartTime],
      );
      assert.deepEqual(JSON.parse((await model(cloud, 'cut'))['resumed.json'] ?? ''), { 'first.txt': 'step 7' });

      const transform = await transformEnds(cloud, 'cut');
      assert.equal(transform.TransformJobStatus, 'Completed', transform.FailureReason);
      assert.match(String(await cloud.get('scored/cut/in.jsonl.out')), /"answer": "one"/);
    });

    it('ends the job that was stopping as stopped, with what it had made', async () => {
      const job = await trainingEnds(cloud, 'stopping');
      assert.equal(job.TrainingJobStatus, 'Stopped');
      const left = await unpack(await cloud.get('out/stopping/output/model.tar.gz'));
      assert.equal(left['partial.txt'], 'half a model');
    });

    it('brings an endpoint that was being changed to where it was heading', async () => {
      const endpoint = await endpointSettles(cloud, 'moving');
      assert.deepEqual([endpoint.EndpointStatus, endpoint.EndpointConfigName], ['InService', 'next']);
      assert.deepEqual(endpoint.LastDeploymentConfig?.BlueGreenUpdatePolicy?.TrafficRoutingConfiguration, {
        Type: 'ALL_AT_ONCE',
        WaitIntervalInSeconds: 1,
      });
    });

    it('serves its endpoints again, with the weights that they had; requests wait for them', async () => {
      const endpoint = await cloud.sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'live' }));
      assert.equal(endpoint.EndpointStatus, 'InService');
      assert.deepEqual(
        endpoint.ProductionVariants?.map((each) => each.CurrentWeight),
        [0, 1],
      );
      const { pid, answer } = await ask();
      assert.equal(answer, 'two');
      assert.ok(!pids.includes(pid));
    });

    it('has captured each request that it answered, once', async () => {
      const seen = async () => {
        const files = await Promise.all((await cloud.keys('seen/live/')).map((key) => cloud.get(key)));
        return files.flatMap((file) => String(file).trim().split('\n'));
      };
      await until('all are there', async () => (await seen()).length >= 3);
      assert.equal((await seen()).length, 3);
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
