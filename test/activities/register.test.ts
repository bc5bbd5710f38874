import assert from 'node:assert/strict';
import { DescribeModelPackageCommand, ListModelPackagesCommand } from '@aws-sdk/client-sagemaker';
import type { Deps } from '../../src/activities/deps.ts';
import { registerActivities } from '../../src/activities/register.ts';
import type { ObjectRef } from '../../src/activities/types.ts';
import { keys } from '../../src/names.ts';
import { laptopDeps, run } from '../support/activities.ts';
import { ridesPlan, ridesScope } from '../support/rides.ts';

const model = 'register-rides';

const HALF = { shares: [0.5, 0.5] };

describe('registering', () => {
  const scope = ridesScope(ridesPlan(model));
  let deps: Deps;
  before(async function () {
    this.timeout(200_000);
    deps = await laptopDeps();
  });

  async function register(cycle: number, say: { by?: string; reason?: string; evaluation?: string } = {}) {
    const put = (file: string, text = file): Promise<ObjectRef> =>
      deps.store.putText(keys.cycle(model, cycle, file), text);
    const data = await put('data');
    const artifact = await put('model.tar.gz');
    const name = `${model}-${cycle}-train`;
    return run(registerActivities(deps).registerVersion, {
      ...scope,
      cycle,
      modelName: `${model}-${cycle}-model`,
      trained: {
        kind: 'training',
        name,
        output: artifact.uri,
        metrics: { auc: 0.7 },
        startedAt: scope.asOf,
        endedAt: scope.asOf,
        billableSeconds: 60,
        candidate: 'xgboost',
        algorithm: 'xgboost',
      },
      prepared: {
        train: data,
        validation: data,
        test: data,
        testInputs: data,
        testLabels: data,
        transform: data,
        baseline: data,
        rows: { train: 1, validation: 1, test: 1 },
        features: ['distance'],
        target: { problem: 'binary' },
        labels: { train: HALF, validation: HALF, test: HALF },
        leftOut: { duplicates: 0, unlabelled: 0, outliers: {}, history: 0 },
        warnings: [],
      },
      evaluation: {
        rows: 1,
        challenger: {},
        baseline: {},
        facts: { sha256: 'ab'.repeat(32), target: { problem: 'binary' }, threshold: 0.5 },
        gates: [],
        passed: true,
        details: await put('evaluation.json', say.evaluation ?? '{}'),
        report: data,
        predictions: data,
      },
      approvedBy: say.by ?? 'ada@example.com',
      reason: say.reason,
    });
  }
  const packages = async () =>
    (await deps.aws.sagemaker.send(new ListModelPackagesCommand({ ModelPackageGroupName: model })))
      .ModelPackageSummaryList ?? [];

  it('gives versions one after the other, and the same version to the same cycle', async () => {
    const first = await register(1, { reason: 'better on every slice' });
    assert.equal(first.version, 1);
    assert.deepEqual(await register(1, { reason: 'better on every slice' }), first);
    const second = await register(2);
    assert.equal(second.version, 2);
    assert.deepEqual(await register(1), first);
    assert.equal((await packages()).length, 2);
  });

  it('keeps who approved it and why, its lineage, its evaluation, and how to run it', async () => {
    const { packageArn } = await register(1);
    const found = await deps.aws.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: packageArn }));
    assert.equal(found.ModelApprovalStatus, 'Approved');
    assert.equal(found.ApprovalDescription, 'ada@example.com: better on every slice');
    assert.equal(found.CustomerMetadataProperties?.planHash, scope.frozen.hash);
    assert.equal(found.CustomerMetadataProperties?.cycle, '1');
    assert.equal(found.CustomerMetadataProperties?.algorithm, 'xgboost');
    assert.match(found.CustomerMetadataProperties?.trainData ?? '', /^[0-9a-f]{64}$/);
    assert.match(found.ModelMetrics?.ModelQuality?.Statistics?.S3Uri ?? '', /cycles\/1\/evaluation\.json$/);
    const [container] = found.InferenceSpecification?.Containers ?? [];
    assert.match(container?.ModelDataUrl ?? '', /model\.tar\.gz$/);
    assert.equal(container?.Environment?.SAGEMAKER_PROGRAM, 'inference.py');
  });

  it('takes names and reasons as people write them', async () => {
    const { packageArn } = await register(3, {
      by: 'Zoë "Z" O’Neil\n<zoe@example.com>',
      reason: `✈ ${'long '.repeat(400)}`,
    });
    const found = await deps.aws.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: packageArn }));
    assert.match(found.ApprovalDescription ?? '', /^Zoë "Z" O’Neil <zoe@example\.com>: ✈ long/);
    assert.equal(found.CustomerMetadataProperties?.approvedBy, 'Zoë Z O Neil zoe@example.com');
  });

  it('makes another version for another evaluation, so that no other model is taken for an approved one', async () => {
    const { version } = await register(1, { evaluation: '{"another":true}' });
    assert.equal(version, 4);
  });
});
