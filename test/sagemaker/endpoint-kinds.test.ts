import assert from 'node:assert/strict';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  type CreateEndpointConfigCommandInput,
  CreateModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { checkAnswers } from './answers.ts';
import { type Cloud, IMAGE, ROLE, startCloud } from './cloud.ts';
import { until } from './helpers.ts';
import { createModel, endpointConfig, endpointSettles } from './requests.ts';

const SERVERLESS = { MemorySizeInMB: 2048, MaxConcurrency: 1 };
const variant = (VariantName: string, ModelName: string, over = {}) => ({
  VariantName,
  ModelName,
  InstanceType: 'ml.m5.large' as const,
  InitialInstanceCount: 1,
  InitialVariantWeight: 1,
  ...over,
});

describe('kinds of endpoints on the SageMaker server', () => {
  let cloud: Cloud;
  before(async () => {
    // A container that is told to be slow never answers within a test.
    cloud = await startCloud(['--invocation-timeout', '3600', '--drain-timeout', '0.1']);
    await createModel(cloud, 'one', { answer: 'one' });
    await createModel(cloud, 'patient', { answer: 'patient' }, { SLOW_SECONDS: '0' });
    await createModel(cloud, 'stuck', { answer: 'stuck' }, { SLOW_SECONDS: '3600' });
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  const config = (EndpointConfigName: string, over: Partial<CreateEndpointConfigCommandInput>) =>
    cloud.sagemaker.send(
      new CreateEndpointConfigCommand({ EndpointConfigName, ProductionVariants: [variant('v1', 'one')], ...over }),
    );
  const serverless = (model: string, over = {}) => [
    { VariantName: 'v1', ModelName: model, ServerlessConfig: { ...SERVERLESS, ...over } },
  ];
  const create = async (name: string, EndpointConfigName = name) => {
    await cloud.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName }));
    const endpoint = await endpointSettles(cloud, name);
    assert.equal(endpoint.EndpointStatus, 'InService', endpoint.FailureReason);
    return endpoint;
  };
  const ask = async (EndpointName: string, Body: string, over = {}) => {
    const command = new InvokeEndpointCommand({ EndpointName, Body, ContentType: 'application/json', ...over });
    return JSON.parse((await cloud.runtime.send(command)).Body?.transformToString() ?? '');
  };
  const refused = (over: Partial<CreateEndpointConfigCommandInput>, message: RegExp) =>
    assert.rejects(config('refused', over), { name: 'ValidationException', message });

  describe('serverless', () => {
    it('answers as many requests at once as it may, and throttles the others', async () => {
      await config('less', { ProductionVariants: serverless('stuck') });
      const [told] = (await create('less')).ProductionVariants ?? [];
      assert.deepEqual(told?.CurrentServerlessConfig, SERVERLESS);
      assert.equal(told?.CurrentInstanceCount, 0);
      assert.equal((await ask('less', 'x')).answer, 'stuck');
      const hanging = ask('less', 'SLOW').catch((error: Error) => error.name);
      await until('it is busy', () =>
        ask('less', 'x').then(
          () => false,
          (error: Error) => error.name === 'ThrottlingException' && /^Rate exceeded$/.test(error.message),
        ),
      );
      await cloud.sagemaker.send(
        new UpdateEndpointWeightsAndCapacitiesCommand({
          EndpointName: 'less',
          DesiredWeightsAndCapacities: [{ VariantName: 'v1', ServerlessUpdateConfig: { MaxConcurrency: 3 } }],
        }),
      );
      const grown = await endpointSettles(cloud, 'less');
      assert.equal(grown.ProductionVariants?.[0]?.CurrentServerlessConfig?.MaxConcurrency, 3);
      assert.equal((await ask('less', 'x')).answer, 'stuck');
      await config('more', {});
      await cloud.sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'less', EndpointConfigName: 'more' }));
      assert.equal((await endpointSettles(cloud, 'less')).EndpointConfigName, 'more');
      assert.equal(await hanging, 'ServiceUnavailable');
      await assert.rejects(
        cloud.sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'less', EndpointConfigName: 'less' })),
        { name: 'ValidationException', message: /cannot be updated to a serverless endpoint/ },
      );
    });

    it('refuses what AWS refuses with it', async () => {
      const variants = (over: object) => ({ ProductionVariants: [{ ...serverless('one')[0], ...over }] }) as never;
      await refused(variants({ InstanceType: 'ml.m5.large' }), /cannot be specified together with InstanceType/);
      await refused(
        { ProductionVariants: serverless('one', { MemorySizeInMB: 1500 }) },
        /must be one of \[1024, 2048,/,
      );
      await refused({ ProductionVariants: serverless('one', { ProvisionedConcurrency: 2 }) }, /less than or equal to/);
      const capture = {
        InitialSamplingPercentage: 100,
        DestinationS3Uri: 's3://bench/c',
        CaptureOptions: [{ CaptureMode: 'Input' as const }],
      };
      await refused({ ProductionVariants: serverless('one'), DataCaptureConfig: capture }, /^DataCaptureConfig is not/);
      await refused({ ProductionVariants: [...serverless('one'), variant('v2', 'one')] }, /one production variant/);
    });
  });

  describe('with a shadow', () => {
    before(async () => {
      await config('shaded', {
        ProductionVariants: [variant('v1', 'patient')],
        ShadowProductionVariants: [variant('dark', 'stuck')],
        DataCaptureConfig: {
          EnableCapture: true,
          InitialSamplingPercentage: 100,
          DestinationS3Uri: 's3://bench/capture',
          CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
        },
      });
      await create('shaded');
    });
    const dark = () => cloud.lines('/aws/sagemaker/Endpoints/shaded', 'dark/');
    const seen = async () => (await dark()).filter((line) => line === 'POST /invocations').length;

    it('copies requests to it, and captures its answers under its own name', async () => {
      const endpoint = await cloud.sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'shaded' }));
      assert.deepEqual(
        endpoint.ShadowProductionVariants?.map((each) => [each.VariantName, each.CurrentWeight]),
        [['dark', 1]],
      );
      for (let times = 0; times < 5; times++) assert.equal((await ask('shaded', `x${times}`)).answer, 'patient');
      await until('the shadow saw all of them', async () => (await seen()) === 5);
      const lines = async (name: string) => {
        const keys = await cloud.keys(`capture/shaded/${name}/`);
        const texts = await Promise.all(keys.map((key) => cloud.get(key)));
        return texts.flatMap((text) => text.toString().trim().split('\n')).map((line) => JSON.parse(line));
      };
      await until(
        'both are captured',
        async () => (await lines('dark')).length === 5 && (await lines('v1')).length === 5,
      );
      const outputs = (await lines('dark')).map((line) =>
        JSON.parse(Buffer.from(line.captureData.endpointOutput.data, 'base64').toString()),
      );
      assert.ok(outputs.every(({ answer }) => answer === 'stuck'));
    });

    it('does not wait for it, nor fail with it', async () => {
      assert.equal((await ask('shaded', 'SLOW')).answer, 'patient');
      await assert.rejects(ask('shaded', 'x', { TargetVariant: 'dark' }), { name: 'ValidationError' });
    });

    it('samples by weight', async () => {
      const weigh = (DesiredWeight: number) =>
        cloud.sagemaker.send(
          new UpdateEndpointWeightsAndCapacitiesCommand({
            EndpointName: 'shaded',
            DesiredWeightsAndCapacities: [{ VariantName: 'dark', DesiredWeight }],
          }),
        );
      await weigh(0.3);
      await endpointSettles(cloud, 'shaded');
      const before = await seen();
      await Promise.all(Array.from({ length: 150 }, () => ask('shaded', 'x')));
      const some = await until('copies came', async () => ((await seen()) > before + 15 ? (await seen()) - before : 0));
      assert.ok(some < 90, `30 % of 150 wanted, ${some} found`);
    });

    it('is refused in other numbers than one and one', async () => {
      const two = [variant('v1', 'one'), variant('v2', 'one')];
      await refused(
        { ProductionVariants: two, ShadowProductionVariants: [variant('s', 'one')] },
        /exactly one variant/,
      );
      await refused({ ShadowProductionVariants: [variant('v1', 'one')] }, /names must be unique/);
    });
  });

  it('refuse what belongs to other kinds of endpoints, in words of AWS', async () => {
    await config('plain', {});
    await create('plain');
    await assert.rejects(ask('plain', 'x', { TargetModel: 'a.tar.gz' }), {
      name: 'ValidationError',
      message: 'Endpoint plain is not a multi-model endpoint and does not support target model header.',
      ErrorCode: 'TARGET_MODEL_HEADER_NOT_SUPPORTED',
    } as object);
    await assert.rejects(ask('plain', 'x', { TargetContainerHostname: 'first' }), { name: 'ValidationError' });
    await assert.rejects(ask('plain', 'x', { InferenceComponentName: 'part' }), { name: 'ValidationError' });
    await assert.rejects(ask('plain', 'x', { SessionId: 'NEW_SESSION' }), {
      name: 'ValidationError',
      message: /SessionId is not supported by the local SageMaker server/,
    });
    for (const over of [{ ManagedInstanceScaling: { Status: 'ENABLED' } }, { AcceleratorType: 'ml.eia2.medium' }])
      await refused({ ProductionVariants: [variant('v1', 'one', over)] }, /is not supported by the local/);
    const kept = {
      RoutingConfig: { RoutingStrategy: 'RANDOM' },
      VolumeSizeInGB: 20,
      ModelDataDownloadTimeoutInSeconds: 60,
    };
    await config('kept', { ProductionVariants: [variant('v1', 'one', kept)] });
    const told = await cloud.sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: 'kept' }));
    assert.deepEqual(told.ProductionVariants?.[0], variant('v1', 'one', kept));
  });

  it('serve a model that is a folder in S3', async () => {
    await cloud.put('folder/model.json', '{"answer":"unpacked"}');
    await cloud.put('folder/code/inference.py', '');
    const source = (S3Uri: string, over = {}) => ({
      ModelName: 'folder',
      ExecutionRoleArn: ROLE,
      PrimaryContainer: {
        Image: IMAGE,
        ModelDataSource: {
          S3DataSource: { S3Uri, S3DataType: 'S3Prefix' as const, CompressionType: 'None' as const, ...over },
        },
      },
    });
    const bad = (uri: string, over: object, message: RegExp) =>
      assert.rejects(cloud.sagemaker.send(new CreateModelCommand(source(uri, over))), {
        name: 'ValidationException',
        message,
      });
    await bad('s3://bench/folder', {}, /must end with a slash/);
    await bad('s3://bench/nowhere/', {}, /^Could not find model data at s3:\/\/bench\/nowhere\/\.$/);
    await bad('s3://bench/folder/', { CompressionType: 'Gzip' }, /is not supported by the local/);
    await cloud.sagemaker.send(new CreateModelCommand(source('s3://bench/folder/')));
    await config('unpacked', { ProductionVariants: [variant('v1', 'folder')] });
    await create('unpacked');
    assert.equal((await ask('unpacked', 'x')).answer, 'unpacked');
  });

  describe('that move step by step', () => {
    const routing = (Type: 'CANARY' | 'LINEAR', size: object, WaitIntervalInSeconds: number) => ({
      BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type, WaitIntervalInSeconds, ...size } },
    });
    const percent = (Value: number) => ({ Type: 'CAPACITY_PERCENT' as const, Value });
    const update = (EndpointConfigName: string, DeploymentConfig: object) =>
      cloud.sagemaker.send(
        new UpdateEndpointCommand({ EndpointName: 'steps', EndpointConfigName, DeploymentConfig } as never),
      );
    const describe = () => cloud.sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'steps' }));
    const pending = async () => (await describe()).PendingDeploymentSummary;
    const status = async () => (await pending())?.ProductionVariants?.[0]?.VariantStatus?.[0]?.Status;
    before(async () => {
      await cloud.sagemaker.send(
        new CreateEndpointConfigCommand(endpointConfig('old', { v1: { model: 'one', weight: 1 } })),
      );
      await cloud.sagemaker.send(
        new CreateEndpointConfigCommand(endpointConfig('new', { v1: { model: 'patient', weight: 1 } })),
      );
      await create('steps', 'old');
    });

    it('a canary has its part of the traffic first, then all of it', async () => {
      const deployment = routing('CANARY', { CanarySize: percent(30) }, 3);
      await update('new', deployment);
      assert.equal((await pending())?.EndpointConfigName, 'new');
      await until('the canary bakes', async () => (await status()) === 'Baking');
      const answers = await Promise.all(Array.from({ length: 100 }, () => ask('steps', 'x')));
      const some = answers.filter(({ answer }) => answer === 'patient').length;
      assert.ok(some > 8 && some < 60, `30 of 100 wanted, ${some} found`);
      const moved = await endpointSettles(cloud, 'steps');
      assert.equal(moved.EndpointConfigName, 'new');
      assert.equal(moved.PendingDeploymentSummary, undefined);
      assert.deepEqual(moved.LastDeploymentConfig, deployment);
      assert.equal((await ask('steps', 'x')).answer, 'patient');
    });

    it('a linear deployment goes in equal steps', async () => {
      await update('old', routing('LINEAR', { LinearStepSize: { Type: 'INSTANCE_COUNT', Value: 1 } }, 1));
      await until('half of it moved', async () => (await status()) === 'Baking');
      assert.equal((await endpointSettles(cloud, 'steps')).EndpointConfigName, 'old');
      assert.equal((await ask('steps', 'x')).answer, 'one');
    });

    it('refuses steps that AWS refuses', async () => {
      const bad = (deployment: object, message: RegExp) =>
        assert.rejects(update('new', deployment), { name: 'ValidationException', message });
      await bad(routing('CANARY', {}, 1), /CANARY needs CanarySize/);
      await bad(routing('CANARY', { CanarySize: percent(51) }, 1), /1 to 50 percent of the capacity; found 51/);
      await bad(routing('LINEAR', { LinearStepSize: percent(5) }, 1), /10 to 50 percent/);
      const many = { CanarySize: { Type: 'INSTANCE_COUNT', Value: 2 } };
      await bad(routing('CANARY', many, 1), /more than 50 percent of variant v1, which has 2/);
    });
  });
});
