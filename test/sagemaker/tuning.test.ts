import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateHyperParameterTuningJobCommand,
  type CreateHyperParameterTuningJobCommandInput,
  DeleteHyperParameterTuningJobCommand,
  DescribeTrainingJobCommand,
  ListHyperParameterTuningJobsCommand,
  ListTagsCommand,
  ListTrainingJobsForHyperParameterTuningJobCommand,
  StopHyperParameterTuningJobCommand,
} from '@aws-sdk/client-sagemaker';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { until } from './helpers.ts';
import {
  definition,
  describeTuning,
  objectiveOf,
  TRIAL_FLAGS,
  total,
  trialsOf,
  tuningEnds,
  tuningJob,
  X,
  Y,
} from './tuning-requests.ts';

const QUALITY = { Name: 'quality', Values: ['poor', 'fair', 'good'] };

describe('a tuning job on the SageMaker server', function () {
  this.timeout(180_000);
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

  it('runs its trials, never more at once than allowed, and finds the best of them', async () => {
    const runs = join(cloud.folder, 'runs');
    mkdirSync(runs);
    const limits = { MaxNumberOfTrainingJobs: 6, MaxParallelTrainingJobs: 2 };
    await create(
      tuningJob(
        'best',
        { ResourceLimits: limits },
        {
          TrainingJobDefinition: definition({ epochs: '2' }, { Environment: { RUNS: runs } }),
          Tags: [{ Key: 'team', Value: 'blue' }],
        },
      ),
    );
    const tuning = await tuningEnds(cloud, 'best');
    assert.equal(tuning.HyperParameterTuningJobStatus, 'Completed', tuning.FailureReason);
    assert.equal(tuning.TrainingJobStatusCounters?.Completed, 6);
    assert.equal(tuning.ObjectiveStatusCounters?.Succeeded, 6);
    assert.equal(total(tuning.TrainingJobStatusCounters), 6);
    assert.equal(total(tuning.ObjectiveStatusCounters), 6);
    assert.ok((tuning.ConsumedResources?.RuntimeInSeconds ?? -1) >= 0);

    const trials = await trialsOf(cloud, 'best');
    assert.equal(trials.length, 6);
    trials.forEach((trial, at) => {
      assert.match(trial.TrainingJobName ?? '', new RegExp(`^best-00${at + 1}-[0-9a-f]{8}$`));
      const x = Number(trial.TunedHyperParameters?.x);
      const y = Number(trial.TunedHyperParameters?.y);
      assert.ok(x >= 0.0001 && x <= 1 && y >= 0 && y <= 10);
      const loss = (Math.log10(x) + 2) ** 2 + 0.1 * (y - 3) ** 2;
      assert.ok(Math.abs((objectiveOf(trial) ?? 0) - loss) < 1e-6);
    });
    const best = Math.min(...trials.map((trial) => objectiveOf(trial) ?? Number.POSITIVE_INFINITY));
    assert.equal(objectiveOf(tuning.BestTrainingJob), best);

    const spans = readdirSync(runs).map((file) => JSON.parse(readFileSync(join(runs, file), 'utf8')) as number[]);
    assert.equal(spans.length, 6);
    for (const [start] of spans) {
      const beside = spans.filter(([from, to]) => (from ?? 0) <= (start ?? 0) && (start ?? 0) < (to ?? 0));
      assert.ok(beside.length <= 2, `${beside.length} at once`);
    }
  });

  it('gives its trials static and tuned hyperparameters and the objective, and says whose they are', async () => {
    const tuning = await describeTuning(cloud, 'best');
    const trial = tuning.BestTrainingJob?.TrainingJobName as string;
    const job = await cloud.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: trial }));
    assert.equal(job.TuningJobArn, tuning.HyperParameterTuningJobArn);
    assert.deepEqual(tuning.TrainingJobDefinition?.StaticHyperParameters, {
      epochs: '2',
      _tuning_objective_metric: 'loss',
    });
    assert.deepEqual(job.HyperParameters, {
      epochs: '2',
      ...tuning.BestTrainingJob?.TunedHyperParameters,
      _tuning_objective_metric: 'loss',
    });
    const tags = await cloud.sagemaker.send(new ListTagsCommand({ ResourceArn: job.TrainingJobArn }));
    assert.deepEqual(tags.Tags, [{ Key: 'team', Value: 'blue' }]);
  });

  it('tries the same values again under the same seed, and others under another', async () => {
    const ranges = {
      ContinuousParameterRanges: [
        X,
        { Name: 'share', MinValue: '0.5', MaxValue: '0.999', ScalingType: 'ReverseLogarithmic' as const },
      ],
      IntegerParameterRanges: [{ Name: 'depth', MinValue: '1', MaxValue: '512', ScalingType: 'Logarithmic' as const }],
      CategoricalParameterRanges: [QUALITY],
    };
    const values: unknown[] = [];
    for (const [name, seed] of [
      ['seed-a', 3],
      ['seed-b', 3],
      ['seed-c', 4],
    ] as const) {
      await create(tuningJob(name, { RandomSeed: seed, ParameterRanges: ranges }));
      await tuningEnds(cloud, name);
      values.push((await trialsOf(cloud, name)).map((trial) => trial.TunedHyperParameters));
    }
    assert.deepEqual(values[0], values[1]);
    assert.notDeepEqual(values[0], values[2]);
    for (const trial of values[0] as Record<string, string>[]) {
      assert.match(trial.depth ?? '', /^\d+$/);
      assert.ok(Number(trial.depth) >= 1 && Number(trial.depth) <= 512);
      assert.ok(Number(trial.share) >= 0.5 && Number(trial.share) <= 0.999);
      assert.ok(QUALITY.Values.includes(trial.quality ?? ''));
    }
  });

  it('visits each combination of a grid once', async () => {
    const colours = { Name: 'colour', Values: ['red', 'blue'] };
    await create(
      tuningJob('grid', {
        Strategy: 'Grid',
        ResourceLimits: { MaxParallelTrainingJobs: 3 },
        ParameterRanges: { CategoricalParameterRanges: [QUALITY, colours] },
      }),
    );
    const tuning = await tuningEnds(cloud, 'grid');
    assert.equal(tuning.HyperParameterTuningJobStatus, 'Completed', tuning.FailureReason);
    const seen = (await trialsOf(cloud, 'grid')).map(
      ({ TunedHyperParameters: values }) => `${values?.quality} ${values?.colour}`,
    );
    const all = QUALITY.Values.flatMap((quality) => colours.Values.map((colour) => `${quality} ${colour}`));
    assert.deepEqual(seen.sort(), all.sort());
    assert.equal(tuning.BestTrainingJob?.TunedHyperParameters?.quality, 'good');
  });

  it('takes turns among several definitions, each with its own ranges and objective', async () => {
    const own = { TuningObjective: { Type: 'Minimize', MetricName: 'loss' } } as const;
    await create(
      tuningJob(
        'several',
        { HyperParameterTuningJobObjective: undefined, ParameterRanges: undefined },
        {
          TrainingJobDefinition: undefined,
          TrainingJobDefinitions: [
            definition({}, { ...own, DefinitionName: 'a', HyperParameterRanges: { ContinuousParameterRanges: [X] } }),
            definition({}, { ...own, DefinitionName: 'b', HyperParameterRanges: { ContinuousParameterRanges: [Y] } }),
          ],
        },
      ),
    );
    const tuning = await tuningEnds(cloud, 'several');
    assert.equal(tuning.HyperParameterTuningJobStatus, 'Completed', tuning.FailureReason);
    const trials = await trialsOf(cloud, 'several');
    assert.deepEqual(
      trials.map((trial) => [trial.TrainingJobDefinitionName, ...Object.keys(trial.TunedHyperParameters ?? {})]),
      [
        ['a', 'x'],
        ['b', 'y'],
        ['a', 'x'],
        ['b', 'y'],
      ],
    );
  });

  it('counts a trial that fails and goes on', async () => {
    const limits = { MaxNumberOfTrainingJobs: 6, MaxParallelTrainingJobs: 3 };
    await create(
      tuningJob('some', { ResourceLimits: limits }, { TrainingJobDefinition: definition({ fail: '0.01' }) }),
    );
    const tuning = await tuningEnds(cloud, 'some');
    assert.equal(tuning.HyperParameterTuningJobStatus, 'Completed', tuning.FailureReason);
    const trials = await trialsOf(cloud, 'some');
    const failing = trials.filter((trial) => Number(trial.TunedHyperParameters?.x) >= 0.01);
    assert.ok(failing.length > 0 && failing.length < 6, 'the seed gives some of each');
    assert.equal(tuning.TrainingJobStatusCounters?.NonRetryableError, failing.length);
    assert.equal(tuning.TrainingJobStatusCounters?.Completed, 6 - failing.length);
    assert.equal(tuning.ObjectiveStatusCounters?.Failed, failing.length);
    for (const trial of failing) {
      assert.match(trial.FailureReason ?? '', /x is too large, exit code: 1$/);
      assert.equal(trial.ObjectiveStatus, 'Failed');
    }
    const page = await cloud.sagemaker.send(
      new ListTrainingJobsForHyperParameterTuningJobCommand({
        HyperParameterTuningJobName: 'some',
        SortBy: 'FinalObjectiveMetricValue',
        SortOrder: 'Descending',
      }),
    );
    const sorted = page.TrainingJobSummaries?.map((trial) => objectiveOf(trial) ?? Number.NaN) ?? [];
    assert.deepEqual(
      sorted,
      trials
        .filter((each) => !failing.includes(each))
        .map((each) => objectiveOf(each) ?? 0)
        .sort((a, b) => b - a),
    );
  });

  it("fails in AWS's words when no trial succeeds", async () => {
    const limits = { MaxNumberOfTrainingJobs: 9, MaxParallelTrainingJobs: 2 };
    await create(tuningJob('none', { ResourceLimits: limits }, { TrainingJobDefinition: definition({ fail: '0' }) }));
    const tuning = await tuningEnds(cloud, 'none');
    assert.equal(tuning.HyperParameterTuningJobStatus, 'Failed');
    assert.match(tuning.FailureReason ?? '', /^No training job succeeded after 5 attempts\./);
    assert.ok((tuning.TrainingJobStatusCounters?.NonRetryableError ?? 0) >= 5);
    assert.equal(tuning.BestTrainingJob, undefined);
  });

  it('fails when trials end without the objective', async () => {
    await create(tuningJob('quiet', {}, { TrainingJobDefinition: definition({ quiet: 'yes' }) }));
    const tuning = await tuningEnds(cloud, 'quiet');
    assert.equal(tuning.HyperParameterTuningJobStatus, 'Failed');
    assert.match(tuning.FailureReason ?? '', /^No objective metrics found after running 4 training jobs\./);
    assert.equal(tuning.TrainingJobStatusCounters?.Completed, 4);
    assert.equal(tuning.ObjectiveStatusCounters?.Failed, 4);
  });

  it('is complete as soon as the objective has the value that was asked for', async () => {
    await create(
      tuningJob('target', {
        ResourceLimits: { MaxNumberOfTrainingJobs: 500, MaxParallelTrainingJobs: 2 },
        TuningJobCompletionCriteria: { TargetObjectiveMetricValue: 3 },
      }),
    );
    const tuning = await tuningEnds(cloud, 'target');
    assert.equal(tuning.HyperParameterTuningJobStatus, 'Completed', tuning.FailureReason);
    assert.ok((objectiveOf(tuning.BestTrainingJob) ?? 9) <= 3);
    assert.ok(total(tuning.TrainingJobStatusCounters) < 500);
    assert.equal(tuning.TrainingJobStatusCounters?.InProgress, 0);
  });

  it('is complete when nothing was improved for so many trials', async () => {
    await create(
      tuningJob('same', {
        ResourceLimits: { MaxNumberOfTrainingJobs: 500, MaxParallelTrainingJobs: 1 },
        ParameterRanges: { CategoricalParameterRanges: [{ Name: 'colour', Values: ['red', 'blue'] }] },
        TuningJobCompletionCriteria: { BestObjectiveNotImproving: { MaxNumberOfTrainingJobsNotImproving: 3 } },
      }),
    );
    const tuning = await tuningEnds(cloud, 'same');
    assert.equal(tuning.HyperParameterTuningJobStatus, 'Completed', tuning.FailureReason);
    assert.equal(total(tuning.TrainingJobStatusCounters), 4);
    assert.equal(tuning.TuningJobCompletionDetails?.NumberOfTrainingJobsObjectiveNotImproving, 3);
  });

  it('stops with its trials when it is asked to', async () => {
    await create(tuningJob('stopped', {}, { TrainingJobDefinition: definition({ hang: 'yes' }) }));
    await until('two trials run', async () => {
      const trials = await trialsOf(cloud, 'stopped');
      const lines = await cloud.lines('/aws/sagemaker/TrainingJobs', 'stopped-');
      return trials.length === 2 && lines.filter((line) => line.startsWith('epoch 1')).length === 2;
    });
    const request = { HyperParameterTuningJobName: 'stopped' };
    await assert.rejects(cloud.sagemaker.send(new DeleteHyperParameterTuningJobCommand(request)), {
      name: 'ResourceInUse',
    });
    await cloud.sagemaker.send(new StopHyperParameterTuningJobCommand(request));
    const tuning = await tuningEnds(cloud, 'stopped');
    assert.equal(tuning.HyperParameterTuningJobStatus, 'Stopped');
    assert.equal(tuning.TrainingJobStatusCounters?.Stopped, 2);
    assert.equal(total(tuning.TrainingJobStatusCounters), 2);
    await assert.rejects(cloud.sagemaker.send(new StopHyperParameterTuningJobCommand(request)), {
      name: 'ValidationException',
      message: /is in status Stopped/,
    });
  });

  it('is listed by name, status and page, and deleted without its training jobs', async () => {
    const failed = await cloud.sagemaker.send(new ListHyperParameterTuningJobsCommand({ StatusEquals: 'Failed' }));
    assert.deepEqual(
      failed.HyperParameterTuningJobSummaries?.map((each) => each.HyperParameterTuningJobName),
      ['none', 'quiet'],
    );
    const first = await cloud.sagemaker.send(new ListHyperParameterTuningJobsCommand({ MaxResults: 1 }));
    assert.equal(first.HyperParameterTuningJobSummaries?.[0]?.HyperParameterTuningJobName, 'best');
    assert.ok(first.NextToken);

    const [trial] = await trialsOf(cloud, 'none');
    await cloud.sagemaker.send(new DeleteHyperParameterTuningJobCommand({ HyperParameterTuningJobName: 'none' }));
    await assert.rejects(describeTuning(cloud, 'none'), {
      name: 'ResourceNotFound',
      message: "Amazon SageMaker can't find a tuning job called none. Type another name.",
    });
    await cloud.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: trial?.TrainingJobName }));
  });
});
