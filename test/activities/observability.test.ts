import assert from 'node:assert/strict';
import { DescribeAlarmsCommand, GetDashboardCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTopicCommand, ListSubscriptionsByTopicCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import pino from 'pino';
import { notifyActivities } from '../../src/activities/notify.ts';
import { observabilityActivities } from '../../src/activities/observability.ts';
import { alarmPrefix } from '../../src/aws/alarms.ts';
import { publish } from '../../src/aws/publish.ts';
import { createStore } from '../../src/aws/store.ts';
import { runActivity } from '../support/activity.ts';
import { type LaptopCloud, laptopCloud } from '../support/cloud.ts';
import { tinyFrozen } from '../support/plan.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:told';

describe('observability', () => {
  let laptop: LaptopCloud;
  let ensure: (model: string, monitor: Record<string, unknown>) => Promise<{ topicArn: string; dashboard: string }>;
  let tell: (topicArn: string, subject: string, message: string) => Promise<void>;

  const told = async (topicArn: string) => {
    const { Subscriptions = [] } = await laptop.aws.sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }),
    );
    return Subscriptions.map(({ Protocol, Endpoint }) => `${Protocol} ${Endpoint}`).sort();
  };
  const alarms = async (model: string) => {
    const describe = new DescribeAlarmsCommand({ AlarmNamePrefix: alarmPrefix(model) });
    return (await laptop.aws.cloudWatch.send(describe)).MetricAlarms ?? [];
  };

  before(async function () {
    this.timeout(180_000);
    laptop = await laptopCloud();
    const { aws, config } = laptop;
    const deps = { aws, config, store: createStore(aws.s3, config.bucket), log: pino({ level: 'silent' }) };
    const { ensureObservability } = observabilityActivities(deps);
    const { notify } = notifyActivities(deps);
    ensure = (model, monitor) =>
      runActivity(ensureObservability, { frozen: tinyFrozen({ model, monitor }), endpoint: 'no-such-endpoint' });
    tell = (topicArn, subject, message) => runActivity(notify, { frozen: tinyFrozen(), topicArn, subject, message });
  });

  it('is a topic with the subscribers of the plan, alarms that tell it, and a dashboard', async () => {
    const { topicArn, dashboard } = await ensure('watched', {
      notify: ['mailto:ops@example.com', QUEUE],
      quality: [{ metric: 'auc', min: 0.6 }],
    });
    assert.deepEqual(await told(topicArn), ['email ops@example.com', `sqs ${QUEUE}`]);

    const found = await alarms('watched');
    assert.deepEqual(found.map(({ AlarmName }) => AlarmName).sort(), [
      'perennial/watched/data',
      'perennial/watched/drift',
      'perennial/watched/quality/auc-min',
      'perennial/watched/service',
      'perennial/watched/silence',
      'perennial/watched/skew',
    ]);
    for (const { AlarmActions } of found) assert.deepEqual(AlarmActions, [topicArn]);

    const get = new GetDashboardCommand({ DashboardName: dashboard });
    const { DashboardBody } = await laptop.aws.cloudWatch.send(get);
    assert.ok(JSON.parse(DashboardBody ?? '{}').widgets.length > 5);
  });

  it('changes nothing when it is made again', async () => {
    const monitor = { notify: ['mailto:ops@example.com'], quality: [{ metric: 'auc', min: 0.6 }] };
    const first = await ensure('again', monitor);
    assert.deepEqual(await ensure('again', monitor), first);
    assert.deepEqual(await told(first.topicArn), ['email ops@example.com']);
    assert.equal((await alarms('again')).length, 6);
  });

  it('follows the plan: who left is told no more, and what is no longer asked for has no alarm', async () => {
    const { topicArn } = await ensure('changing', {
      notify: ['mailto:old@example.com'],
      quality: [{ metric: 'auc', min: 0.6 }],
    });
    const byHand = {
      TopicArn: topicArn,
      Protocol: 'lambda',
      Endpoint: 'arn:aws:lambda:us-east-1:000000000000:function:f',
    };
    await laptop.aws.sns.send(new SubscribeCommand(byHand));
    const theirs = {
      AlarmName: 'perennial/changing-too/drift',
      Namespace: 'X',
      MetricName: 'Y',
      Statistic: 'Sum',
    } as const;
    const rest = { Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'LessThanThreshold' } as const;
    await laptop.aws.cloudWatch.send(new PutMetricAlarmCommand({ ...theirs, ...rest }));

    await ensure('changing', { notify: ['mailto:new@example.com'], quality: [{ metric: 'auc', max: 0.9 }] });
    assert.deepEqual(await told(topicArn), ['email new@example.com', `lambda ${byHand.Endpoint}`]);
    const names = (await alarms('changing')).map(({ AlarmName }) => AlarmName);
    assert.ok(names.includes('perennial/changing/quality/auc-max'));
    assert.ok(!names.includes('perennial/changing/quality/auc-min'));
    assert.equal((await alarms('changing-too')).length, 1);
  });

  it('alarms by what a pass found, kind by kind', async () => {
    await ensure('finding', {});
    const found = (kind: string, value: number) => ({ name: 'Findings', value, dimensions: { Kind: kind } });
    await publish(laptop.aws.cloudWatch, 'finding', new Date(), [
      found('data', 2),
      found('drift', 0),
      found('skew', 0),
    ]);
    const states = Object.fromEntries(
      (await alarms('finding')).map(({ AlarmName = '', StateValue }) => [AlarmName.split('/').at(-1), StateValue]),
    );
    assert.deepEqual([states.data, states.drift, states.skew], ['ALARM', 'OK', 'OK']);
  });

  it("leaves another model's topic alone, and says so", async () => {
    const Tags = [{ Key: 'perennial:model', Value: 'somebody-else' }];
    await laptop.aws.sns.send(new CreateTopicCommand({ Name: 'perennial-foreign', Tags }));
    await assert.rejects(ensure('foreign', {}), {
      type: 'NameTaken',
      message: /its tag perennial:model is somebody-else/,
    });
  });

  it('tells people through the topic, with the model in the subject and its owner in the message', async () => {
    const sqs = new SQSClient({ region: laptop.config.region });
    try {
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'told' }));
      const { topicArn } = await ensure('telling', { notify: [QUEUE] });
      await tell(topicArn, 'approve version 2 – it waits', `https://example.com/report\n${'é'.repeat(200_000)}`);
      const receive = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 });
      const { Messages = [] } = await sqs.send(receive);
      const { Subject, Message } = JSON.parse(Messages[0]?.Body ?? '{}');
      assert.equal(Subject, '[tiny] approve version 2 - it waits');
      assert.match(Message, /^https:\/\/example\.com\/report\n/);
      assert.ok(Buffer.byteLength(Message) <= 262_144);
      assert.match(Message, /Owner: Tests, tests@example\.com/);
    } finally {
      sqs.destroy();
    }
  });

  it('says for good that a topic is not there', async () => {
    const missing = 'arn:aws:sns:us-east-1:000000000000:perennial-nobody';
    await assert.rejects(tell(missing, 's', 'm'), { nonRetryable: true, message: /Publish arn:aws:sns:.*nobody/ });
  });
});
