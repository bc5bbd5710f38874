import assert from 'node:assert/strict';
import { DescribeAlarmsCommand, PutMetricAlarmCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { type LaptopCloud, laptopCloud } from '../support/cloud.ts';

describe('an alarm on the laptop', function () {
  this.timeout(120_000);
  let cloud: LaptopCloud;
  before(async () => {
    cloud = await laptopCloud();
  });

  const put = (model: string, value: number) =>
    cloud.aws.cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: 'LaptopAlarms',
        MetricData: [{ MetricName: 'Quality', Dimensions: [{ Name: 'Model', Value: model }], Value: value }],
      }),
    );
  const state = async () => {
    const found = await cloud.aws.cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: ['laptop-quality'] }));
    return found.MetricAlarms?.[0]?.StateValue;
  };

  it('goes by the points of its own dimensions, not by all of the name', async () => {
    await cloud.aws.cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'laptop-quality',
        Namespace: 'LaptopAlarms',
        MetricName: 'Quality',
        Dimensions: [{ Name: 'Model', Value: 'ours' }],
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0.5,
      }),
    );
    await put('theirs', 0.9);
    assert.notEqual(await state(), 'ALARM');
    await put('ours', 0.1);
    assert.equal(await state(), 'OK');
    await put('ours', 0.8);
    assert.equal(await state(), 'ALARM');
  });
});
