import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { DeleteAlarmsCommand, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeModelCommand } from '@aws-sdk/client-sagemaker';
import { canaryActivities } from '../../src/activities/canary.ts';
import { deployActivities } from '../../src/activities/deploy.ts';
import type { Deps } from '../../src/activities/deps.ts';
import { evaluateActivities } from '../../src/activities/evaluate.ts';
import { retireActivities } from '../../src/activities/retire.ts';
import type { CanaryVerdict, CycleScope, EndpointShape, ObjectRef, Version } from '../../src/activities/types.ts';
import { sha256OfText } from '../../src/aws/content.ts';
import { describeConfig } from '../../src/aws/endpoint-configs.ts';
import { callOrMissing } from '../../src/aws/errors.ts';
import { invoke } from '../../src/aws/invoke.ts';
import { keys } from '../../src/names.ts';
import { laptopDeps, run, watch } from '../support/activities.ts';
import { ridesPlan, ridesScope, type Scored, trainRides } from '../support/rides.ts';

const model = 'deploy-rides';
const longAgo = () => Date.now() - 600_000;

describe('deploying', function () {
  this.timeout(240_000);
  const scope: CycleScope = ridesScope(ridesPlan(model));
  let deps: Deps;
  let deploy: ReturnType<typeof deployActivities>;
  let canary: ReturnType<typeof canaryActivities>;
  let artifact: string;
  let versions: Version[];

  before(async () => {
    deps = await laptopDeps();
    deploy = deployActivities(deps);
    canary = canaryActivities(deps);
    const trained = await trainRides(deps, scope);
    artifact = trained.result.output;
    const broken = await deps.store.putText(keys.cycle(model, 3, 'broken.tar.gz'), 'no archive at all');
    const evaluation = await smokeOf(trained.scored);
    versions = [
      await version(1, artifact, evaluation),
      await version(2, artifact, evaluation),
      await version(3, broken.uri, evaluation),
    ];
  });
  after(() => run(deploy.deleteEndpoint, { endpoint: model }));

  const shape = (label: string, weights: Record<string, number>): EndpointShape => ({
    endpoint: model,
    config: `${model}-${label}`,
    weights,
  });
  const submit = (to: EndpointShape) => run(deploy.submitEndpoint, { frozen: scope.frozen, shape: to, versions });
  const see = (to: EndpointShape) => watch(deploy.watchEndpoint, { shape: to });

  async function version(number: number, from: string, evaluation: ObjectRef): Promise<Version> {
    const name = `${model}-${number}-model`;
    await run(evaluateActivities(deps).createModel, {
      ...scope,
      cycle: number,
      name,
      artifact: from,
      algorithm: 'xgboost',
    });
    return {
      version: number,
      packageArn: `arn:aws:sagemaker:us-east-1:000000000000:model-package/${model}/${number}`,
      modelName: name,
      artifact: from,
      cycle: number,
      planHash: scope.frozen.hash,
      algorithm: 'xgboost',
      facts: { sha256: 'ab'.repeat(32), target: { problem: 'binary' }, threshold: 0.5 },
      baseline: evaluation,
      predictions: evaluation,
      evaluation,
      registeredAt: '2026-01-01T00:00:00.000Z',
    };
  }
  const smokeOf = (scored: Pick<Scored, 'instances'> & { predictions: readonly unknown[] }) =>
    deps.store.putText(
      keys.cycle(model, 1, `smoke-${sha256OfText(JSON.stringify(scored)).slice(0, 8)}.json`),
      JSON.stringify({ smoke: scored }),
    );
  const isThere = async (name: string): Promise<boolean> =>
    (await callOrMissing('DescribeModel', () =>
      deps.aws.sagemaker.send(new DescribeModelCommand({ ModelName: name })),
    )) !== undefined;
  const at = (number: number): Version => versions[number - 1] as Version;

  it('finds nothing where nothing serves', async () => {
    assert.equal(await run(deploy.describeEndpoint, { endpoint: model }), undefined);
    await assert.rejects(run(deploy.watchEndpoint, { shape: shape('a', { v1: 100 }) }), { type: 'NotYet' });
    await assert.rejects(run(deploy.watchEndpoint, { shape: shape('a', { v1: 100 }) }, longAgo()), {
      type: 'RolloutFailed',
      message: /deploy-rides is not there/,
    });
  });

  it('creates an endpoint that serves what was asked, once, however often it is asked', async () => {
    const first = shape('a', { v1: 100 });
    await submit(first);
    await submit(first);
    assert.deepEqual((await see(first)).result, first);
    await submit(first);
    assert.deepEqual(await run(deploy.describeEndpoint, { endpoint: model }), first);
    const config = await describeConfig(deps.aws.sagemaker, first.config);
    assert.equal(config?.DataCaptureConfig?.InitialSamplingPercentage, 100);
    assert.equal(config?.DataCaptureConfig?.DestinationS3Uri, deps.store.uri(`models/${model}/capture`));
  });

  it('refuses a config whose name says something else, and a weight without its version', async () => {
    await assert.rejects(submit(shape('a', { v2: 100 })), {
      type: 'NameTaken',
      message: /deploy-rides-a exists and says/,
    });
    await assert.rejects(submit(shape('x', { v9: 100 })), {
      type: 'InvalidRequest',
      message: /no version for the variant v9; the versions given are v1, v2, v3/,
    });
  });

  it('answers the smoke test as the evaluation did, and names the worst difference when it does not', async () => {
    const smoke = { frozen: scope.frozen, endpoint: model, version: at(1) };
    assert.deepEqual(await run(canary.smokeTest, smoke), { predictions: 5 });
    const { smoke: truth } = JSON.parse(await deps.store.getText(at(1).evaluation)) as {
      smoke: Scored;
    };
    const off = truth.predictions.map((one, index) => ({
      ...one,
      probability: one.probability + (index === 3 ? 0.01 : 1e-12),
    }));
    const evaluation = await smokeOf({ ...truth, predictions: off });
    await assert.rejects(run(canary.smokeTest, { ...smoke, version: { ...at(1), evaluation } }), {
      type: 'RolloutFailed',
      nonRetryable: true,
      message: /deploy-rides\/v1 does not predict as its evaluation did: instance 3 was/,
    });
    const refused = await smokeOf({
      instances: [{ distance: 'far', hour: 1 }],
      predictions: [{ probability: 0.5, label: true }],
    });
    await assert.rejects(run(canary.smokeTest, { ...smoke, version: { ...at(1), evaluation: refused } }), {
      type: 'RolloutFailed',
      message: /deploy-rides\/v1 does not answer its smoke test: .*distance/s,
    });
    const none = await deps.store.putText(keys.cycle(model, 1, 'none.json'), '{}');
    await assert.rejects(run(canary.smokeTest, { ...smoke, version: { ...at(1), evaluation: none } }), {
      type: 'RolloutFailed',
      message: /none\.json has no "smoke"/,
    });
  });

  it('brings a canary up beside the champion and moves traffic to it', async () => {
    const canaryShape = shape('b', { v1: 90, v2: 10 });
    await submit(canaryShape);
    await assert.rejects(submit(shape('c', { v2: 100 })), { type: 'NotYet', message: /is Updating/ });
    assert.deepEqual((await see(canaryShape)).result, canaryShape);
    const half = { ...canaryShape, weights: { v1: 50, v2: 50 } };
    await run(deploy.shiftTraffic, { shape: half });
    await run(deploy.shiftTraffic, { shape: half });
    assert.deepEqual((await see(half)).result, half);
    await assert.rejects(run(deploy.watchEndpoint, { shape: canaryShape }, longAgo()), {
      type: 'RolloutFailed',
      message: /serves \{"v1":50,"v2":50\}, not \{"v1":90,"v2":10\}/,
    });
    await assert.rejects(run(deploy.shiftTraffic, { shape: shape('a', { v1: 100 }) }), {
      type: 'RolloutFailed',
      message: /is on config deploy-rides-b, not deploy-rides-a/,
    });
  });

  it('judges the canary by what CloudWatch saw of it', async () => {
    const since = new Date().toISOString();
    const look = { frozen: scope.frozen, endpoint: model, version: at(2), began: since, since, by: 'all' } as const;
    const judge = (): Promise<CanaryVerdict> => run(canary.judgeCanary, look);
    const body = JSON.stringify({ instances: [{ distance: 50, hour: 12 }] });
    for (let asked = 0; asked < 20; asked += 1)
      await invoke(deps.aws.runtime, { endpoint: model, variant: 'v2' }, body);
    let verdict = await judge();
    while (verdict.requests < 20) {
      await pause(200);
      verdict = await judge();
    }
    assert.equal(verdict.healthy, true);
    assert.equal(verdict.errorRate, 0);
    assert.ok((verdict.latencyP99 ?? 0) > 0 && (verdict.latencyP99 ?? 9_999) < 1_000);
    assert.match(verdict.reason, /v2: \d+ requests, 0 server errors/);
    const strict = ridesPlan(model, { deploy: { rollout: { maxLatencyP99: 0.001 } } });
    const slow = await run(canary.judgeCanary, { ...look, frozen: { ...scope.frozen, plan: strict } });
    assert.equal(slow.healthy, false);
    assert.match(slow.reason, /its p99 latency is [\d.]+ ms, at most 0.001 ms is allowed/);
    const v7 = { ...at(2), version: 7 };
    const nobody = await run(canary.judgeCanary, { ...look, version: v7, champion: at(2) });
    assert.deepEqual([nobody.healthy, nobody.requests, nobody.errorRate], [true, 0, 0]);
    assert.match(
      nobody.reason,
      /^v7: nobody asked it, nothing speaks against it; not judged by its answers: 0 of 100 rows; not judged beside the champion: \d+ of 100 rows; not judged by outcomes: 0 of 200$/,
    );
  });

  it('does not trust a canary while an alarm of the plan has gone off', async () => {
    const AlarmName = `${model}/checkout`;
    const { cloudWatch } = deps.aws;
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        ...{
          Namespace: 'Shop',
          MetricName: 'Orders',
          Statistic: 'Sum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
        },
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'ignore',
      }),
    );
    const turn = (StateValue: 'ALARM' | 'OK') =>
      cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'a test' }));
    try {
      await turn('ALARM');
      const plan = ridesPlan(model, { deploy: { rollout: { maxLatencyP99: '10s', alarms: [AlarmName] } } });
      const judged = (began: number) =>
        run(canary.judgeCanary, {
          ...{ frozen: { ...scope.frozen, plan }, endpoint: model, version: at(2), by: 'service' as const },
          began: new Date(began).toISOString(),
          since: new Date().toISOString(),
        });
      const raised = await judged(longAgo());
      assert.deepEqual([raised.healthy, raised.alarms], [false, [AlarmName]]);
      assert.equal((await judged(Date.now() + 5_000)).healthy, true, 'it went off before');
      await turn('OK');
      assert.equal((await judged(longAgo())).healthy, true);
    } finally {
      await cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
    }
  });

  it('calls an update that rolled back silently by its name', async () => {
    const doomed = shape('d', { v3: 100 });
    await submit(doomed);
    await assert.rejects(watch(deploy.watchEndpoint, { shape: doomed }, longAgo()), {
      type: 'RolloutFailed',
      nonRetryable: true,
      message: /is InService but is on config deploy-rides-b, not deploy-rides-d: it rolled back silently/,
    });
  });

  it('retires what neither serves nor is kept, and nothing that does', async () => {
    const { retireVersions } = retireActivities(deps);
    const alone = shape('e', { v2: 100 });
    await submit(alone);
    await see(alone);
    const retire = { model, endpoint: model, keep: [at(2)], retire: [at(1), at(2), at(3)] };
    await run(retireVersions, retire);
    await run(retireVersions, retire);
    const there = await Promise.all(
      ['a', 'b', 'd', 'e'].map((label) => describeConfig(deps.aws.sagemaker, `${model}-${label}`)),
    );
    assert.deepEqual(there.map(Boolean), [false, false, false, true]);
    const body = JSON.stringify({ instances: [{ distance: 50, hour: 12 }] });
    assert.match(await invoke(deps.aws.runtime, { endpoint: model }, body), /"probability"/);
    // The model of the live version stays even when it is on the list of those to go.
    await run(retireVersions, { model, endpoint: model, keep: [], retire: [at(2)] });
    assert.deepEqual(await Promise.all([1, 2, 3].map((number) => isThere(at(number).modelName))), [false, true, false]);
    assert.ok(await describeConfig(deps.aws.sagemaker, alone.config));
  });

  it('deletes the endpoint, and minds none that is not there', async () => {
    await run(deploy.deleteEndpoint, { endpoint: model });
    await run(deploy.deleteEndpoint, { endpoint: model });
    assert.equal(await run(deploy.describeEndpoint, { endpoint: model }), undefined);
  });
});
