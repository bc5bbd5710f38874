import assert from 'node:assert/strict';
import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateEndpointCommand, CreateEndpointConfigCommand, DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { until } from './helpers.ts';
import { createModel, endpointConfig, endpointSettles } from './requests.ts';

describe('what an endpoint on the SageMaker server leaves to look at', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud();
    await createModel(cloud, 'one', { answer: 'one' });
    const variants = { v1: { model: 'one', weight: 1 } };
    for (const [name, percentage] of Object.entries({ all: 100, none: 0 })) {
      const capture = {
        EnableCapture: true,
        InitialSamplingPercentage: percentage,
        DestinationS3Uri: `s3://bench/capture-${name}`,
        CaptureOptions: [{ CaptureMode: 'Input' as const }, { CaptureMode: 'Output' as const }],
        CaptureContentTypeHeader: { JsonContentTypes: ['application/json'], CsvContentTypes: ['text/csv'] },
      };
      const config = endpointConfig(name, variants, { DataCaptureConfig: capture });
      await cloud.sagemaker.send(new CreateEndpointConfigCommand(config));
      await cloud.sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
      await endpointSettles(cloud, name);
    }
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  const invoke = (EndpointName: string, Body: string | Uint8Array, over = {}) =>
    cloud.runtime.send(new InvokeEndpointCommand({ EndpointName, Body, ContentType: 'application/json', ...over }));
  const captured = async (name: string) => {
    const keys = await cloud.keys(`capture-${name}/`);
    const files = await Promise.all(keys.map((key) => cloud.get(key)));
    const lines = files.flatMap((file) => file.toString().trimEnd().split('\n'));
    return { keys, lines: lines.map((line) => JSON.parse(line)) };
  };

  it("keeps input and output of each request in S3, in SageMaker's layout and format", async () => {
    const before = Date.now();
    await invoke('all', '{"a":1}', { InferenceId: 'my-id', CustomAttributes: 'trace=7' });
    const { keys, lines } = await until('it is captured', async () => {
      const found = await captured('all');
      return found.lines.length === 1 && found;
    });
    assert.match(
      keys[0] ?? '',
      /^capture-all\/all\/v1\/\d{4}\/\d\d\/\d\d\/\d\d\/\d\d-\d\d-\d{3}-[0-9a-f-]{36}\.jsonl$/,
    );
    const [line] = lines;
    const at = new Date(line.eventMetadata.inferenceTime);
    assert.ok(at.getTime() >= before - 1000 && at.getTime() <= Date.now() + 1000);
    assert.equal(keys[0]?.split('/').slice(3, 7).join('-'), at.toISOString().slice(0, 13).replace('T', '-'));
    const { eventId, inferenceTime, ...rest } = line.eventMetadata;
    assert.match(eventId, /^[0-9a-f-]{36}$/);
    assert.match(inferenceTime, /Z$/);
    assert.deepEqual(rest, { customAttributes: ['trace=7'], inferenceId: 'my-id' });
    assert.equal(line.eventVersion, '0');
    assert.deepEqual(line.captureData.endpointInput, {
      observedContentType: 'application/json',
      mode: 'INPUT',
      data: '{"a":1}',
      encoding: 'JSON',
    });
    const { data, ...output } = line.captureData.endpointOutput;
    assert.deepEqual(output, { observedContentType: 'application/json', mode: 'OUTPUT', encoding: 'JSON' });
    assert.equal(JSON.parse(data).body, '{"a":1}');
  });

  it('keeps CSV as text and other types in base64, and nothing of a request that failed', async () => {
    const known = (await captured('all')).lines.length;
    await assert.rejects(invoke('all', 'REFUSE'));
    await invoke('all', '1,2', { ContentType: 'text/csv' });
    await invoke('all', 'plain', { ContentType: 'text/plain' });
    const lines = await until('both are captured', async () => {
      const found = (await captured('all')).lines;
      return found.length >= known + 2 && found;
    });
    assert.equal(lines.length, known + 2);
    const inputs = lines.map((line) => line.captureData.endpointInput);
    assert.ok(inputs.some(({ data, encoding }) => encoding === 'CSV' && data === '1,2'));
    assert.ok(inputs.some(({ data, encoding }) => encoding === 'BASE64' && data === btoa('plain')));
  });

  it('keeps nothing at a sampling percentage of 0, and says so in the endpoint', async () => {
    await invoke('none', '{}');
    await invoke('all', '{"after":"none"}');
    await until('the later one is captured', async () =>
      (await captured('all')).lines.some((line) => line.captureData.endpointInput.data.includes('after')),
    );
    assert.deepEqual(await cloud.keys('capture-none/'), []);
    const endpoint = await cloud.sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'none' }));
    assert.equal(endpoint.DataCaptureConfig?.CurrentSamplingPercentage, 0);
    assert.equal(endpoint.DataCaptureConfig?.CaptureStatus, 'Started');
  });

  it('loses no captured request when the server is told to stop', async () => {
    const known = (await captured('all')).lines.length;
    await Promise.all(Array.from({ length: 30 }, (_, index) => invoke('all', `{"last":${index}}`)));
    await cloud.end('SIGTERM');
    assert.equal((await captured('all')).lines.length, known + 30);
    await cloud.start();
    await endpointSettles(cloud, 'all');
  });

  it('counts invocations and errors, and measures latency, so that percentiles can be asked for', async () => {
    await Promise.all(Array.from({ length: 60 }, () => invoke('none', '{}')));
    await assert.rejects(invoke('none', 'REFUSE'));
    await assert.rejects(invoke('none', 'FAIL'));
    const statistic = async (MetricName: string, Namespace = 'AWS/SageMaker') => {
      const found = await cloud.cloudWatch.send(
        new GetMetricStatisticsCommand({
          Namespace,
          MetricName,
          Dimensions: [
            { Name: 'EndpointName', Value: 'none' },
            { Name: 'VariantName', Value: 'v1' },
          ],
          StartTime: new Date(Date.now() - 600_000),
          EndTime: new Date(Date.now() + 60_000),
          Period: 3600,
          Statistics: ['Sum', 'SampleCount'],
          ExtendedStatistics: ['p99'],
        }),
      );
      return found.Datapoints?.reduce((a, b) => ({ ...b, Sum: (a.Sum ?? 0) + (b.Sum ?? 0) }));
    };
    const invocations = await until('all are counted', async () => {
      const found = await statistic('Invocations');
      return (found?.Sum ?? 0) >= 63 && found;
    });
    assert.equal(invocations.Sum, 63);
    assert.equal((await statistic('Invocation4XXErrors'))?.Sum, 1);
    assert.equal((await statistic('Invocation5XXErrors'))?.Sum, 1);
    for (const name of ['ModelLatency', 'OverheadLatency']) {
      const found = await statistic(name);
      assert.equal(found?.Unit, 'Microseconds');
      assert.ok((found?.ExtendedStatistics?.p99 ?? 0) > 0, name);
    }
    for (const name of ['CPUUtilization', 'MemoryUtilization'])
      await until(name, async () => (await statistic(name, '/aws/sagemaker/Endpoints'))?.ExtendedStatistics);
    assert.ok(((await statistic('MemoryUtilization', '/aws/sagemaker/Endpoints'))?.Sum ?? 0) > 0);
  });
});
