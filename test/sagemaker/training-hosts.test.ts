import assert from 'node:assert/strict';
import { ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { StopTrainingJobCommand } from '@aws-sdk/client-sagemaker';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { alive, until } from './helpers.ts';
import { trainingEnds } from './requests.ts';
import { create, GROUP, holding, instances, machineHas, seen, TRAINER_FLAGS } from './trainer.ts';

describe('a training job on several hosts', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud(TRAINER_FLAGS);
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  it('has a log stream a host, and its metrics from all of them', async () => {
    const metrics = { MetricDefinitions: [{ Name: 'loss', Regex: 'loss=([0-9.]+)' }] };
    await create(cloud, 'chorus', { mode: 'say', lines: 'hello|loss=0.5' }, instances(2), metrics);
    const job = await trainingEnds(cloud, 'chorus');
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason);
    assert.deepEqual(
      job.FinalMetricDataList?.map((each) => [each.MetricName, each.Value]),
      [['loss', 0.5]],
    );
    for (const host of ['algo-1', 'algo-2'])
      assert.deepEqual(await cloud.lines(GROUP, `chorus/${host}-`), ['hello', 'loss=0.5']);
  });

  it('finds each host by its name, where the machine can give a container a view of its own', async function () {
    if (!machineHas('hosts')) this.skip();
    await create(cloud, 'names', { mode: 'see', reach: 'algo-2' }, instances(2));
    assert.equal((await trainingEnds(cloud, 'names')).TrainingJobStatus, 'Completed');
    assert.equal((await seen(cloud, 'names')).reached, '127.77.0.2');
  });

  it('is stopped on all of them', async () => {
    await create(cloud, 'halted', { mode: 'hold' }, instances(3));
    const pids = await holding(cloud, 'halted', 3);
    assert.ok(pids.every(alive));
    for (const MetricName of ['CPUUtilization', 'MemoryUtilization'])
      await until(`${MetricName} of every host is in CloudWatch`, async () => {
        const { Metrics } = await cloud.cloudWatch.send(new ListMetricsCommand({ Namespace: GROUP, MetricName }));
        const hosts = Metrics?.flatMap((each) => each.Dimensions ?? []).filter((each) => each.Name === 'Host');
        return [1, 2, 3].every((number) => hosts?.some((each) => each.Value === `halted/algo-${number}`));
      });
    await cloud.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: 'halted' }));
    assert.equal((await trainingEnds(cloud, 'halted')).TrainingJobStatus, 'Stopped');
    assert.deepEqual(pids.map(alive), [false, false, false]);
  });

  it('fails with the reason of the one that failed, and ends the others', async () => {
    await create(cloud, 'broken', { mode: 'fail', failing: 'algo-2' }, instances(3));
    const job = await trainingEnds(cloud, 'broken');
    assert.equal(job.FailureReason, 'AlgorithmError: ValueError: algo-2 is broken, exit code: 5');
    const lines = await cloud.lines(GROUP, 'broken/');
    const pids = lines.filter((line) => line.startsWith('holding')).map((line) => Number(line.split(' ')[1]));
    assert.ok(pids.length > 0);
    assert.ok(!pids.some(alive));
  });

  it('ends on all hosts with the server, also when that is killed, and runs on all of them again', async () => {
    await create(cloud, 'orphaned', { mode: 'hold' }, instances(2));
    const pids = await holding(cloud, 'orphaned', 2);
    await cloud.end('SIGKILL');
    await until('they are gone', () => !pids.some(alive), 20);
    await cloud.start();
    const again = (await holding(cloud, 'orphaned', 4)).filter((pid) => !pids.includes(pid));
    assert.ok(again.length === 2 && again.every(alive));
    await cloud.sagemaker.send(new StopTrainingJobCommand({ TrainingJobName: 'orphaned' }));
    assert.equal((await trainingEnds(cloud, 'orphaned')).TrainingJobStatus, 'Stopped');
  });
});
