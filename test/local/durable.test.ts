import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateApiKeyCommand,
  CreateRestApiCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  GetApiKeyCommand,
  GetRestApiCommand,
  GetUsagePlanKeysCommand,
} from '@aws-sdk/client-api-gateway';
import {
  DescribeAlarmsCommand,
  GetDashboardCommand,
  GetMetricStatisticsCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateDatabaseCommand, CreateTableCommand, GetTableCommand } from '@aws-sdk/client-glue';
import { CreateRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import {
  CreateTopicCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Child, type ChildSpec } from '../../local/child.ts';
import { ANY_PORTS } from '../../local/cloud.ts';
import { cloudEnv, LAMBDA_ROLE } from '../../local/environment.ts';
import { openHome } from '../../local/home.ts';
import { choosePorts } from '../../local/ports.ts';
import { startReaper } from '../../local/reap.ts';
import { awsSpec } from '../../local/services.ts';
import { type Clients, createClients } from '../../src/aws/clients.ts';
import { zipped } from '../../src/aws/gateway-code.ts';
import { until } from '../support/until.ts';

const Bucket = 'kept';
const group = { logGroupName: '/kept', logStreamName: 'lines' };
const alarm = { AlarmName: 'kept', Namespace: 'Kept', MetricName: 'Rows', Statistic: 'Sum' as const };

describe('AWS on a laptop, killed as soon as it has answered', () => {
  let root: string;
  let aws: Clients;
  let iam: IAMClient;
  let logs: CloudWatchLogsClient;
  let sqs: SQSClient;
  let emulator: Child;
  let spec: ChildSpec;
  const reaper = startReaper();

  const kill = async () => {
    const { pid } = emulator;
    process.kill(pid ?? 0, 'SIGKILL');
    await until('another process', () => emulator.pid !== pid);
    await until('it to serve', () =>
      spec
        .healthy?.()
        .then(() => true)
        .catch(() => false),
    );
  };

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'perennial-durable-'));
    const ports = await choosePorts(ANY_PORTS);
    const env: Record<string, string> = { ...cloudEnv(ports), AWS_ENDPOINT_URL_GLUE: `http://127.0.0.1:${ports.aws}` };
    spec = { ...awsSpec({ home: openHome(root), ports, env }), steadyMs: 0 };
    emulator = new Child(spec, reaper, {
      say: () => {},
      started: () => {},
      gaveUp: assert.fail,
    });
    await emulator.start();
    Object.assign(process.env, env);
    const options = { region: 'us-east-1' };
    aws = createClients(options.region);
    [iam, logs, sqs] = [new IAMClient(options), new CloudWatchLogsClient(options), new SQSClient(options)];
  });
  after(async () => {
    for (const client of [...Object.values(aws), iam, logs, sqs]) client.destroy();
    await emulator.stop();
    await reaper.stop();
    await rm(root, { recursive: true, force: true });
  });

  it('has kept roles, functions, APIs with their keys, tables, topics with their subscribers, queues and messages', async () => {
    const [role] = await Promise.all([
      iam.send(new CreateRoleCommand({ RoleName: LAMBDA_ROLE, AssumeRolePolicyDocument: '{}' })),
      aws.glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'kept' } })),
    ]);
    const code = new TextEncoder().encode("exports.handler = async () => 'kept';");
    const [topic, queue, api, key, plan] = await Promise.all([
      aws.sns.send(new CreateTopicCommand({ Name: 'kept' })),
      sqs.send(new CreateQueueCommand({ QueueName: 'kept' })),
      aws.apiGateway.send(new CreateRestApiCommand({ name: 'kept' })),
      aws.apiGateway.send(new CreateApiKeyCommand({ name: 'kept', value: 'a-key-of-twenty-letters', enabled: true })),
      aws.apiGateway.send(new CreateUsagePlanCommand({ name: 'kept', throttle: { rateLimit: 7, burstLimit: 8 } })),
      aws.glue.send(new CreateTableCommand({ DatabaseName: 'kept', TableInput: { Name: 'rows' } })),
      aws.lambda.send(
        new CreateFunctionCommand({
          FunctionName: 'kept',
          Role: role.Role?.Arn,
          Runtime: 'nodejs20.x',
          Handler: 'index.handler',
          Code: { ZipFile: zipped(code).zip },
        }),
      ),
    ]);
    const Endpoint = 'arn:aws:sqs:us-east-1:000000000000:kept';
    await Promise.all([
      aws.sns.send(new SubscribeCommand({ TopicArn: topic.TopicArn, Protocol: 'sqs', Endpoint })),
      aws.apiGateway.send(new CreateUsagePlanKeyCommand({ usagePlanId: plan.id, keyId: key.id, keyType: 'API_KEY' })),
      sqs.send(new SendMessageCommand({ QueueUrl: queue.QueueUrl, MessageBody: 'sent' })),
    ]);
    await kill();

    assert.ok((await iam.send(new GetRoleCommand({ RoleName: LAMBDA_ROLE }))).Role);
    assert.ok((await aws.glue.send(new GetTableCommand({ DatabaseName: 'kept', Name: 'rows' }))).Table);
    const made = await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'kept' }));
    assert.deepEqual([made.State, made.LastUpdateStatus], ['Active', 'Successful']);
    const { Payload } = await aws.lambda.send(new InvokeCommand({ FunctionName: 'kept' }));
    assert.equal(new TextDecoder().decode(Payload), '"kept"');
    assert.equal((await aws.apiGateway.send(new GetRestApiCommand({ restApiId: api.id }))).name, 'kept');
    assert.equal(
      (await aws.apiGateway.send(new GetApiKeyCommand({ apiKey: key.id, includeValue: true }))).value,
      'a-key-of-twenty-letters',
    );
    const { items } = await aws.apiGateway.send(new GetUsagePlanKeysCommand({ usagePlanId: plan.id }));
    assert.deepEqual(
      items?.map(({ id }) => id),
      [key.id],
    );

    const { TopicArn } = topic;
    const { Subscriptions } = await aws.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    assert.deepEqual(
      Subscriptions?.map((each) => each.Endpoint),
      [Endpoint],
    );
    await aws.sns.send(new PublishCommand({ TopicArn, Message: 'published' }));
    const bodies = await until('both messages', async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queue.QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
      );
      return Messages.length === 2 && Messages.map(({ Body }) => Body ?? '');
    });
    assert.ok(bodies.includes('sent') && bodies.some((body) => body.includes('published')));
  });

  it('has each measurement and each line of a log, once, however often it is killed', async () => {
    const at = new Date(Date.now() - 60_000);
    const measure = (Value: number) =>
      aws.cloudWatch.send(
        new PutMetricDataCommand({ Namespace: 'Kept', MetricData: [{ MetricName: 'Rows', Value, Timestamp: at }] }),
      );
    const say = (message: string) =>
      logs.send(new PutLogEventsCommand({ ...group, logEvents: [{ timestamp: Date.now(), message }] }));

    await logs.send(new CreateLogGroupCommand(group));
    await logs.send(new CreateLogStreamCommand(group));
    await Promise.all([measure(1), say('one')]);
    await kill();
    await aws.cloudWatch.send(new PutDashboardCommand({ DashboardName: 'kept', DashboardBody: '{"widgets":[]}' }));
    await aws.cloudWatch.send(
      new PutMetricAlarmCommand({
        ...alarm,
        ComparisonOperator: 'GreaterThanThreshold',
        ...{ Threshold: 1e9, Period: 60, EvaluationPeriods: 1, ActionsEnabled: false },
      }),
    );
    await aws.cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName: 'kept', StateValue: 'ALARM', StateReason: 'to see it kept' }),
    );
    await Promise.all([measure(2), say('two')]);
    await kill();
    await Promise.all([measure(4), say('three')]);
    await kill();

    const { Datapoints } = await aws.cloudWatch.send(
      new GetMetricStatisticsCommand({
        ...{ Namespace: 'Kept', MetricName: 'Rows', Period: 3_600, Statistics: ['Sum', 'SampleCount'] },
        StartTime: new Date(at.getTime() - 3_600_000),
        EndTime: new Date(),
      }),
    );
    const sum = (of: 'Sum' | 'SampleCount') => Datapoints?.reduce((total, point) => total + (point[of] ?? 0), 0);
    assert.deepEqual([sum('Sum'), sum('SampleCount')], [7, 3]);
    const { events } = await logs.send(new GetLogEventsCommand({ ...group, startFromHead: true }));
    assert.deepEqual(
      events?.map(({ message }) => message),
      ['one', 'two', 'three'],
    );
    assert.equal((await aws.cloudWatch.send(new GetDashboardCommand({ DashboardName: 'kept' }))).DashboardName, 'kept');
    const { MetricAlarms } = await aws.cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: ['kept'] }));
    assert.equal(MetricAlarms?.[0]?.Threshold, 1e9);
  });

  it('has objects whole, with their versions, and goes on with an upload in parts', async () => {
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    await aws.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const put = (Body: string) =>
      aws.s3.send(new PutObjectCommand({ Bucket, Key: 'one', Body, ContentType: 'text/plain' }));
    const [first, second] = [await put('first'), await put('second')];
    const part = { Bucket, Key: 'parts' };
    const { UploadId } = await aws.s3.send(new CreateMultipartUploadCommand(part));
    const sent = async (PartNumber: number, Body: string) => {
      const { ETag } = await aws.s3.send(new UploadPartCommand({ ...part, UploadId, PartNumber, Body }));
      return { PartNumber, ETag };
    };
    const one = await sent(1, 'x'.repeat(5 * 2 ** 20));
    await kill();

    const two = await sent(2, 'the end');
    await kill();
    await aws.s3.send(
      new CompleteMultipartUploadCommand({ ...part, UploadId, MultipartUpload: { Parts: [one, two] } }),
    );
    await aws.s3.send(new DeleteObjectCommand({ Bucket, Key: 'one' }));
    await kill();
    const whole = await aws.s3.send(new GetObjectCommand(part));
    assert.match((await whole.Body?.transformToString()) ?? '', /^x{5242880}the end$/);
    const { Versions, DeleteMarkers } = await aws.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'one' }));
    assert.deepEqual(
      Versions?.map(({ VersionId }) => VersionId),
      [second.VersionId, first.VersionId],
    );
    assert.deepEqual(
      DeleteMarkers?.map(({ IsLatest }) => IsLatest),
      [true],
    );
    const old = await aws.s3.send(new GetObjectCommand({ Bucket, Key: 'one', VersionId: first.VersionId }));
    assert.equal(await old.Body?.transformToString(), 'first');
    assert.equal(old.ContentType, 'text/plain');
  });
});
