import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTrainingJobCommand, DescribeTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { create, extract } from 'tar';
import type { Deps } from '../../src/activities/deps.ts';
import { evaluateActivities } from '../../src/activities/evaluate.ts';
import { jobActivities } from '../../src/activities/jobs.ts';
import { trainActivities } from '../../src/activities/train.ts';
import type { CycleScope, JobResult, Prepared } from '../../src/activities/types.ts';
import { tagsOf } from '../../src/aws/tags.ts';
import { laptopDeps, run, watch } from '../support/activities.ts';
import { prepareRides, ridesPlan, ridesScope } from '../support/rides.ts';

describe('training and transform jobs', function () {
  this.timeout(240_000);
  const scope: CycleScope = ridesScope(ridesPlan('train-rides'));
  let deps: Deps;
  let prepared: Prepared;
  let folder: string;
  let trained: JobResult;

  before(async () => {
    deps = await laptopDeps();
    prepared = await prepareRides(deps.store, scope);
    folder = await mkdtemp(join(tmpdir(), 'train-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const submit = (job: string, changes: object = {}) =>
    run(trainActivities(deps).submitTraining, { ...scope, job, candidate: 0, prepared, ...changes });
  const look = (name: string, kind: 'training' | 'transform' = 'training') =>
    watch(jobActivities(deps).watchJob, { kind, name });

  it('trains a model that carries its transform and its code, and tells its metrics and its cost', async () => {
    const job = await submit('train-rides-1-xgboost');
    assert.deepEqual(job, { kind: 'training', name: 'train-rides-1-xgboost' });
    const { result, said } = await look(job.name);
    trained = result;
    assert.ok(said.length > 0 && said.every((line) => line.startsWith('train-rides-1-xgboost: ')), said.join('\n'));
    assert.equal(
      result.output,
      deps.store.uri('models/train-rides/cycles/1/train/xgboost/train-rides-1-xgboost/output/model.tar.gz'),
    );
    assert.ok((result.metrics.auc ?? 0) > 0.7, JSON.stringify(result.metrics));
    assert.ok((result.metrics.log_loss ?? 9) < 0.7);
    assert.ok(!('train:round' in result.metrics) && !('round' in result.metrics));
    assert.ok(result.endedAt >= result.startedAt);
    assert.equal(result.costUsd, Math.round((0.115 * result.billableSeconds * 10_000) / 3_600) / 10_000);

    await deps.store.getFile(result.output, join(folder, 'model.tar.gz'));
    await extract({ file: join(folder, 'model.tar.gz'), cwd: folder });
    const files = await readdir(folder, { recursive: true });
    for (const file of ['transform/transform.json', 'code/inference.py', 'code/requirements.txt'])
      assert.ok(files.includes(file), `${file} is not among ${files.join(', ')}`);
  });

  it('adopts a job of its own when the answer to the submission was lost', async () => {
    const again = await submit('train-rides-1-xgboost');
    assert.deepEqual((await look(again.name)).result, trained);
  });

  it('refuses the name of a job that another cycle has', async () => {
    await assert.rejects(submit('train-rides-1-xgboost', { cycle: 2 }), {
      type: 'NameTaken',
      nonRetryable: true,
      message: /train-rides-1-xgboost exists and is not ours.*"perennial:cycle":"2".*"perennial:cycle":"1"/,
    });
  });

  it('puts the same sources into the same archive, and no secret into the job', async () => {
    const { HyperParameters, Environment, TrainingJobArn } = await deps.aws.sagemaker.send(
      new DescribeTrainingJobCommand({ TrainingJobName: 'train-rides-1-xgboost' }),
    );
    const sourcedir = JSON.parse(HyperParameters?.sagemaker_submit_directory ?? '') as string;
    const before = await deps.store.head(sourcedir);
    await submit('train-rides-1-simple', { candidate: 1 });
    await run(jobActivities(deps).stopJob, { kind: 'training', name: 'train-rides-1-simple' });
    assert.deepEqual(await deps.store.head(sourcedir), before);
    assert.equal((await deps.store.list('code/')).length, 1);
    assert.equal(Environment, undefined);
    assert.deepEqual(await tagsOf(deps.aws.sagemaker, TrainingJobArn ?? ''), {
      'perennial:model': 'train-rides',
      'perennial:cycle': '1',
    });
  });

  it('takes a stop for a failure, and a second stop for nothing', async () => {
    const name = 'train-rides-1-stopped';
    await submit(name, { frozen: { ...scope.frozen, plan: slow } });
    const job = await deps.aws.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
    assert.deepEqual(job.Environment, { PERENNIAL_USD_PER_HOUR: '0.5' });
    assert.equal(job.StoppingCondition?.MaxRuntimeInSeconds, 600);
    await run(jobActivities(deps).stopJob, { kind: 'training', name });
    await run(jobActivities(deps).stopJob, { kind: 'training', name });
    await assert.rejects(look(name), {
      type: 'JobStopped',
      nonRetryable: true,
      message: /streams train-rides-1-stopped/,
    });
    await run(jobActivities(deps).stopJob, { kind: 'training', name });
  });

  it('stops no job of others, and minds no job that is not there', async () => {
    await run(jobActivities(deps).stopJob, { kind: 'transform', name: 'nobody-knows-it' });
    await run(jobActivities(deps).stopJob, { kind: 'training', name: 'nobody-knows-it' });
  });

  it('waits a moment for a job to be seen, and not for ever', async () => {
    const name = 'train-rides-1-never';
    const { watchJob } = jobActivities(deps);
    await assert.rejects(run(watchJob, { kind: 'training', name }), { type: 'NotYet', category: 'BENIGN' });
    const longAgo = Date.now() - 600_000;
    await assert.rejects(run(watchJob, { kind: 'training', name }, longAgo), {
      type: 'JobFailed',
      nonRetryable: true,
      message: /is not there/,
    });
  });

  it('says why a script failed and where its log is', async () => {
    const name = 'train-rides-1-broken';
    await submit(name, { prepared: { ...prepared, transform: prepared.baseline } });
    await assert.rejects(look(name), (error: Error & { type: string; details: [{ because: string }] }) => {
      assert.equal(error.type, 'JobFailed');
      assert.equal(error.details[0].because, 'algorithm');
      assert.match(error.message, /channel transform: expected one transform.tar.gz, found baseline.json/);
      assert.match(error.message, /log group \/aws\/sagemaker\/TrainingJobs, streams train-rides-1-broken/);
      return true;
    });
  });

  it('takes a job that completed without a model for a failure, and says where to save it', async () => {
    const name = 'train-rides-1-nothing';
    await writeFile(join(folder, 'nothing.py'), 'print("done")\n');
    await create({ gzip: true, cwd: folder, file: join(folder, 'sourcedir.tar.gz') }, ['nothing.py']);
    const { uri } = await deps.store.putFile('test/nothing/sourcedir.tar.gz', join(folder, 'sourcedir.tar.gz'));
    await deps.aws.sagemaker.send(
      new CreateTrainingJobCommand({
        TrainingJobName: name,
        RoleArn: deps.config.jobRoleArn,
        AlgorithmSpecification: { TrainingImage: deps.config.image, TrainingInputMode: 'File' },
        HyperParameters: { sagemaker_program: '"nothing.py"', sagemaker_submit_directory: JSON.stringify(uri) },
        OutputDataConfig: { S3OutputPath: deps.store.uri('test/nothing') },
        ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 5 },
        StoppingCondition: { MaxRuntimeInSeconds: 600 },
      }),
    );
    await assert.rejects(look(name), {
      type: 'JobFailed',
      nonRetryable: true,
      message: /completed without a model: there is nothing at s3:.*; let the script save it in SM_MODEL_DIR/,
    });
  });

  it('scores the test part through the serving container, a line a row in their order', async () => {
    const { createModel, submitTransform } = evaluateActivities(deps);
    const model = { ...scope, name: 'train-rides-1-model', artifact: trained.output, algorithm: 'xgboost' };
    const { modelName } = await run(createModel, model);
    assert.deepEqual(await run(createModel, model), { modelName });
    await assert.rejects(run(createModel, { ...model, artifact: `${trained.output}.other` }), {
      type: 'NameTaken',
      message: /exists and serves .*model\.tar\.gz by/,
    });
    const job = { ...scope, job: 'train-rides-1-score', modelName, input: prepared.testInputs };
    await run(submitTransform, job);
    await run(submitTransform, job);
    const { result } = await look(job.job, 'transform');
    assert.equal(result.output, deps.store.uri('models/train-rides/cycles/1/evaluate/train-rides-1-model'));
    const [output] = await deps.store.list(result.output);
    assert.ok(output);
    assert.ok(output.key.endsWith('/test.jsonl.out'), output.key);
    const lines = (await deps.store.getText(output.uri)).trim().split('\n');
    assert.equal(lines.length, prepared.rows.test);
    for (const line of lines) {
      const { probability, label } = JSON.parse(line) as { probability: number; label: boolean };
      assert.ok(probability > 0 && probability < 1);
      assert.equal(label, probability >= 0.5);
    }
  });

  it('deletes a model of ours once, and minds none that is not there', async () => {
    const { deleteModel } = evaluateActivities(deps);
    await run(deleteModel, { name: 'train-rides-1-model' });
    await run(deleteModel, { name: 'train-rides-1-model' });
  });

  const slow = ridesPlan('train-rides', {
    train: {
      objective: { metric: 'auc', goal: 'maximize' },
      candidates: [{ algorithm: 'xgboost', hyperparameters: { num_round: 10_000, max_depth: 12 } }],
      instance: { type: 'ml.m5.large', maxRuntime: '10m', usdPerHour: 0.5 },
    },
  });
});
