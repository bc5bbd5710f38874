import assert from 'node:assert/strict';
import { PutMetricDataCommand, type StandardUnit } from '@aws-sdk/client-cloudwatch';
import { type DescribeEndpointOutput, SageMakerClient } from '@aws-sdk/client-sagemaker';
import fc from 'fast-check';
import { asAsked } from '../../src/activities/as-asked.ts';
import { byMetrics, early } from '../../src/activities/canary-service.ts';
import type { Deps } from '../../src/activities/deps.ts';
import { compare } from '../../src/activities/smoke.ts';
import type { EndpointShape } from '../../src/activities/types.ts';
import { instancesFor } from '../../src/activities/variants.ts';
import { percents, sameWeights } from '../../src/aws/endpoint-shapes.ts';
import { moveEndpoint, shiftWeights } from '../../src/aws/endpoints.ts';
import { readServiceMetrics } from '../../src/aws/service-metrics.ts';
import { laptopDeps } from '../support/activities.ts';
import { ridesPlan } from '../support/rides.ts';

const endpoint = (changes: Partial<DescribeEndpointOutput> = {}): DescribeEndpointOutput => ({
  EndpointName: 'rides',
  EndpointArn: 'arn:aws:sagemaker:us-east-1:000000000000:endpoint/rides',
  EndpointStatus: 'InService',
  EndpointConfigName: 'rides-b',
  CreationTime: new Date(0),
  LastModifiedTime: new Date(0),
  ProductionVariants: [
    { VariantName: 'v1', CurrentWeight: 90, DesiredWeight: 90 },
    { VariantName: 'v2', CurrentWeight: 10, DesiredWeight: 10 },
  ],
  ...changes,
});
const shape = { endpoint: 'rides', config: 'rides-b', weights: { v1: 90, v2: 10 } };
const LONG = 60_000;

describe('an endpoint', () => {
  it('is as asked only with the config, the variants and the weights that were asked for', () => {
    assert.deepEqual(asAsked(shape, endpoint(), LONG), shape);
    const broken: [Partial<DescribeEndpointOutput>, RegExp][] = [
      [{ EndpointConfigName: 'rides-a' }, /InService but is on config rides-a, not rides-b: it rolled back silently/],
      [{ EndpointConfigName: 'rides-a', FailureReason: 'ping timed out' }, /rolled back silently: ping timed out/],
      [{ ProductionVariants: [{ VariantName: 'v1', CurrentWeight: 90 }] }, /serves \{"v1":100\}, not/],
      [
        {
          ProductionVariants: [
            { VariantName: 'v1', CurrentWeight: 10 },
            { VariantName: 'v2', CurrentWeight: 90 },
          ],
        },
        /serves \{"v1":10,"v2":90\}/,
      ],
      [{ EndpointStatus: 'Failed', FailureReason: 'no capacity' }, /is Failed: no capacity; log group/],
      [{ EndpointStatus: 'UpdateRollbackFailed' }, /is UpdateRollbackFailed/],
    ];
    for (const [changes, message] of broken)
      assert.throws(() => asAsked(shape, endpoint(changes), LONG), {
        type: 'RolloutFailed',
        nonRetryable: true,
        message,
      });
  });

  it('that was taken back tells whether AWS was the cause', () => {
    const reasons = {
      'InternalServerError: We encountered an internal error. Please try again.': 'internal',
      'Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error.': 'capacity',
      'The container for production variant v2 did not pass the ping health check.': 'other',
    };
    for (const [FailureReason, because] of Object.entries(reasons))
      assert.throws(
        () => asAsked(shape, endpoint({ EndpointConfigName: 'rides-a', FailureReason }), LONG),
        ({ details }: { details: [{ because: string }] }) => details[0].because === because,
        FailureReason,
      );
  });

  it('has the shadows that were asked for, with copies of all requests', () => {
    const ProductionVariants = [{ VariantName: 'v1', CurrentWeight: 100 }];
    const shadowed = { ...shape, weights: { v1: 100 }, shadows: { 'v2-shadow': 100 } };
    const seen = (CurrentWeight: number) =>
      endpoint({ ProductionVariants, ShadowProductionVariants: [{ VariantName: 'v2-shadow', CurrentWeight }] });
    assert.deepEqual(asAsked(shadowed, seen(100), LONG), shadowed);
    for (const found of [endpoint({ ProductionVariants }), seen(50)])
      assert.throws(() => asAsked(shadowed, found, LONG), { type: 'RolloutFailed', message: /shadows/ });
    assert.throws(() => asAsked({ ...shape, weights: { v1: 100 } }, seen(100), LONG), { type: 'RolloutFailed' });
  });

  it('is waited for while it changes, and for a moment after a change was accepted', () => {
    for (const EndpointStatus of ['Creating', 'Updating', 'SystemUpdating', 'RollingBack'] as const)
      assert.throws(() => asAsked(shape, endpoint({ EndpointStatus }), LONG), { type: 'NotYet', category: 'BENIGN' });
    assert.throws(() => asAsked(shape, endpoint({ EndpointConfigName: 'rides-a' }), 1_000), { type: 'NotYet' });
  });

  it('has weights that mean the same when their shares do', () => {
    assert.ok(sameWeights({ a: 1, b: 1 }, { b: 50, a: 50 }));
    assert.ok(sameWeights({ a: Math.fround(33.3), b: Math.fround(66.7) }, { a: 33.3, b: 66.7 }));
    assert.ok(!sameWeights({ a: 100 }, { a: 100, b: 0 }));
    assert.ok(!sameWeights({ a: 90, b: 10 }, { a: 10, b: 90 }));
    assert.deepEqual(percents({ a: 0, b: 0 }), { a: 0, b: 0 });
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^v[0-9]$/), fc.integer({ min: 1, max: 100 }), { minKeys: 1 }),
        (w) => {
          const sum = Object.values(percents(w)).reduce((total, one) => total + one, 0);
          return Math.abs(sum - 100) < 1e-4 && sameWeights(w, percents(w));
        },
      ),
    );
  });

  /** Answers describes with this endpoint, tags with ours, and remembers what else was asked. */
  const answering = (found: DescribeEndpointOutput) => {
    const asked: string[] = [];
    const sagemaker = new SageMakerClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const answer = async (command: object) => {
      const { name } = command.constructor;
      if (name === 'DescribeEndpointCommand') return found;
      if (name === 'ListTagsCommand') return { Tags: [{ Key: 'perennial:model', Value: 'rides' }] };
      asked.push(name);
      return {};
    };
    return { asked, sagemaker: Object.assign(sagemaker, { send: answer }) as SageMakerClient };
  };
  const tags = { 'perennial:model': 'rides' };

  it('that is on its way to the config is left to go there', async () => {
    const found = endpoint({
      EndpointStatus: 'Updating',
      EndpointConfigName: 'rides-a',
      PendingDeploymentSummary: { EndpointConfigName: 'rides-b' },
    });
    const { asked, sagemaker } = answering(found);
    await moveEndpoint(sagemaker, 'rides', 'rides-b', tags);
    assert.deepEqual(asked, []);
    await assert.rejects(moveEndpoint(sagemaker, 'rides', 'rides-c', tags), { type: 'NotYet' });
    await assert.rejects(shiftWeights(sagemaker, { ...shape, weights: { v1: 50, v2: 50 } }), { type: 'NotYet' });
  });

  it('that never came up is deleted and made anew; one that serves a mix needs a person', async () => {
    const failed = answering(endpoint({ EndpointStatus: 'Failed', EndpointConfigName: 'rides-a' }));
    await assert.rejects(moveEndpoint(failed.sagemaker, 'rides', 'rides-b', tags), {
      type: 'NotYet',
      message: /had failed/,
    });
    assert.deepEqual(failed.asked, ['DeleteEndpointCommand']);
    const mixed = answering(endpoint({ EndpointStatus: 'UpdateRollbackFailed', EndpointConfigName: 'rides-a' }));
    await assert.rejects(moveEndpoint(mixed.sagemaker, 'rides', 'rides-b', tags), {
      type: 'RolloutFailed',
      message: /serves a mix of two configs/,
    });
    assert.deepEqual(mixed.asked, []);
  });
});

describe('an endpoint that scales', () => {
  const shape = (weights: Record<string, number>): EndpointShape => ({ endpoint: 'rides', config: 'c', weights });

  it('keeps its instances, and gives a new variant as many as any has', () => {
    const canary = instancesFor(shape({ v1: 90, v2: 10 }), { v1: 4 }, 1);
    assert.deepEqual([canary('v1'), canary('v2')], [4, 4]);
    assert.equal(instancesFor(shape({ v2: 100 }), { v1: 5, v2: 2 }, 1)('v2'), 5);
    assert.equal(instancesFor(shape({ v1: 100 }), { v2: 3 }, 1)('v1'), 3);
    assert.equal(instancesFor(shape({ v1: 100 }), {}, 2)('v1'), 2);
    assert.equal(instancesFor(shape({ v1: 90, v2: 10 }), { v1: 1 }, 3)('v2'), 3);
  });
});

describe('a canary', () => {
  const { rollout } = ridesPlan().deploy;
  const metrics = { requests: 200, errors: 0, refused: 3, modelLatencyP99: 20, overheadLatencyP99: 5 };

  it('is healthy within the plan, whatever its callers did wrong', () => {
    assert.deepEqual(byMetrics(rollout, metrics), {
      requests: 200,
      errorRate: 0,
      latencyP99: 25,
      wrong: [],
      said: '200 requests, 0 server errors (0 %), 3 refused, p99 25.0 ms',
    });
    assert.deepEqual(byMetrics(rollout, { ...metrics, errors: 2 }).wrong, []);
  });

  it('is not healthy above the error rate or the latency of the plan', () => {
    const wrong = (changes: object) => byMetrics(rollout, { ...metrics, ...changes }).wrong;
    assert.deepEqual(wrong({ errors: 3 }), ['its error rate is 1.5 %, at most 1 % is allowed']);
    assert.equal(byMetrics(rollout, { requests: 0, errors: 1, refused: 0 }).wrong.length, 1);
    assert.deepEqual(wrong({ modelLatencyP99: 996 }), ['its p99 latency is 1001.0 ms, at most 1000 ms is allowed']);
  });

  it('is given the benefit of the doubt in the midst of a step only', () => {
    const few = { requests: 5, errors: 1, refused: 0, modelLatencyP99: 2_000 };
    assert.equal(byMetrics(rollout, few).wrong.length, 2);
    assert.deepEqual(early(rollout, few).wrong, []);
    assert.equal(early(rollout, { ...few, errors: 3 }).wrong.length, 1);
    assert.equal(early(rollout, { ...metrics, modelLatencyP99: 2_000 }).wrong.length, 1);
    assert.equal(early({ ...rollout, maxErrorRate: 0 }, few).wrong.length, 1, 'no error is allowed at all');
  });

  it('must answer as many predictions as it was asked for, each of them a number', () => {
    const answer = (predictions: unknown) => JSON.stringify({ predictions });
    const DUE = [{ probability: 0.1 }, { probability: 0.2 }];
    assert.equal(compare('rides/v2', DUE, answer([{ probability: 0.1 }, { probability: 0.2 + 1e-12 }])), 2);
    for (const wrong of [
      'no json',
      '{}',
      answer([{ probability: 0.1 }]),
      answer([{ probability: 0.1 }, { probability: null }]),
      answer([{ probability: 0.1 }, null]),
    ])
      assert.throws(() => compare('rides/v2', DUE, wrong), { type: 'RolloutFailed' }, wrong);
  });
});

describe('service metrics', function () {
  this.timeout(200_000);
  let deps: Deps;
  before(async () => {
    deps = await laptopDeps();
  });

  it('are those of one variant since the minute of an instant, with percentiles in milliseconds', async () => {
    const where = { endpoint: 'metrics-rides', variant: 'v2' };
    const hour = Math.floor(Date.now() / 3_600_000 - 2) * 3_600_000;
    const at = (minute: number) => new Date(hour + minute * 60_000 + 30_000);
    const put = (name: string, minute: number, values: number[], variant = 'v2', unit: StandardUnit = 'None') =>
      deps.aws.cloudWatch.send(
        new PutMetricDataCommand({
          Namespace: 'AWS/SageMaker',
          MetricData: [
            {
              MetricName: name,
              Dimensions: [
                { Name: 'EndpointName', Value: where.endpoint },
                { Name: 'VariantName', Value: variant },
              ],
              Timestamp: at(minute),
              Values: values,
              Unit: unit,
            },
          ],
        }),
      );
    await put('Invocations', 1, [1]);
    await put('Invocations', 5, [1, 1, 1]);
    await put('Invocations', 7, [1]);
    await put('Invocations', 6, [1], 'v1');
    await put('Invocation5XXErrors', 5, [0, 1]);
    await put('ModelLatency', 5, [5_000, 7_000, 9_000], 'v2', 'Microseconds');
    await put('ModelLatency', 6, [1_000_000], 'v1', 'Microseconds');
    await put('OverheadLatency', 5, [1_000], 'v2', 'Microseconds');
    const found = await readServiceMetrics(deps.aws.cloudWatch, where, at(5), at(8));
    assert.equal(found.errors, 1);
    assert.equal(found.refused, 0);
    assert.equal(found.requests, 4);
    assert.ok(found.modelLatencyP99 && found.modelLatencyP99 > 8.9 && found.modelLatencyP99 <= 9);
    assert.equal(found.overheadLatencyP99, 1);
    const quiet = await readServiceMetrics(deps.aws.cloudWatch, { ...where, variant: 'v9' }, at(5), at(8));
    assert.deepEqual(quiet, {
      requests: 0,
      errors: 0,
      refused: 0,
      modelLatencyP99: undefined,
      overheadLatencyP99: undefined,
    });
  });
});
