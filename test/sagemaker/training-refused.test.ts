import assert from 'node:assert/strict';
import { CreateTrainingJobCommand, DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { channel, trainingEnds } from './requests.ts';
import { instances, TRAINER_FLAGS, trainer } from './trainer.ts';

const XGBOOST = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5';
const SUBNET = 'subnet-1';
const WAIT = /^Invalid MaxWaitTimeInSeconds\. It must be present and be greater than or equal to MaxRuntimeInSeconds$/;
const here = 'is not supported by the local SageMaker server';
const input = (over: object, source: object = {}) => ({
  InputDataConfig: [
    {
      ...channel('train', ''),
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://bench/some', ...source } },
      ...over,
    },
  ],
});
const resources = (over: object) => ({
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1, ...over },
});
const algorithm = (over: object) => ({ AlgorithmSpecification: { TrainingInputMode: 'File', ...over } });
const spot = (over: object) => ({ EnableManagedSpotTraining: true, StoppingCondition: over });
const checkpoints = (LocalPath: string) => ({ CheckpointConfig: { S3Uri: 's3://bench/points', LocalPath } });
const refused = (what: string) => new RegExp(`^${what} ${here}`);

const REFUSED: readonly [what: string, over: object, message: RegExp][] = [
  [
    'gzip outside of pipe mode',
    input({ CompressionType: 'Gzip' }),
    /^Invalid compression type for channel train: File mode only supports NONE, got Gzip instead$/,
  ],
  ['RecordIO', input({ RecordWrapperType: 'RecordIO' }), refused('RecordWrapperType of channel train')],
  ['shuffling', input({ ShuffleConfig: { Seed: 7 } }), refused('ShuffleConfig of channel train')],
  [
    'pipe mode for all channels',
    { ...input({}), ...algorithm({ TrainingImage: XGBOOST, TrainingInputMode: 'Pipe' }) },
    refused('Pipe mode \\(channel train\\)'),
  ],
  [
    'augmented manifests',
    input({}, { S3DataType: 'AugmentedManifestFile' }),
    refused('S3DataType AugmentedManifestFile \\(channel train\\)'),
  ],
  ['attributes of records', input({}, { AttributeNames: ['a'] }), refused('AttributeNames of channel train')],
  [
    'a file system',
    input({
      DataSource: {
        FileSystemDataSource: {
          FileSystemId: 'fs-12345678901',
          FileSystemAccessMode: 'ro',
          FileSystemType: 'EFS',
          DirectoryPath: '/x',
        },
      },
    }),
    refused('FileSystemDataSource of channel train'),
  ],
  ['a marketplace algorithm', algorithm({ AlgorithmName: 'bought' }), refused('AlgorithmSpecification.AlgorithmName')],
  [
    'an entry point of its own',
    algorithm({ TrainingImage: XGBOOST, ContainerEntrypoint: ['sh'] }),
    refused('AlgorithmSpecification.ContainerEntrypoint'),
  ],
  [
    'instance groups',
    resources({ InstanceGroups: [{ InstanceType: 'ml.m5.large', InstanceCount: 1, InstanceGroupName: 'a' }] }),
    refused('InstanceGroups of ResourceConfig'),
  ],
  ['a warm pool', resources({ KeepAlivePeriodInSeconds: 60 }), refused('KeepAlivePeriodInSeconds of ResourceConfig')],
  ['an encrypted volume', resources({ VolumeKmsKeyId: 'alias/a' }), refused('VolumeKmsKeyId of ResourceConfig')],
  ['an experiment', { ExperimentConfig: { ExperimentName: 'e' } }, refused('ExperimentConfig of a training job')],
  [
    'remote debugging',
    { RemoteDebugConfig: { EnableRemoteDebug: true } },
    refused('RemoteDebugConfig of a training job'),
  ],
  [
    'tensors to be saved',
    { DebugHookConfig: { S3OutputPath: 's3://bench/t', CollectionConfigurations: [{ CollectionName: 'losses' }] } },
    refused('CollectionConfigurations of DebugHookConfig'),
  ],
  ['a VPC', { VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: [SUBNET] } }, refused('VpcConfig of a training job')],
  [
    'the built-in XGBoost on two instances',
    { ...instances(2), ...algorithm({ TrainingImage: XGBOOST }) },
    refused('the built-in XGBoost on more than one instance'),
  ],
  [
    'isolated hosts',
    { ...instances(2), EnableNetworkIsolation: true },
    refused('EnableNetworkIsolation with more than one instance'),
  ],
  [
    'encryption between hosts',
    { ...instances(2), EnableInterContainerTrafficEncryption: true },
    refused('EnableInterContainerTrafficEncryption with more than one instance'),
  ],
  ['spot without a wait', spot({ MaxRuntimeInSeconds: 60 }), WAIT],
  ['a wait shorter than the runtime', spot({ MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 59 }), WAIT],
  ['checkpoints outside of /opt/ml', checkpoints('/data/points'), refused('CheckpointConfig.LocalPath /data/points')],
  [
    'checkpoints by a way round',
    checkpoints('/opt/ml/../../etc'),
    refused('CheckpointConfig.LocalPath /opt/ml/../../etc'),
  ],
  [
    'checkpoints in the model',
    checkpoints('/opt/ml/model/points'),
    /^Invalid LocalPath \/opt\/ml\/model\/points: it is SageMaker's own\./,
  ],
  [
    'an unknown compression of the model',
    { OutputDataConfig: { S3OutputPath: 's3://bench/out', CompressionType: 'ZIP' } },
    /at 'outputDataConfig\.compressionType' failed to satisfy constraint: .*enum value set: \[(GZIP, NONE|NONE, GZIP)\]/,
  ],
];

describe('a training job is refused with', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud(TRAINER_FLAGS);
    await cloud.put('some/a.csv', 'a');
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  for (const [what, over, message] of REFUSED)
    it(what, async () => {
      const request = { ...trainer('wrong', { mode: 'see' }), ...over } as ReturnType<typeof trainer>;
      await assert.rejects(cloud.sagemaker.send(new CreateTrainingJobCommand(request)), {
        name: 'ValidationException',
        message,
      });
    });

  it('none of what only says no, or is only recorded', async () => {
    const recorded = {
      RemoteDebugConfig: { EnableRemoteDebug: false },
      InfraCheckConfig: { EnableInfraCheck: false },
      DebugHookConfig: { S3OutputPath: 's3://bench/t', CollectionConfigurations: [] },
      ProfilerConfig: { S3OutputPath: 's3://bench/t', DisableProfiler: false },
      EnableInterContainerTrafficEncryption: true,
    };
    const request = trainer('right', { mode: 'see' }, { ...recorded, ...input({}) } as object);
    await cloud.sagemaker.send(new CreateTrainingJobCommand(request));
    assert.equal((await trainingEnds(cloud, 'right')).TrainingJobStatus, 'Completed');
    const job = await cloud.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'right' }));
    assert.deepEqual(job.DebugHookConfig, recorded.DebugHookConfig);
    assert.equal(job.ProfilingStatus, 'Disabled', 'nothing is profiled here');
  });
});
