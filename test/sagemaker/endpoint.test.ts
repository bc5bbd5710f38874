import assert from 'node:assert/strict';
import { PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { alive, until } from './helpers.ts';
import { createModel, endpointConfig, endpointSettles } from './requests.ts';

describe('an endpoint on the SageMaker server', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud(['--invocation-timeout', '3']);
    await createModel(cloud, 'one', { answer: 'one' }, { SLOW_SECONDS: '20' });
    await createModel(cloud, 'two', { answer: 'two' });
    await createModel(cloud, 'sick', { answer: 'sick', start: 'never' });
    await config('only-one', { v1: { model: 'one', weight: 1 } });
    await config('both', { v1: { model: 'one', weight: 90 }, v2: { model: 'two', weight: 10 } });
    await config('with-sick', { v1: { model: 'one', weight: 1 }, v3: { model: 'sick', weight: 1 } });
    await cloud.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'live', EndpointConfigName: 'only-one' }));
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  const config = (name: string, variants: Record<string, { model: string; weight: number }>) =>
    cloud.sagemaker.send(new CreateEndpointConfigCommand(endpointConfig(name, variants)));
  const invoke = (body: string, over = {}) =>
    cloud.runtime.send(
      new InvokeEndpointCommand({ EndpointName: 'live', Body: body, ContentType: 'application/json', ...over }),
    );
  const ask = async (body: string, over = {}) => JSON.parse((await invoke(body, over)).Body?.transformToString() ?? '');
  const describeLive = () => cloud.sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'live' }));
  const update = (EndpointConfigName: string, over = {}) =>
    cloud.sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'live', EndpointConfigName, ...over }));

  it('serves once its container answers /ping, and tells what it deployed', async () => {
    const endpoint = await endpointSettles(cloud, 'live');
    assert.equal(endpoint.EndpointStatus, 'InService', endpoint.FailureReason);
    assert.equal(endpoint.EndpointConfigName, 'only-one');
    const [variant] = endpoint.ProductionVariants ?? [];
    assert.deepEqual(
      [variant?.VariantName, variant?.CurrentWeight, variant?.DesiredInstanceCount, variant?.CurrentInstanceCount],
      ['v1', 1, 2, 2],
    );
  });

  it('passes a request on as it came, and the answer back with the variant that gave it', async () => {
    const answer = await invoke('{"a":1}', { Accept: 'application/json', CustomAttributes: 'trace=7' });
    assert.equal(answer.InvokedProductionVariant, 'v1');
    assert.match(answer.$metadata.requestId ?? '', /^[0-9a-f-]{36}$/);
    assert.equal(answer.ContentType, 'application/json');
    assert.equal(answer.CustomAttributes, 'echo trace=7');
    const { pid, ...seen } = JSON.parse(answer.Body?.transformToString() ?? '');
    assert.ok(alive(pid));
    assert.deepEqual(seen, {
      answer: 'one',
      body: '{"a":1}',
      accept: 'application/json',
      type: 'application/json',
      attributes: 'trace=7',
      mine: 'yes',
    });
  });

  it("gives the container's refusals and failures as ModelError", async () => {
    await assert.rejects(invoke('REFUSE'), {
      name: 'ModelError',
      OriginalStatusCode: 400,
      OriginalMessage: '{"error":{"message":"instances[0].distance: expected a number"}}',
      LogStreamArn: /log-group:\/aws\/sagemaker\/Endpoints\/live$/,
      message: /^Received client error \(400\) from primary with message/,
    });
    await assert.rejects(invoke('FAIL'), { name: 'ModelError', OriginalStatusCode: 500, OriginalMessage: 'it broke' });
  });

  it('gives up on a container that takes too long', async () => {
    await assert.rejects(invoke('SLOW'), {
      name: 'ModelError',
      OriginalStatusCode: 0,
      OriginalMessage: /^Your invocation timed out while waiting for a response from container primary/,
    });
  });

  it('refuses a body over 6 MB, an unknown variant, an unknown endpoint and a bad inference id', async () => {
    await assert.rejects(
      invoke('x'.repeat(6 * 1024 * 1024 + 1)),
      (error: { $metadata: { httpStatusCode: number } }) => {
        assert.equal(error.$metadata.httpStatusCode, 413);
        return true;
      },
    );
    await assert.rejects(invoke('x', { TargetVariant: 'v9' }), { name: 'ValidationError', message: /v9/ });
    await assert.rejects(invoke('x', { EndpointName: 'nobody' }), {
      name: 'ValidationError',
      message: 'Endpoint nobody of account 000000000000 not found.',
    });
    await assert.rejects(invoke('x', { InferenceId: 'i'.repeat(65) }), {
      name: 'ValidationError',
      message: /'inferenceId' failed to satisfy constraint: Member must have length less than or equal to 64/,
    });
  });

  it('starts a container again that ended', async () => {
    const { pid } = await ask('x');
    await assert.rejects(invoke('BREAK'), { name: 'ServiceUnavailable' });
    const after = await until('it serves again', () => ask('x'));
    assert.notEqual(after.pid, pid);
    assert.equal((await describeLive()).EndpointStatus, 'InService');
  });

  it('moves to another config without failing a request, and ends the old container', async () => {
    const { pid } = await ask('x');
    let asking = true;
    const answers: string[] = [];
    const load = Array.from({ length: 4 }, async () => {
      while (asking) answers.push((await ask('x')).answer);
    });
    await update('both');
    assert.equal((await describeLive()).EndpointStatus, 'Updating');
    await assert.rejects(update('only-one'), {
      name: 'ValidationException',
      message: /^Cannot update in-progress endpoint "arn:aws:sagemaker:us-east-1:000000000000:endpoint\/live"\.$/,
    });
    const endpoint = await endpointSettles(cloud, 'live');
    asking = false;
    await Promise.all(load);
    assert.equal(endpoint.EndpointConfigName, 'both');
    assert.deepEqual(
      endpoint.ProductionVariants?.map((each) => [each.VariantName, each.CurrentWeight]),
      [
        ['v1', 90],
        ['v2', 10],
      ],
    );
    assert.ok(answers.length > 0);
    await until('the old container is gone', () => !alive(pid));
  });

  it('routes by weight, and by TargetVariant whatever the weight', async () => {
    assert.equal((await ask('x', { TargetVariant: 'v2' })).answer, 'two');
    const weigh = (v1: number, v2: number) =>
      cloud.sagemaker.send(
        new UpdateEndpointWeightsAndCapacitiesCommand({
          EndpointName: 'live',
          DesiredWeightsAndCapacities: [
            { VariantName: 'v1', DesiredWeight: v1 },
            { VariantName: 'v2', DesiredWeight: v2 },
          ],
        }),
      );
    const share = async () => {
      const answers = await Promise.all(Array.from({ length: 200 }, () => ask('x')));
      return answers.filter(({ answer }) => answer === 'two').length / answers.length;
    };
    const tenth = await share();
    assert.ok(tenth > 0.01 && tenth < 0.25, `10 % wanted, ${tenth} found`);
    await weigh(0, 1);
    await endpointSettles(cloud, 'live');
    assert.equal(await share(), 1);
    assert.equal((await ask('x', { TargetVariant: 'v1' })).answer, 'one');
    await assert.rejects(weigh(0, 0), { name: 'ValidationException', message: /above 0/ });
    await assert.rejects(
      cloud.sagemaker.send(
        new UpdateEndpointWeightsAndCapacitiesCommand({
          EndpointName: 'live',
          DesiredWeightsAndCapacities: [{ VariantName: 'v7', DesiredWeight: 1 }],
        }),
      ),
      { name: 'ValidationException', message: /"v7"/ },
    );
  });

  it('goes back to the old config, InService, when a new container does not come up', async () => {
    await update('with-sick');
    const endpoint = await endpointSettles(cloud, 'live');
    assert.equal(endpoint.EndpointStatus, 'InService');
    assert.equal(endpoint.EndpointConfigName, 'both');
    assert.match(endpoint.FailureReason ?? '', /production variant v3 did not pass the ping health check/);
    assert.equal((await ask('x')).answer, 'two');
    const lines = await cloud.lines('/aws/sagemaker/Endpoints/live', 'v3/');
    assert.ok(lines.some((line) => /ImportError/.test(line)));
  });

  it('keeps weights and counts of the variants that stay, when told to', async () => {
    await config('again', { v1: { model: 'one', weight: 50 }, v2: { model: 'two', weight: 50 } });
    await update('again', { RetainAllVariantProperties: true });
    const kept = await endpointSettles(cloud, 'live');
    assert.equal(kept.EndpointConfigName, 'again');
    assert.deepEqual(
      kept.ProductionVariants?.map((each) => each.CurrentWeight),
      [0, 1],
    );
  });

  it('moves back when an alarm of its deployment is raised while it bakes', async () => {
    const alarm = {
      AlarmName: 'late',
      Namespace: 'x',
      MetricName: 'y',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
    };
    await cloud.cloudWatch.send(
      new PutMetricAlarmCommand({ ...alarm, Statistic: 'Sum', ComparisonOperator: 'GreaterThanThreshold' }),
    );
    const raise = (StateValue: 'ALARM' | 'OK') =>
      cloud.cloudWatch.send(new SetAlarmStateCommand({ AlarmName: 'late', StateValue, StateReason: 'a test' }));
    const DeploymentConfig = {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 1 },
      },
      AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'late' }] },
    } as const;
    await raise('ALARM');
    await update('only-one', { DeploymentConfig });
    const back = await endpointSettles(cloud, 'live');
    assert.equal(back.EndpointConfigName, 'again');
    assert.match(back.FailureReason ?? '', /alarms are in ALARM state.*late/);
    assert.equal((await ask('x')).answer, 'two');
    await raise('OK');
    await update('only-one', { DeploymentConfig });
    const moved = await endpointSettles(cloud, 'live');
    assert.equal(moved.EndpointConfigName, 'only-one');
    assert.deepEqual(moved.LastDeploymentConfig, DeploymentConfig);
    await update('again', { RetainAllVariantProperties: false });
    await endpointSettles(cloud, 'live');
  });

  it('goes on serving when its config and model are deleted', async () => {
    await cloud.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: 'again' }));
    await cloud.sagemaker.send(new DeleteModelCommand({ ModelName: 'two' }));
    assert.equal((await ask('x', { TargetVariant: 'v2' })).answer, 'two');
  });

  it('is Failed when its first container does not come up, and can only be deleted then', async () => {
    await config('sick-only', { v1: { model: 'sick', weight: 1 } });
    await cloud.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'ill', EndpointConfigName: 'sick-only' }));
    const endpoint = await endpointSettles(cloud, 'ill');
    assert.equal(endpoint.EndpointStatus, 'Failed');
    assert.match(endpoint.FailureReason ?? '', /did not pass the ping health check/);
    await assert.rejects(
      cloud.sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'ill', EndpointConfigName: 'only-one' })),
      { name: 'ValidationException' },
    );
    await cloud.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'ill' }));
    await gone('ill');
  });

  it('ends its containers when it is deleted', async () => {
    const { pid } = await ask('x');
    await cloud.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'live' }));
    await gone('live');
    assert.ok(!alive(pid));
    await assert.rejects(invoke('x'), { name: 'ValidationError' });
  });

  const gone = (EndpointName: string) =>
    until('it is gone', () =>
      cloud.sagemaker.send(new DescribeEndpointCommand({ EndpointName })).then(
        () => false,
        (error: Error) => /^Could not find endpoint "/.test(error.message),
      ),
    );
});
