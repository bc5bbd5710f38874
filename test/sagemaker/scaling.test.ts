import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  DeleteEndpointCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { createModel, endpointConfig, endpointSettles } from './requests.ts';

type Json = Record<string, unknown>;
const DIMENSION = 'sagemaker:variant:DesiredInstanceCount';
const place = (variant: string, endpoint = 'live') => ({
  ServiceNamespace: 'sagemaker',
  ResourceId: `endpoint/${endpoint}/variant/${variant}`,
  ScalableDimension: DIMENSION,
});
const tracking = (over = {}) => ({
  PolicyType: 'TargetTrackingScaling',
  TargetTrackingScalingPolicyConfiguration: {
    TargetValue: 100,
    PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
    ...over,
  },
});

describe('Application Auto Scaling on the SageMaker server', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud(['--drain-timeout', '0.1']);
    await createModel(cloud, 'one', { answer: 'one' });
    const both = endpointConfig('both', { v1: { model: 'one', weight: 1 }, v2: { model: 'one', weight: 1 } });
    await cloud.sagemaker.send(new CreateEndpointConfigCommand(both));
    const single = endpointConfig('single', { v2: { model: 'one', weight: 1 } });
    await cloud.sagemaker.send(new CreateEndpointConfigCommand(single));
    await cloud.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'live', EndpointConfigName: 'both' }));
    await endpointSettles(cloud, 'live');
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await checkAnswers({ answers: `${cloud.folder}/scaling.jsonl` }, 'application-autoscaling');
    await cloud.stop();
  });

  const send = async (operation: string, body: Json) => {
    const headers = {
      'x-amz-target': `AnyScaleFrontendService.${operation}`,
      'content-type': 'application/x-amz-json-1.1',
    };
    const answer = await fetch(cloud.url, { method: 'POST', headers, body: JSON.stringify(body) });
    const json = (await answer.json()) as Json;
    return { status: answer.status, json };
  };
  const call = async (operation: string, body: Json) => {
    const { status, json } = await send(operation, body);
    assert.equal(status, 200, JSON.stringify(json));
    const output = JSON.parse(JSON.stringify(json), (key, value) =>
      key === 'CreationTime' ? { $instant: value } : value,
    );
    appendFileSync(`${cloud.folder}/scaling.jsonl`, `${JSON.stringify({ operation, output })}\n`);
    return json;
  };
  const fails = async (operation: string, body: Json, type: string, message: RegExp) => {
    const { status, json } = await send(operation, body);
    assert.equal(status, 400);
    assert.equal(json.__type, type);
    assert.match(String(json.Message ?? json.message), message);
  };
  const register = (variant: string, over = {}) =>
    call('RegisterScalableTarget', { ...place(variant), MinCapacity: 3, MaxCapacity: 5, ...over });
  const targets = async (over = {}) =>
    (await call('DescribeScalableTargets', { ServiceNamespace: 'sagemaker', ...over })).ScalableTargets as Json[];

  it('keeps a target, and brings the count of its variant into the range', async () => {
    await register('v1');
    const [target] = await targets();
    assert.deepEqual(
      [target?.ResourceId, target?.MinCapacity, target?.MaxCapacity],
      ['endpoint/live/variant/v1', 3, 5],
    );
    const grown = await endpointSettles(cloud, 'live');
    assert.equal(grown.ProductionVariants?.[0]?.DesiredInstanceCount, 3);
    assert.equal(grown.ProductionVariants?.[1]?.DesiredInstanceCount, 2);
    await register('v1', { MinCapacity: undefined, MaxCapacity: 9 });
    const [again] = await targets({ ResourceIds: ['endpoint/live/variant/v1'] });
    assert.deepEqual([again?.MinCapacity, again?.MaxCapacity], [3, 9]);
    assert.equal(again?.ScalableTargetARN, target?.ScalableTargetARN);
    assert.deepEqual(await targets({ ResourceIds: ['endpoint/live/variant/v9'] }), []);
  });

  it('gives targets page by page', async () => {
    await register('v2', { MinCapacity: 1 });
    const page = await call('DescribeScalableTargets', { ServiceNamespace: 'sagemaker', MaxResults: 1 });
    assert.equal((page.ScalableTargets as Json[])[0]?.ResourceId, 'endpoint/live/variant/v1');
    const [next, ...none] = await targets({ MaxResults: 1, NextToken: page.NextToken });
    assert.equal(next?.ResourceId, 'endpoint/live/variant/v2');
    assert.deepEqual(none, []);
    const bad = { ServiceNamespace: 'sagemaker', NextToken: 'x' };
    await fails('DescribeScalableTargets', bad, 'InvalidNextTokenException', /not valid/);
    await fails('DescribeScalableTargets', { ...bad, MaxResults: 51 }, 'ValidationException', /between 1 and 50/);
  });

  it('keeps policies of a target, by name', async () => {
    const put = (over = {}) => call('PutScalingPolicy', { ...place('v1'), PolicyName: 'busy', ...tracking(over) });
    const first = await put();
    assert.equal((await put({ TargetValue: 70 })).PolicyARN, first.PolicyARN);
    const { ScalingPolicies: found } = await call('DescribeScalingPolicies', { ServiceNamespace: 'sagemaker' });
    const [policy, ...none] = found as Json[];
    assert.deepEqual(none, []);
    assert.deepEqual(
      policy?.TargetTrackingScalingPolicyConfiguration,
      tracking({ TargetValue: 70 }).TargetTrackingScalingPolicyConfiguration,
    );
    await call('DeleteScalingPolicy', { ...place('v1'), PolicyName: 'busy' });
    await fails('DeleteScalingPolicy', { ...place('v1'), PolicyName: 'busy' }, 'ObjectNotFoundException', /busy$/);
    await put();
  });

  it('keeps a variant as it is registered until it is registered no more', async () => {
    const update = () =>
      cloud.sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'live', EndpointConfigName: 'single' }));
    await endpointSettles(cloud, 'live');
    await assert.rejects(update(), {
      name: 'ValidationException',
      message: /^The variant\(s\) "v1" must be deregistered as scalable target with AWS Auto Scaling before/,
    });
    await call('DeregisterScalableTarget', place('v1'));
    const left = await call('DescribeScalingPolicies', { ServiceNamespace: 'sagemaker' });
    assert.deepEqual(left.ScalingPolicies, []);
    await update();
    assert.equal((await endpointSettles(cloud, 'live')).EndpointConfigName, 'single');
  });

  it('refuses what the service refuses', async () => {
    const over = (more: Json) => ({ ...place('v2'), MinCapacity: 1, MaxCapacity: 2, ...more });
    const bad = (more: Json, message: RegExp) =>
      fails('RegisterScalableTarget', over(more), 'ValidationException', message);
    await bad({ MinCapacity: 3 }, /^Maximum capacity cannot be less than minimum capacity/);
    await bad({ MinCapacity: -1 }, /cannot be less than 0/);
    await bad({ ...place('v7') }, /does not exist: endpoint\/live\/variant\/v7/);
    await bad({ ...place('v2', 'nobody') }, /does not exist/);
    await bad({ ResourceId: 'live' }, /^Unsupported resource ID live/);
    await bad({ ServiceNamespace: 'dynamodb' }, /Scaling of dynamodb is not supported by the local SageMaker server/);
    await bad(
      { ScalableDimension: 'sagemaker:variant:DesiredProvisionedConcurrency' },
      /can be scaled by .*InstanceCount only/,
    );
    await bad(
      { ScalableDimension: undefined },
      /'scalableDimension' failed to satisfy constraint: Member must not be null/,
    );
    await fails(
      'DeregisterScalableTarget',
      place('v1'),
      'ObjectNotFoundException',
      /^No scalable target registered for/,
    );
    const policy = { ...place('v2'), PolicyName: 'p' };
    await fails(
      'PutScalingPolicy',
      { ...policy, PolicyType: 'StepScaling' },
      'ValidationException',
      /needs StepScaling/,
    );
    await fails('PutScalingPolicy', { ...policy, ...tracking({ TargetValue: 0 }) }, 'ValidationException', /above 0/);
    await fails(
      'PutScalingPolicy',
      { ...policy, ...place('v1'), ...tracking() },
      'ObjectNotFoundException',
      /registered/,
    );
    await fails('PutScheduledAction', {}, 'UnsupportedOperationException', /PutScheduledAction is not supported/);
  });

  it('forgets the targets of an endpoint that is deleted', async () => {
    assert.equal((await targets()).length, 1);
    await cloud.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'live' }));
    assert.deepEqual(await targets(), []);
  });
});
