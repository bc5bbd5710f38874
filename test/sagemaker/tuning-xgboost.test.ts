import assert from 'node:assert/strict';
import { CreateHyperParameterTuningJobCommand, DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { channel } from './requests.ts';
import { definition, objectiveOf, total, trialsOf, tuningEnds, tuningJob } from './tuning-requests.ts';

const XGBOOST = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1';

describe('a tuning job of built-in XGBoost on the SageMaker server', function () {
  this.timeout(180_000);
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud();
    const rows = Array.from({ length: 200 }, (_, at) => `${(at % 10) * 2 + (at % 7)},${at % 10},${at % 7}`);
    for (const name of ['train', 'validation']) await cloud.put(`${name}/rows.csv`, rows.join('\n'));
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  it('measures an objective that nobody asked the algorithm for, and finds the deeper trees', async () => {
    const csv = (name: string) => ({ ...channel(name, `s3://bench/${name}`), ContentType: 'text/csv' });
    await cloud.sagemaker.send(
      new CreateHyperParameterTuningJobCommand(
        tuningJob(
          'trees',
          {
            Strategy: 'Grid',
            HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'validation:mae' },
            ResourceLimits: { MaxParallelTrainingJobs: 2 },
            ParameterRanges: { CategoricalParameterRanges: [{ Name: 'max_depth', Values: ['1', '4'] }] },
          },
          {
            TrainingJobDefinition: definition(
              { num_round: '8', objective: 'reg:squarederror', eval_metric: 'rmse' },
              {
                AlgorithmSpecification: { TrainingImage: XGBOOST, TrainingInputMode: 'File' },
                InputDataConfig: [csv('train'), csv('validation')],
              },
            ),
          },
        ),
      ),
    );
    const tuning = await tuningEnds(cloud, 'trees');
    assert.equal(tuning.HyperParameterTuningJobStatus, 'Completed', tuning.FailureReason);
    assert.equal(total(tuning.TrainingJobStatusCounters), 2);
    assert.equal(tuning.BestTrainingJob?.TunedHyperParameters?.max_depth, '4');
    const [shallow, deep] = (await trialsOf(cloud, 'trees')).map((trial) => objectiveOf(trial) ?? Number.NaN);
    assert.ok((deep ?? 0) < (shallow ?? 0));
    const name = tuning.BestTrainingJob?.TrainingJobName;
    const job = await cloud.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    const measured = job.FinalMetricDataList?.map((each) => each.MetricName).sort();
    assert.deepEqual(measured, ['train:mae', 'train:rmse', 'validation:mae', 'validation:rmse']);
  });
});
