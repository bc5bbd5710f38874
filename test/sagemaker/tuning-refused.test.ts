import assert from 'node:assert/strict';
import {
  CreateHyperParameterTuningJobCommand,
  type CreateHyperParameterTuningJobCommandInput,
  type HyperParameterTuningJobConfig,
  ListHyperParameterTuningJobsCommand,
} from '@aws-sdk/client-sagemaker';
import { type Cloud, startCloud } from './cloud.ts';
import { definition, TRIAL_FLAGS, tuningJob, X } from './tuning-requests.ts';

const XGBOOST = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1';
const continuous = (over: object) => ({ ParameterRanges: { ContinuousParameterRanges: [{ ...X, ...over }] } });
const integers = (over: object) => ({
  ParameterRanges: { IntegerParameterRanges: [{ Name: 'depth', MinValue: '1', MaxValue: '9', ...over }] },
});
const categories = (Values: string[]) => ({ CategoricalParameterRanges: [{ Name: 'colour', Values }] });
const many = Array.from({ length: 16 }, (_, at) => ({ ...X, Name: `x${at}` }));
const whole = Array.from({ length: 15 }, (_, at) => ({ Name: `n${at}`, MinValue: '1', MaxValue: '2' }));
const limits = (jobs: number | undefined, parallel = 1) => ({
  ResourceLimits: { MaxNumberOfTrainingJobs: jobs, MaxParallelTrainingJobs: parallel },
});
const own = { TuningObjective: { Type: 'Minimize', MetricName: 'loss' } } as const;
const ranged = { HyperParameterRanges: { ContinuousParameterRanges: [X] } };
const several = (...names: (string | undefined)[]): Partial<CreateHyperParameterTuningJobCommandInput> => ({
  TrainingJobDefinition: undefined,
  TrainingJobDefinitions: names.map((DefinitionName) => definition({}, { ...own, ...ranged, DefinitionName })),
});
const nowhere = { HyperParameterTuningJobObjective: undefined, ParameterRanges: undefined };
const xgboost = definition(
  { num_round: '5' },
  {
    AlgorithmSpecification: { TrainingImage: XGBOOST, TrainingInputMode: 'File' },
  },
);
const objective = (Type: 'Minimize' | 'Maximize', MetricName: string) => ({
  HyperParameterTuningJobObjective: { Type, MetricName },
});

type Refusal = [
  string,
  Partial<HyperParameterTuningJobConfig>,
  RegExp,
  Partial<CreateHyperParameterTuningJobCommandInput>?,
];
const METRIC =
  /^A metric is required for this hyperparameter tuning job objective\. Provide a metric in the metric def/;
const REFUSALS: Refusal[] = [
  ['a name of 33', {}, /length less than or equal to 32/, { HyperParameterTuningJobName: 'n'.repeat(33) }],
  ['no definition', {}, /exactly one of TrainingJobDefinition and/, { TrainingJobDefinition: undefined }],
  ['one definition and several', {}, /exactly one of/, { ...several('a'), TrainingJobDefinition: definition() }],
  ['several definitions without names', nowhere, /DefinitionName of its own/, several('a', undefined)],
  ['several definitions of one name', nowhere, /DefinitionName of its own/, several('a', 'a')],
  [
    'several definitions and one objective for all',
    {},
    /HyperParameterTuningJobObjective must not be in/,
    several('a'),
  ],
  [
    'several definitions that are stopped early',
    { ...nowhere, TrainingJobEarlyStoppingType: 'Auto' },
    /only when tuning a single/,
    several('a', 'b'),
  ],
  ['no objective', { HyperParameterTuningJobObjective: undefined }, /Objective is required/],
  ['an objective that is not measured', objective('Minimize', 'other'), METRIC],
  [
    'an objective that XGBoost does not report',
    objective('Minimize', 'validation:joy'),
    METRIC,
    { TrainingJobDefinition: xgboost },
  ],
  [
    'the largest error as the best',
    objective('Maximize', 'validation:rmse'),
    /\[Maximize\].*\[validation:rmse\], isn't valid for the \[\S+sagemaker-xgboost/,
    { TrainingJobDefinition: xgboost },
  ],
  ['no ranges', { ParameterRanges: {} }, /At least one hyperparameter range/],
  [
    '31 ranges',
    { ParameterRanges: { ContinuousParameterRanges: many, IntegerParameterRanges: whole } },
    /at most 30 hyperparameters; found 31/,
  ],
  ['two ranges of one name', { ParameterRanges: { ContinuousParameterRanges: [X, X] } }, /one range each.*\[x\]/],
  [
    'a range that is also static',
    {},
    /both static and tunable; found in both: \[x\]/,
    { TrainingJobDefinition: definition({ x: '1' }) },
  ],
  ['a least value above the most', continuous({ MinValue: '2' }), /\[x\], 2, must not exceed its MaxValue, 1/],
  ['a bound that is no number', continuous({ MinValue: 'low' }), /"low", is not a number/],
  ['a bound that is infinite', continuous({ MaxValue: 'inf' }), /"inf", is not a number/],
  ['a bound of an integer that is none', integers({ MaxValue: '2.5' }), /"2.5", is not an integer/],
  ['a logarithm of 0', continuous({ MinValue: '0' }), /only values greater than 0; the MinValue of.*is 0/],
  ['a reverse logarithm of 1', continuous({ ScalingType: 'ReverseLogarithmic' }), /within the range 0<=x<1.0/],
  ['a reverse logarithm of integers', integers({ ScalingType: 'ReverseLogarithmic' }), /only for continuous ranges/],
  ['a category twice', { ParameterRanges: categories(['a', 'a']) }, /must be distinct/],
  ['a grid of numbers', { Strategy: 'Grid' }, /Only categorical parameters are supported/],
  [
    'a grid of another size',
    { Strategy: 'Grid', ...limits(3), ParameterRanges: categories(['a', 'b']) },
    /combinations possible, which is 2; found 3/,
  ],
  ['no end', limits(undefined), /MaxNumberOfTrainingJobs or MaxRuntimeInSeconds is required/],
  ['Hyperband without a most', { Strategy: 'Hyperband' }, /MaxResource is required for Hyperband/],
  [
    'Hyperband with more at least than at most',
    { Strategy: 'Hyperband', StrategyConfig: { HyperbandStrategyConfig: { MinResource: 9, MaxResource: 3 } } },
    /MinResource \(9\) must not exceed MaxResource \(3\)/,
  ],
  [
    'Hyperband that is stopped early besides',
    { Strategy: 'Hyperband', TrainingJobEarlyStoppingType: 'Auto' },
    /must be OFF to use Hyperband/,
  ],
  [
    "Hyperband's configuration for chance",
    { StrategyConfig: { HyperbandStrategyConfig: { MinResource: 1, MaxResource: 3 } } },
    /only if Hyperband is selected/,
  ],
  ['Autotune', {}, /Autotune of a tuning job is not supported/, { Autotune: { Mode: 'Enabled' } }],
  [
    'a warm start',
    {},
    /WarmStartConfig of a tuning job is not supported/,
    {
      WarmStartConfig: {
        WarmStartType: 'TransferLearning',
        ParentHyperParameterTuningJobs: [{ HyperParameterTuningJobName: 'p' }],
      },
    },
  ],
  [
    'automatic ranges',
    { ParameterRanges: { AutoParameters: [{ Name: 'x', ValueHint: '1' }] } },
    /AutoParameters of ParameterRanges is not supported/,
  ],
  [
    'no resources',
    {},
    /exactly one of ResourceConfig and/,
    { TrainingJobDefinition: definition({}, { ResourceConfig: undefined }) },
  ],
  [
    'what its training jobs would be refused for',
    {},
    /VpcConfig/,
    { TrainingJobDefinition: definition({}, { VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: ['s-1'] } }) },
  ],
];

describe('the SageMaker server refuses a tuning job with', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud(TRIAL_FLAGS);
  });
  after(() => cloud?.stop());

  const create = (request: CreateHyperParameterTuningJobCommandInput) =>
    cloud.sagemaker.send(new CreateHyperParameterTuningJobCommand(request));

  for (const [what, config, message, over] of REFUSALS)
    it(what, async () => {
      await assert.rejects(create(tuningJob('refused', config, over)), { name: 'ValidationException', message });
    });

  it('more training jobs than AWS allows', async () => {
    for (const config of [{ Strategy: 'Bayesian' as const, ...limits(751) }, limits(10, 101)])
      await assert.rejects(create(tuningJob('refused', config)), { name: 'ResourceLimitExceeded' });
  });

  it('a name that is taken, and keeps none that it refused', async () => {
    const request = tuningJob('taken', limits(1));
    await create(request);
    await assert.rejects(create(request), {
      name: 'ResourceInUse',
      message: 'A hyperparameter tuning job with the name, taken, already exists. Choose a different name.',
    });
    const { HyperParameterTuningJobSummaries: kept } = await cloud.sagemaker.send(
      new ListHyperParameterTuningJobsCommand({}),
    );
    assert.deepEqual(
      kept?.map((each) => each.HyperParameterTuningJobName),
      ['taken'],
    );
  });
});
