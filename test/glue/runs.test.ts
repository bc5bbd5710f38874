import assert from 'node:assert/strict';
import {
  BatchStopJobRunCommand,
  DeleteJobCommand,
  GetJobRunCommand,
  GetJobRunsCommand,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { checkAnswers } from '../sagemaker/answers.ts';
import { type Cloud, startCloud } from '../sagemaker/cloud.ts';
import { alive, until } from '../sagemaker/helpers.ts';
import { type Glue, glueOf, HANG } from './glue.ts';

const OUTPUT = '/aws-glue/python-jobs/output';

describe("runs of Glue's jobs", () => {
  let cloud: Cloud;
  let glue: Glue;
  before(async () => {
    cloud = await startCloud(['--glue-minute', '1']);
    glue = glueOf(cloud);
  });
  after(() => cloud.stop());

  it('stops when asked, and its whole process group with it', async () => {
    const script = `import os, subprocess\nprint(os.getpid(), subprocess.Popen(["sleep", "600"]).pid, flush=True)\n${HANG}`;
    await glue.job('stopped', script, { MaxRetries: 1 });
    const JobRunId = await glue.start('stopped');
    await glue.hanging('stopped', JobRunId);
    const pids = ((await cloud.lines(OUTPUT, JobRunId))[0] as string).split(' ').map(Number);
    assert.ok(pids.length === 2 && pids.every(alive));
    assert.equal((await glue.run('stopped', JobRunId)).JobRunState, 'RUNNING');

    const strange = `jr_${'0'.repeat(64)}`;
    const stop = new BatchStopJobRunCommand({ JobName: 'stopped', JobRunIds: [JobRunId, strange] });
    const { SuccessfulSubmissions, Errors } = await glue.client.send(stop);
    assert.deepEqual(SuccessfulSubmissions, [{ JobName: 'stopped', JobRunId }]);
    assert.deepEqual(
      Errors?.map((error) => [error.JobRunId, error.ErrorDetail?.ErrorCode]),
      [[strange, 'EntityNotFoundException']],
    );
    assert.equal((await glue.ends('stopped', JobRunId)).JobRunState, 'STOPPED');
    await until('its processes are gone', () => !pids.some(alive));
    const { JobRuns } = await glue.client.send(new GetJobRunsCommand({ JobName: 'stopped' }));
    assert.equal(JobRuns?.length, 1, 'a stopped run is not tried again');
    const again = await glue.client.send(stop);
    assert.equal(again.Errors?.length, 2);
  });

  it('times out after its minutes, without a retry', async () => {
    await glue.job('late', HANG, { Timeout: 100, MaxRetries: 1 });
    const run = await glue.done('late', { Timeout: 2 });
    assert.deepEqual([run.JobRunState, run.Timeout], ['TIMEOUT', 2]);
    assert.match(run.ErrorMessage ?? '', /timeout of 2 minutes/);
    assert.equal((await glue.client.send(new GetJobRunsCommand({ JobName: 'late' }))).JobRuns?.length, 1);
  });

  it('is tried again as often as MaxRetries says', async () => {
    await glue.job('retried', 'raise RuntimeError("again")', { MaxRetries: 2 });
    const first = await glue.done('retried', { Arguments: { '--a': 'b' } });
    const id = first.Id as string;
    const last = await glue.ends('retried', `${id}_attempt_2`);
    assert.deepEqual(
      [last.JobRunState, last.Attempt, last.PreviousRunId, last.Arguments],
      ['FAILED', 2, `${id}_attempt_1`, { '--a': 'b' }],
    );
    const { JobRuns } = await glue.client.send(new GetJobRunsCommand({ JobName: 'retried' }));
    assert.deepEqual(
      JobRuns?.map((run) => run.Id),
      [`${id}_attempt_2`, `${id}_attempt_1`, id],
    );
  });

  it('is tried again by hand with its own arguments', async () => {
    const script = 'import sys\nprint(sys.argv[1:])\n';
    await glue.job('resubmitted', script);
    const first = await glue.done('resubmitted', { Arguments: { '--a': 'b' } });
    const second = await glue.done('resubmitted', { JobRunId: first.Id });
    assert.deepEqual([second.PreviousRunId, second.Attempt], [first.Id, 1]);
    assert.deepEqual(await cloud.lines(OUTPUT, second.Id), ["['--a', 'b']"]);
    const { JobRunId } = await glue.client.send(new StartJobRunCommand({ JobName: 'resubmitted', JobRunId: first.Id }));
    assert.equal(JobRunId, `${first.Id}_attempt_2`);
    await glue.ends('resubmitted', JobRunId as string);
  });

  it('runs at most MaxConcurrentRuns at a time', async () => {
    await glue.job('two', HANG, { ExecutionProperty: { MaxConcurrentRuns: 2 } });
    const ids = [await glue.start('two'), await glue.start('two')];
    await assert.rejects(glue.start('two'), {
      name: 'ConcurrentRunsExceededException',
      message: 'Concurrent runs exceeded for two',
    });
    await glue.client.send(new BatchStopJobRunCommand({ JobName: 'two', JobRunIds: ids }));
    for (const id of ids) assert.equal((await glue.ends('two', id)).JobRunState, 'STOPPED');
  });

  it('ends with its job', async () => {
    await glue.job('deleted', `import os\nprint(os.getpid(), flush=True)\n${HANG}`);
    const id = await glue.start('deleted');
    await glue.hanging('deleted', id);
    const pid = Number((await cloud.lines(OUTPUT, id))[0]);
    assert.ok(alive(pid));
    await glue.client.send(new DeleteJobCommand({ JobName: 'deleted' }));
    await until('its process is gone', () => !alive(pid));
    await assert.rejects(glue.client.send(new GetJobRunCommand({ JobName: 'deleted', RunId: id })), {
      name: 'EntityNotFoundException',
    });
  });

  it('refuses what is not there for a run', async () => {
    await glue.job('plain', 'pass');
    const wrong = [
      { SecurityConfiguration: 'x' },
      { Arguments: { '--job-bookmark-option': 'job-bookmark-enable' } },
      { WorkerType: 'G.1X' as const, NumberOfWorkers: 2 },
      { Timeout: 20_000 },
    ];
    for (const over of wrong) await assert.rejects(glue.start('plain', over), { name: 'InvalidInputException' });
    await assert.rejects(glue.start('plain', { JobRunId: 'jr_none' }), { name: 'EntityNotFoundException' });
  });

  it('survives a restart of the server; what was under way runs again, its old processes gone', async () => {
    await glue.job('before', 'print("done")');
    const done = await glue.done('before');
    await glue.job('cut', `import os\nprint(os.getpid(), flush=True)\n${HANG}`);
    const id = await glue.start('cut');
    await glue.hanging('cut', id);
    const pid = Number((await cloud.lines(OUTPUT, id))[0]);
    assert.ok(alive(pid));
    await cloud.end('SIGKILL');
    await until('its process is gone', () => !alive(pid));
    await cloud.start();
    assert.deepEqual(await glue.run('before', done.Id as string), done);
    const again = await until('it hangs again', async () => {
      const pids = (await cloud.lines(OUTPUT, id)).map(Number).filter((each) => each !== pid && alive(each));
      return pids[0];
    });
    assert.equal((await glue.run('cut', id)).JobRunState, 'RUNNING');
    await glue.client.send(new BatchStopJobRunCommand({ JobName: 'cut', JobRunIds: [id] }));
    await until('it is stopped', async () => (await glue.run('cut', id)).JobRunState === 'STOPPED');
    assert.ok(!alive(again));
    assert.equal((await glue.done('before')).JobRunState, 'SUCCEEDED');
  });

  it("keeps to Glue's own model in every answer", () => checkAnswers(glue, 'glue'));
});
