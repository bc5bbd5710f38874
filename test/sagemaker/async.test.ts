import assert from 'node:assert/strict';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  DeleteEndpointCommand,
  DescribeEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import {
  InvokeEndpointAsyncCommand,
  type InvokeEndpointAsyncCommandInput,
  InvokeEndpointCommand,
} from '@aws-sdk/client-sagemaker-runtime';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { until } from './helpers.ts';
import { createModel, endpointConfig, endpointSettles } from './requests.ts';

describe('an asynchronous endpoint on the SageMaker server', () => {
  let cloud: Cloud;
  let queue: string;
  let sqs: SQSClient;
  before(async () => {
    cloud = await startCloud(['--drain-timeout', '0.1']);
    await createModel(cloud, 'one', { answer: 'one' }, { SLOW_SECONDS: '3600' });
    const options = {
      region: 'us-east-1',
      endpoint: cloud.aws,
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    };
    sqs = new SQSClient(options);
    const sns = new SNSClient(options);
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'results' }));
    queue = (await sqs.send(new CreateQueueCommand({ QueueName: 'results' }))).QueueUrl as string;
    const about = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames: ['QueueArn'] }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: about.Attributes?.QueueArn }));
    const variants = { v1: { model: 'one', weight: 1 } };
    await cloud.sagemaker.send(
      new CreateEndpointConfigCommand({
        ...endpointConfig('later', variants),
        AsyncInferenceConfig: {
          ClientConfig: { MaxConcurrentInvocationsPerInstance: 1 },
          OutputConfig: {
            S3OutputPath: 's3://bench/answers',
            S3FailurePath: 's3://bench/failures',
            NotificationConfig: { SuccessTopic: TopicArn, ErrorTopic: TopicArn },
          },
        },
      }),
    );
    await cloud.sagemaker.send(new CreateEndpointConfigCommand(endpointConfig('now', variants)));
    for (const name of ['later', 'now'])
      await cloud.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
    for (const name of ['later', 'now']) assert.equal((await endpointSettles(cloud, name)).EndpointStatus, 'InService');
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  const invoke = (over: Partial<InvokeEndpointAsyncCommandInput>) =>
    cloud.runtime.send(
      new InvokeEndpointAsyncCommand({ EndpointName: 'later', ContentType: 'application/json', ...over } as never),
    );
  const key = (uri?: string) => uri?.replace('s3://bench/', '') ?? '';
  const text = (uri?: string) => until(`${uri} is there`, async () => (await cloud.get(key(uri))).toString());
  const told = (inferenceId: string) =>
    until(`word of ${inferenceId}`, async () => {
      const found = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queue, VisibilityTimeout: 0, MaxNumberOfMessages: 10 }),
      );
      const words = (found.Messages ?? []).map((each) => JSON.parse(JSON.parse(each.Body ?? '').Message));
      return words.find((word) => word.inferenceId === inferenceId);
    });

  it('takes a request from S3, answers there, and sends word of it', async () => {
    const InputLocation = await cloud.put('inputs/a.json', '{"a":1}');
    const taken = await invoke({
      InputLocation,
      InferenceId: 'a-1',
      Accept: 'application/json',
      CustomAttributes: 't=7',
    });
    assert.equal(taken.$metadata.httpStatusCode, 202);
    assert.equal(taken.InferenceId, 'a-1');
    assert.equal(taken.OutputLocation, 's3://bench/answers/a-1.out');
    assert.equal(taken.FailureLocation, 's3://bench/failures/a-1-error.out');
    const { pid: _, ...seen } = JSON.parse(await text(taken.OutputLocation));
    assert.deepEqual(seen, {
      answer: 'one',
      body: '{"a":1}',
      accept: 'application/json',
      type: 'application/json',
      attributes: 't=7',
      mine: 'yes',
    });
    const word = await told('a-1');
    assert.equal(word.invocationStatus, 'Completed');
    assert.equal(word.responseParameters.outputLocation, taken.OutputLocation);
    assert.equal(word.requestParameters.endpointName, 'later');
  });

  it("takes the object's type where the request names none", async () => {
    const typeOf = async (InputLocation: string) => {
      const { OutputLocation } = await invoke({ InputLocation, ContentType: undefined });
      return JSON.parse(await text(OutputLocation)).type;
    };
    assert.equal(await typeOf(await cloud.put('inputs/typed', '1', 'text/csv')), 'text/csv');
    assert.equal(await typeOf(await cloud.put('inputs/untyped', '1')), 'application/octet-stream');
  });

  it('takes a small request as it comes, and names of outputs', async () => {
    const taken = await invoke({ Body: '{"b":2}', Filename: 'b.json', S3OutputPathExtension: 'deep/er/' } as never);
    assert.match(taken.InferenceId ?? '', /^[0-9a-f-]{36}$/);
    assert.equal(taken.OutputLocation, 's3://bench/answers/deep/er/b.json');
    assert.equal(JSON.parse(await text(taken.OutputLocation)).body, '{"b":2}');
  });

  it('puts why there is no answer where failures go', async () => {
    const refused = await invoke({ InputLocation: await cloud.put('inputs/r', 'REFUSE'), InferenceId: 'r-1' });
    assert.match(
      await text(refused.FailureLocation),
      /^Received client error \(400\) from primary .*expected a number/,
    );
    const word = await told('r-1');
    assert.equal(word.invocationStatus, 'Failed');
    assert.match(word.failureReason, /^Received client error/);
    const absent = await invoke({ InputLocation: 's3://bench/inputs/nothing' });
    assert.match(
      await text(absent.FailureLocation),
      /^Failed to download input data from s3:\/\/bench\/inputs\/nothing/,
    );
    const late = await invoke({ Body: 'SLOW', InvocationTimeoutSeconds: 1 } as never);
    assert.match(await text(late.FailureLocation), /Your invocation timed out/);
    assert.deepEqual(await cloud.keys('answers/r-1'), []);
  });

  it('goes on after the server was killed with requests that wait', async () => {
    // The first takes the only place, so the second waits.
    await invoke({ Body: 'SLOW', InvocationTimeoutSeconds: 2 } as never);
    const waiting = await invoke({ Body: '{"c":3}', InferenceId: 'c-1' } as never);
    await cloud.end('SIGKILL');
    await cloud.start();
    assert.equal(JSON.parse(await text(waiting.OutputLocation)).body, '{"c":3}');
  });

  it('refuses InvokeEndpoint, and other endpoints refuse its way', async () => {
    await endpointSettles(cloud, 'later');
    await endpointSettles(cloud, 'now');
    await assert.rejects(cloud.runtime.send(new InvokeEndpointCommand({ EndpointName: 'later', Body: 'x' })), {
      name: 'ValidationError',
      message: /asynchronous/,
    });
    const bad = (over: object, message: RegExp) => assert.rejects(invoke(over), { name: 'ValidationError', message });
    await bad({ EndpointName: 'now', Body: 'x' }, /not an asynchronous endpoint/);
    await bad({ EndpointName: 'nobody', Body: 'x' }, /^Endpoint nobody of account 000000000000 not found\.$/);
    await bad({}, /exactly one of InputLocation and Body/);
    await bad({ Body: 'x', InputLocation: 's3://bench/a' }, /exactly one of InputLocation and Body/);
    await bad({ Body: 'x', RequestTTLSeconds: 5 }, /greater than or equal to 60/);
    await bad({ InputLocation: 'ftp://x' }, /'inputLocation' failed to satisfy constraint/);
  });

  it('tells its configuration, and can be deleted', async () => {
    const endpoint = await cloud.sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'later' }));
    assert.equal(endpoint.AsyncInferenceConfig?.OutputConfig?.S3OutputPath, 's3://bench/answers');
    await cloud.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'later' }));
    await assert.rejects(invoke({ Body: 'x' } as never), { name: 'ValidationError' });
  });
});
