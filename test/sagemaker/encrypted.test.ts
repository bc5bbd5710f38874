import assert from 'node:assert/strict';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  type CreateEndpointConfigCommandInput,
  CreateTransformJobCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointAsyncCommand, InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { BUCKET, type Cloud, startCloud } from './cloud.ts';
import { until } from './helpers.ts';
import { createModel, endpointConfig, endpointSettles, transformEnds, transformJob } from './requests.ts';

const KmsKeyId = 'alias/mine';

describe('the SageMaker server encrypts by the key that the request names', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud();
    await createModel(cloud, 'one', { answer: 'one' });
    await cloud.put('lines/a.jsonl', '{"a":1}\n');
  });
  after(() => cloud?.stop());

  const encrypted = async (prefix: string) => {
    const [Key] = await until(`${prefix} is there`, async () => {
      const keys = await cloud.keys(prefix);
      return keys.length > 0 && keys;
    });
    const found = await cloud.s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key }));
    assert.deepEqual([found.ServerSideEncryption, found.SSEKMSKeyId], ['aws:kms', KmsKeyId], Key);
  };
  const serve = async (name: string, over: Partial<CreateEndpointConfigCommandInput>) => {
    const config = endpointConfig(name, { v1: { model: 'one', weight: 1 } }, over);
    await cloud.sagemaker.send(new CreateEndpointConfigCommand(config));
    await cloud.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
    assert.equal((await endpointSettles(cloud, name)).EndpointStatus, 'InService');
  };

  it('the output of a transform job', async () => {
    const request = transformJob('secret', 'one', 's3://bench/lines');
    request.TransformOutput = { ...request.TransformOutput, S3OutputPath: 's3://bench/scored/secret', KmsKeyId };
    await cloud.sagemaker.send(new CreateTransformJobCommand(request));
    assert.equal((await transformEnds(cloud, 'secret')).TransformJobStatus, 'Completed');
    await encrypted('scored/secret/');
  });

  it('what it captures of an endpoint', async () => {
    const options = { InitialSamplingPercentage: 100, CaptureOptions: [{ CaptureMode: 'Input' as const }] };
    await serve('seen', { DataCaptureConfig: { DestinationS3Uri: 's3://bench/seen', KmsKeyId, ...options } });
    await cloud.runtime.send(new InvokeEndpointCommand({ EndpointName: 'seen', Body: 'x' }));
    await encrypted('seen/');
  });

  it('answers of an asynchronous endpoint, and its failures', async () => {
    const OutputConfig = { S3OutputPath: 's3://bench/later', S3FailurePath: 's3://bench/failed', KmsKeyId };
    await serve('later', { AsyncInferenceConfig: { OutputConfig } });
    for (const place of ['lines/a.jsonl', 'nothing/here'])
      await cloud.runtime.send(
        new InvokeEndpointAsyncCommand({ EndpointName: 'later', InputLocation: `s3://bench/${place}` }),
      );
    await encrypted('later/');
    await encrypted('failed/');
  });
});
