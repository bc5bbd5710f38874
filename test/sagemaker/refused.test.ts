import assert from 'node:assert/strict';
import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateNotebookInstanceCommand,
  CreateTrainingJobCommand,
  DescribeEndpointCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { type Cloud, IMAGE, ROLE, startCloud } from './cloud.ts';
import { createModel, endpointConfig, trainingJob } from './requests.ts';

/** What AWS says to wrong requests: operation, members over a right request, the error's name, its message. */
type Wrong = readonly [what: string, over: Record<string, unknown>, name: string, message: RegExp];
const VALIDATION = 'ValidationException';
const detected = (value: string, path: string, constraint: string) =>
  new RegExp(`^1 validation error detected: Value ${value} at '${path}' failed to satisfy constraint: ${constraint}$`);
const resources = (over: object) => ({
  ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 1, ...over },
});
const algorithm = (over: object) => ({
  AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File', ...over },
});
const train = (over: object, mode = {}) => ({
  InputDataConfig: [
    {
      ChannelName: 'train',
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://bench/nothing', ...over } },
      ...mode,
    },
  ],
});

const WRONG: readonly Wrong[] = [
  [
    'a name with "_"',
    { TrainingJobName: 'a_b' },
    VALIDATION,
    detected("'a_b'", 'trainingJobName', 'Member must satisfy regular expression pattern: .*'),
  ],
  [
    'a name of 64',
    { TrainingJobName: 'a'.repeat(64) },
    VALIDATION,
    /^2 validation errors detected: .*less than or equal to 63; /,
  ],
  [
    'no name',
    { TrainingJobName: undefined },
    VALIDATION,
    detected('null', 'trainingJobName', 'Member must not be null'),
  ],
  ['no role', { RoleArn: undefined }, VALIDATION, detected('null', 'roleArn', 'Member must not be null')],
  ['a role that is no ARN', { RoleArn: 'admin' }, VALIDATION, /at 'roleArn' failed to satisfy constraint/],
  [
    'an unknown instance type',
    resources({ InstanceType: 'ml.huge' }),
    VALIDATION,
    /'ml.huge' at 'resourceConfig.instanceType' .*enum value set: \[.*ml\.m5\.xlarge/,
  ],
  [
    'no instances',
    resources({ InstanceCount: -1 }),
    VALIDATION,
    /at 'resourceConfig.instanceCount' .*value greater than or equal to/,
  ],
  ['nine instances', resources({ InstanceCount: 9 }), 'ResourceLimitExceeded', /request delta of 9 Instances/],
  [
    'a count that is a text',
    resources({ InstanceCount: 'one' }),
    'SerializationException',
    /STRING_VALUE can not be converted/,
  ],
  [
    'hyperparameters that are too long',
    { HyperParameters: { a: 'x'.repeat(2501) } },
    VALIDATION,
    /at 'hyperParameters' failed to satisfy constraint: Map value must satisfy constraint: \[Member must have length less than or equal to 2500/,
  ],
  [
    'a hyperparameter that is a number',
    { HyperParameters: { a: 1 } },
    'SerializationException',
    /NUMBER_VALUE can not be converted/,
  ],
  [
    'a tag key that is empty',
    { Tags: [{ Key: '', Value: 'x' }] },
    VALIDATION,
    /at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1/,
  ],
  [
    'the same tag twice',
    {
      Tags: [
        { Key: 'a', Value: 'x' },
        { Key: 'a', Value: 'y' },
      ],
    },
    VALIDATION,
    /^Duplicate tag keys/,
  ],
  [
    'no runtime',
    { StoppingCondition: { MaxRuntimeInSeconds: 0 } },
    VALIDATION,
    /at 'stoppingCondition.maxRuntimeInSeconds'/,
  ],
  [
    'a wait without spot',
    { StoppingCondition: { MaxRuntimeInSeconds: 9, MaxWaitTimeInSeconds: 9 } },
    VALIDATION,
    /EnableManagedSpotTraining/,
  ],
  [
    'an image that is no path in ECR',
    algorithm({ TrainingImage: 'xgboost' }),
    VALIDATION,
    /^Invalid image URI xgboost\. /,
  ],
  ['no image', algorithm({ TrainingImage: undefined }), VALIDATION, /No training image/],
  [
    'data that is not there',
    train({}),
    VALIDATION,
    /^No S3 objects found under S3 URL "s3:\/\/bench\/nothing" given in input data source/,
  ],
  [
    'data that is no S3 URI',
    train({ S3Uri: 'file:///etc/passwd' }),
    VALIDATION,
    /at 'inputDataConfig.1.member.dataSource.s3DataSource.s3Uri'/,
  ],
  [
    'pipe mode',
    train({}, { InputMode: 'Pipe' }),
    VALIDATION,
    /^Pipe mode \(channel train\) is not supported by the local SageMaker server/,
  ],
  [
    'a VPC',
    { VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: ['subnet-1'] } },
    VALIDATION,
    /^VpcConfig of a training job is not supported/,
  ],
];

describe('the SageMaker server refuses as AWS does', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud();
    await createModel(cloud, 'one', {});
  });
  after(() => cloud?.stop());

  for (const [what, over, name, message] of WRONG)
    it(`a training job with ${what}`, async () => {
      const request = { ...trainingJob('wrong'), ...over } as ReturnType<typeof trainingJob>;
      await assert.rejects(cloud.sagemaker.send(new CreateTrainingJobCommand(request)), { name, message });
    });

  it('an operation that it does not have, by name', async () => {
    const command = new CreateNotebookInstanceCommand({
      NotebookInstanceName: 'n',
      InstanceType: 'ml.t3.medium',
      RoleArn: ROLE,
    });
    await assert.rejects(cloud.sagemaker.send(command), {
      name: 'UnsupportedOperationException',
      message: /^CreateNotebookInstance is not supported by the local SageMaker server/,
    });
  });

  it('models without data, image or name of their own', async () => {
    const create = (ModelName: string, Image: string, ModelDataUrl: string) =>
      cloud.sagemaker.send(
        new CreateModelCommand({ ModelName, ExecutionRoleArn: ROLE, PrimaryContainer: { Image, ModelDataUrl } }),
      );
    await assert.rejects(create('new', IMAGE, 's3://bench/nowhere/model.tar.gz'), {
      name: VALIDATION,
      message: 'Could not find model data at s3://bench/nowhere/model.tar.gz.',
    });
    await assert.rejects(create('new', IMAGE.replace('fixture', 'unknown'), 's3://bench/x'), {
      name: VALIDATION,
      message: /^Requested image 123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com\/unknown:1 not found\./,
    });
    const artifact = await cloud.artifact('x', {});
    await assert.rejects(create('one', IMAGE, artifact), {
      name: VALIDATION,
      message: /^Cannot create already existing model "arn:/,
    });
  });

  it('endpoint configs without a model, or with all weights 0', async () => {
    const create = (model: string, weight: number) =>
      cloud.sagemaker.send(new CreateEndpointConfigCommand(endpointConfig('config', { v1: { model, weight } })));
    await assert.rejects(create('nobody', 1), { name: VALIDATION, message: /^Could not find model "/ });
    await assert.rejects(create('one', 0), { name: VALIDATION, message: /above 0/ });
  });

  it('endpoints that are not there, and deployments that it cannot do', async () => {
    const words = 'Could not find endpoint "arn:aws:sagemaker:us-east-1:000000000000:endpoint/nobody".';
    await assert.rejects(cloud.sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'nobody' })), {
      name: VALIDATION,
      message: words,
    });
    const update = new UpdateEndpointCommand({
      EndpointName: 'nobody',
      EndpointConfigName: 'config',
      DeploymentConfig: {
        RollingUpdatePolicy: { MaximumBatchSize: { Type: 'INSTANCE_COUNT', Value: 1 }, WaitIntervalInSeconds: 1 },
      },
    });
    await assert.rejects(cloud.sagemaker.send(update), {
      name: VALIDATION,
      message: /^RollingUpdatePolicy is not supported/,
    });
  });

  it('what is no SageMaker request at all, and goes on', async () => {
    const post = async (body: string, target: string) => {
      const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' };
      const response = await fetch(cloud.url, { method: 'POST', body, headers });
      return [response.status, ((await response.json()) as { __type: string }).__type];
    };
    assert.deepEqual(await post('{', 'SageMaker.ListModels'), [400, 'SerializationException']);
    assert.deepEqual(await post('[]', 'SageMaker.ListModels'), [400, 'SerializationException']);
    assert.deepEqual(await post('['.repeat(100_000), 'SageMaker.ListModels'), [400, 'SerializationException']);
    assert.deepEqual(await post('{"MaxResults":NaN}', 'SageMaker.ListModels'), [400, 'SerializationException']);
    assert.deepEqual(await post('{}', 'SageMaker.Dance'), [400, 'UnknownOperationException']);
    assert.deepEqual(await post('{}', 'Glue.ListJobs'), [400, 'UnknownOperationException']);
    assert.deepEqual(await post(' '.repeat(5 * 1024 * 1024), 'SageMaker.ListModels'), [413, 'RequestEntityTooLarge']);
    assert.equal((await fetch(`${cloud.url}/nothing`)).status, 404);
    assert.equal((await fetch(`${cloud.url}/endpoints/..%2Fx/invocations`, { method: 'POST' })).status, 400);
    const unknown = await fetch(cloud.url, {
      method: 'POST',
      body: '{"MaxResults":1,"Strange":{"a":[1]}}',
      headers: { 'x-amz-target': 'SageMaker.ListModels' },
    });
    assert.equal(unknown.status, 200, 'members that SageMaker does not know are ignored');
    assert.equal(cloud.said.join(''), '', 'nothing was unexpected');
  });
});
