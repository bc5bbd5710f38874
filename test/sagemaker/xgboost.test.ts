import assert from 'node:assert/strict';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { checkAnswers } from './answers.ts';
import { type Cloud, ROLE, startCloud } from './cloud.ts';
import { channel, endpointConfig, endpointSettles, trainingEnds, trainingJob } from './requests.ts';

const XGBOOST = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5';

describe("SageMaker's own XGBoost on the SageMaker server", () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud(['--startup-timeout', '60']);
    // Label first, no header: the label is whether the first feature is above one half.
    const rows = Array.from({ length: 400 }, (_, index) => {
      const [a, b] = [(index * 37) % 100, (index * 61) % 100];
      return `${a > 50 ? 1 : 0},${a / 100},${b / 100}`;
    });
    await cloud.put('xgb/train/rows.csv', rows.slice(0, 300).join('\n'));
    await cloud.put('xgb/validation/rows.csv', rows.slice(300).join('\n'));
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  it('goes on from its checkpoints, as if it had never stopped @long', async () => {
    const rounds = async (name: string, num_round: string, points?: string) => {
      const request = trainingJob(
        name,
        { objective: 'binary:logistic', num_round, eval_metric: 'logloss' },
        {
          AlgorithmSpecification: { TrainingImage: XGBOOST, TrainingInputMode: 'File' },
          InputDataConfig: [{ ...channel('train', 's3://bench/xgb/train'), ContentType: 'text/csv' }],
          ...(points ? { CheckpointConfig: { S3Uri: points } } : {}),
        },
      );
      await cloud.sagemaker.send(new CreateTrainingJobCommand(request));
      const job = await trainingEnds(cloud, name, 100);
      assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason);
      return (await cloud.lines('/aws/sagemaker/TrainingJobs', `${name}/`)).filter((line) => line.startsWith('['));
    };
    const whole = await rounds('whole', '9');
    const first = await rounds('first-part', '6', 's3://bench/xgb/points');
    const kept = [1, 2, 3, 4, 5].map((round) => `xgb/points/xgboost-checkpoint.${round}`);
    assert.deepEqual(await cloud.keys('xgb/points/'), kept);
    const second = await rounds('second-part', '9', 's3://bench/xgb/points');
    assert.equal(second[0]?.startsWith('[6]#011train-logloss:'), true, second[0]);
    assert.deepEqual([...first, ...second], whole);
  }).timeout(240_000);

  it('trains by its built-in contract, tells its metrics unasked, and serves what it learned', async () => {
    const csv = (name: string) => ({ ...channel(name, `s3://bench/xgb/${name}`), ContentType: 'text/csv' });
    const request = trainingJob(
      'xgb',
      { objective: 'binary:logistic', num_round: '10', max_depth: '3', eval_metric: 'auc' },
      {
        AlgorithmSpecification: { TrainingImage: XGBOOST, TrainingInputMode: 'File' },
        InputDataConfig: [csv('train'), csv('validation')],
      },
    );
    await cloud.sagemaker.send(new CreateTrainingJobCommand(request));
    const job = await trainingEnds(cloud, 'xgb', 100);
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason);
    const metrics = Object.fromEntries(job.FinalMetricDataList?.map((each) => [each.MetricName, each.Value]) ?? []);
    assert.deepEqual(metrics, { 'train:auc': 1, 'validation:auc': 1 });

    const container = { Image: XGBOOST, ModelDataUrl: job.ModelArtifacts?.S3ModelArtifacts };
    await cloud.sagemaker.send(
      new CreateModelCommand({ ModelName: 'xgb', ExecutionRoleArn: ROLE, PrimaryContainer: container }),
    );
    const config = endpointConfig('xgb', { v1: { model: 'xgb', weight: 1 } });
    await cloud.sagemaker.send(new CreateEndpointConfigCommand(config));
    await cloud.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'xgb', EndpointConfigName: 'xgb' }));
    const endpoint = await endpointSettles(cloud, 'xgb', 100);
    assert.equal(endpoint.EndpointStatus, 'InService', endpoint.FailureReason);
    const answer = await cloud.runtime.send(
      new InvokeEndpointCommand({ EndpointName: 'xgb', ContentType: 'text/csv', Body: '0.9,0.5\n0.1,0.5' }),
    );
    const [high, low] = (answer.Body?.transformToString() ?? '').trim().split(/[\n,]/).map(Number);
    assert.ok((high ?? 0) > 0.6 && (low ?? 1) < 0.4, `${high} and ${low}`);
  }).timeout(240_000);
});
