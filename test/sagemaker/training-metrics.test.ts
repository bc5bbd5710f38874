import assert from 'node:assert/strict';
import { ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { until } from './helpers.ts';
import { trainingEnds } from './requests.ts';
import { create, GROUP, TRAINER_FLAGS } from './trainer.ts';

const measured = (...definitions: [name: string, regex: string][]) => ({
  MetricDefinitions: definitions.map(([Name, Regex]) => ({ Name, Regex })),
});

describe('the metrics of a training job', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud(TRAINER_FLAGS);
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  const final = async (name: string) => {
    const job = await trainingEnds(cloud, name);
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason);
    return job.FinalMetricDataList ?? [];
  };

  it('are the last value of each, with its time, and are in CloudWatch', async () => {
    const lines = 'loss=0.9|loss=0.7; loss=-6.5e-1|rate 3|nothing|loss=inf';
    const definitions = measured(['loss', 'loss=([-+0-9.einf]+)'], ['rate', 'rate [0-9]'], ['never', 'never=(.*)']);
    await create(cloud, 'told', { mode: 'say', lines }, {}, definitions);
    const found = await final('told');
    const job = await cloud.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'told' }));
    assert.deepEqual(
      found.map((each) => [each.MetricName, each.Value]),
      [['loss', -0.65]],
    );
    const [at] = found.map((each) => Number(each.Timestamp));
    assert.ok(Number(job.TrainingStartTime) <= (at ?? 0) && (at ?? 0) <= Number(job.TrainingEndTime));
    await until('CloudWatch has the metric', async () => {
      const { Metrics } = await cloud.cloudWatch.send(new ListMetricsCommand({ Namespace: GROUP, MetricName: 'loss' }));
      return Metrics?.some((each) =>
        each.Dimensions?.some(({ Name, Value }) => Name === 'TrainingJobName' && Value === 'told'),
      );
    });
  });

  it('do not hold up the server when an expression backtracks without end', async () => {
    const definitions = measured(['slow', '(x+x+)+y'], ['loss', 'loss=([0-9.]+)']);
    await create(cloud, 'slow', { mode: 'say', lines: `${'x'.repeat(1000)}|loss=0.5` }, {}, definitions);
    const found = await final('slow');
    assert.deepEqual(
      found.map((each) => [each.MetricName, each.Value]),
      [['loss', 0.5]],
    );
    const lines = await cloud.lines(GROUP, 'slow/');
    assert.ok(
      lines.some((line) => line.startsWith('[sagemaker logs]: metric slow is measured no more')),
      lines.join('\n').slice(0, 500),
    );
  });

  it('are refused when an expression is none, or a name is given twice', async () => {
    await assert.rejects(create(cloud, 'none', { mode: 'say' }, {}, measured(['loss', '(['])), {
      name: 'ValidationException',
      message: /^Invalid regular expression of metric loss: /,
    });
    await assert.rejects(create(cloud, 'twice', { mode: 'say' }, {}, measured(['loss', 'a'], ['loss', 'b'])), {
      name: 'ValidationException',
      message: 'Metric names must be unique; found twice: loss',
    });
  });
});
