import assert from 'node:assert/strict';
import {
  CreateHyperParameterTuningJobCommand,
  type CreateHyperParameterTuningJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { until } from './helpers.ts';
import { definition, objectiveOf, TRIAL_FLAGS, total, trialsOf, tuningEnds, tuningJob } from './tuning-requests.ts';

const GROUP = '/aws/sagemaker/TrainingJobs';

describe('the search of a tuning job', function () {
  this.timeout(400_000);
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud(TRIAL_FLAGS);
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  const create = (request: CreateHyperParameterTuningJobCommandInput) =>
    cloud.sagemaker.send(new CreateHyperParameterTuningJobCommand(request));
  const ends = async (request: CreateHyperParameterTuningJobCommandInput) => {
    await create(request);
    return tuningEnds(cloud, request.HyperParameterTuningJobName as string);
  };
  /** How many epochs a trial got to. */
  const epochsOf = async (trial: { TrainingJobName?: string | undefined }) =>
    (await cloud.lines(GROUP, trial.TrainingJobName)).filter((line) => line.startsWith('epoch')).length;

  it('finds better values by Bayesian search than by chance, with as many trials @long', async () => {
    const bests = { Random: [] as number[], Bayesian: [] as number[] };
    for (const Strategy of ['Random', 'Bayesian'] as const)
      for (const RandomSeed of [1, 2, 3]) {
        const tuning = await ends(
          tuningJob(`${Strategy}-${RandomSeed}`, {
            Strategy,
            RandomSeed,
            // One at a time: what is known at each choice, and so the result, is the same on every machine.
            ResourceLimits: { MaxNumberOfTrainingJobs: 14, MaxParallelTrainingJobs: 1 },
          }),
        );
        assert.equal(tuning.TrainingJobStatusCounters?.Completed, 14);
        bests[Strategy].push(objectiveOf(tuning.BestTrainingJob) ?? Number.NaN);
      }
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    assert.ok(mean(bests.Bayesian) < mean(bests.Random) / 2, JSON.stringify(bests));
  });

  it('goes on past a trial that fails, among several at once', async () => {
    const tuning = await ends(
      tuningJob(
        'stumbles',
        { Strategy: 'Bayesian', ResourceLimits: { MaxNumberOfTrainingJobs: 9, MaxParallelTrainingJobs: 3 } },
        { TrainingJobDefinition: definition({ fail: '0.1' }) },
      ),
    );
    assert.equal(tuning.HyperParameterTuningJobStatus, 'Completed', tuning.FailureReason);
    assert.ok((tuning.TrainingJobStatusCounters?.NonRetryableError ?? 0) > 0);
    assert.equal(total(tuning.TrainingJobStatusCounters), 9);
  });

  it('stops the worse trials early by Hyperband, and lets the best go on @long', async () => {
    const tuning = await ends(
      tuningJob(
        'hyperband',
        { Strategy: 'Hyperband', ResourceLimits: { MaxNumberOfTrainingJobs: 9, MaxParallelTrainingJobs: 2 } },
        { TrainingJobDefinition: definition({ epochs: '9', pause: '0.1' }) },
      ),
    );
    assert.equal(tuning.HyperParameterTuningJobStatus, 'Completed', tuning.FailureReason);
    const trials = await trialsOf(cloud, 'hyperband');
    const stopped = trials.filter((trial) => trial.TrainingJobStatus === 'Stopped');
    assert.ok(stopped.length >= 2, `${stopped.length} were stopped`);
    assert.equal(tuning.TrainingJobStatusCounters?.Stopped, stopped.length);
    assert.equal(tuning.ObjectiveStatusCounters?.Succeeded, 9);
    for (const trial of stopped) assert.ok((await epochsOf(trial)) < 9);
    assert.equal(tuning.BestTrainingJob?.TrainingJobStatus, 'Completed');
    assert.equal(await epochsOf(tuning.BestTrainingJob ?? {}), 9);
    assert.equal(objectiveOf(tuning.BestTrainingJob), Math.min(...trials.map((trial) => objectiveOf(trial) ?? 99)));
  });

  it('stops trials that are worse than the median of those before @long', async () => {
    const tuning = await ends(
      tuningJob(
        'median',
        {
          TrainingJobEarlyStoppingType: 'Auto',
          ResourceLimits: { MaxNumberOfTrainingJobs: 7, MaxParallelTrainingJobs: 1 },
        },
        { TrainingJobDefinition: definition({ epochs: '6', pause: '0.1' }) },
      ),
    );
    assert.equal(tuning.HyperParameterTuningJobStatus, 'Completed', tuning.FailureReason);
    const trials = await trialsOf(cloud, 'median');
    const stopped = trials.filter((trial) => trial.TrainingJobStatus === 'Stopped');
    const completed = trials.filter((trial) => trial.TrainingJobStatus === 'Completed');
    assert.ok(stopped.length >= 1, `${stopped.length} were stopped`);
    assert.equal(trials[0]?.TrainingJobStatus, 'Completed', 'the first has nobody before it');
    const best = Math.min(...completed.map((trial) => objectiveOf(trial) ?? Number.NaN));
    for (const trial of stopped) {
      assert.equal(trial.ObjectiveStatus, 'Succeeded');
      assert.ok((objectiveOf(trial) ?? 0) > best);
      assert.ok((await epochsOf(trial)) < 6);
    }
  });

  it('goes on where a server left it that was killed @long', async () => {
    await create(
      tuningJob(
        'resumed',
        { ResourceLimits: { MaxNumberOfTrainingJobs: 6, MaxParallelTrainingJobs: 2 } },
        { TrainingJobDefinition: definition({ epochs: '3', pause: '0.3' }) },
      ),
    );
    const cut = await until('two trials run', async () => {
      const trials = await trialsOf(cloud, 'resumed');
      return trials.length === 2 && trials.map((trial) => trial.TrainingJobName);
    });
    await cloud.end('SIGKILL');
    await cloud.start();
    const tuning = await tuningEnds(cloud, 'resumed');
    assert.equal(tuning.HyperParameterTuningJobStatus, 'Completed', tuning.FailureReason);
    assert.equal(total(tuning.TrainingJobStatusCounters), 6);
    assert.equal(tuning.TrainingJobStatusCounters?.Completed, 6);
    const trials = await trialsOf(cloud, 'resumed');
    assert.deepEqual(
      trials.slice(0, 2).map((trial) => trial.TrainingJobName),
      cut,
    );
  });
});
