import assert from 'node:assert/strict';
import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { readResources } from '../../src/aws/resource-metrics.ts';
import { type LaptopCloud, laptopCloud } from '../support/cloud.ts';

describe('what instances are busy with', function () {
  this.timeout(120_000);
  let cloud: LaptopCloud;
  before(async () => {
    cloud = await laptopCloud();
  });

  it('is the busiest hour of the window, in the mean of its minutes, and nothing where nothing was measured', async () => {
    const where = { endpoint: 'busy-rides', variant: 'v2' };
    const start = Math.floor(Date.now() / 3_600_000 - 4) * 3_600_000;
    const put = (MetricName: string, minute: number, Value: number, variant = where.variant) =>
      cloud.aws.cloudWatch.send(
        new PutMetricDataCommand({
          Namespace: '/aws/sagemaker/Endpoints',
          MetricData: [
            {
              ...{ MetricName, Value, Unit: 'Percent', Timestamp: new Date(start + minute * 60_000) },
              Dimensions: [
                { Name: 'EndpointName', Value: where.endpoint },
                { Name: 'VariantName', Value: variant },
              ],
            },
          ],
        }),
      );
    await put('CPUUtilization', 10, 40);
    await put('CPUUtilization', 70, 150);
    await put('CPUUtilization', 80, 190);
    await put('CPUUtilization', 130, 60);
    await put('CPUUtilization', 200, 900);
    await put('CPUUtilization', 70, 900, 'v1');
    await put('MemoryUtilization', 70, 35);
    const [from, to] = [new Date(start), new Date(start + 3 * 3_600_000)];
    const found = await readResources(cloud.aws.cloudWatch, where, from, to);
    assert.deepEqual(found, { cpuPercent: 170, memoryPercent: 35 });
    const none = await readResources(cloud.aws.cloudWatch, { ...where, variant: 'v9' }, from, to);
    assert.deepEqual(none, { cpuPercent: undefined, memoryPercent: undefined });
  });
});
