import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  CreateProcessingJobCommand,
  type CreateProcessingJobCommandInput,
  DeleteProcessingJobCommand,
  DescribeProcessingJobCommand,
  ListProcessingJobsCommand,
  type ProcessingInput,
  type ProcessingOutput,
  StopProcessingJobCommand,
} from '@aws-sdk/client-sagemaker';
import { checkAnswers } from './answers.ts';
import { BUCKET, type Cloud, ROLE, startCloud } from './cloud.ts';
import { alive, pack, until } from './helpers.ts';

const IMAGE = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3';
const GROUP = '/aws/sagemaker/ProcessingJobs';
const CODE = '/opt/ml/processing/input/code';

const input = (name: string, uri: string, path: string, over: object = {}): ProcessingInput => ({
  InputName: name,
  S3Input: { S3Uri: uri, LocalPath: path, S3DataType: 'S3Prefix', S3InputMode: 'File', ...over },
});
const output = (name: string, path: string, mode: 'EndOfJob' | 'Continuous' = 'EndOfJob'): ProcessingOutput => ({
  OutputName: name,
  S3Output: { S3Uri: `s3://${BUCKET}/processed/${name}`, LocalPath: path, S3UploadMode: mode },
});

describe('a processing job on the SageMaker server', function () {
  this.timeout(120_000);
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud();
    for (const name of ['a', 'b', 'c']) await cloud.put(`rows/${name}.csv`, `${name},1\n`);
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  /** A job that runs `script` with Python, as the SDK's ScriptProcessor asks for it. */
  const create = async (name: string, script: string, over: Partial<CreateProcessingJobCommandInput> = {}) => {
    const code = await cloud.put(`code/${name}/run.py`, script);
    return cloud.sagemaker.send(
      new CreateProcessingJobCommand({
        ProcessingJobName: name,
        RoleArn: ROLE,
        AppSpecification: { ImageUri: IMAGE, ContainerEntrypoint: ['python3', `${CODE}/run.py`] },
        ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 10 } },
        ...over,
        ProcessingInputs: [input('code', code, CODE), ...(over.ProcessingInputs ?? [])],
      }),
    );
  };
  const describeJob = (name: string) =>
    cloud.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: name }));
  const ends = (name: string) =>
    until(`${name} ends`, async () => {
      const job = await describeJob(name);
      return ['Completed', 'Failed', 'Stopped'].includes(job.ProcessingJobStatus ?? '') && job;
    });
  const text = async (key: string) => (await cloud.get(key)).toString();

  it('gets its inputs, arguments and environment, and leaves outputs, a message and logs', async () => {
    const script = `
import json, os, sys, sklearn
from pathlib import Path
rows = sorted(Path('/opt/ml/processing/rows').rglob('*.csv'))
config = json.load(open('/opt/ml/config/processingjobconfig.json'))
hosts = json.load(open('/opt/ml/config/resourceconfig.json'))
Path('/opt/ml/processing/out/deep').mkdir()
Path('/opt/ml/processing/out/deep/seen.json').write_text(json.dumps({
    'rows': ''.join(row.read_text() for row in rows), 'arguments': sys.argv[1:], 'mine': os.environ['MINE'],
    'job': os.environ['PROCESSING_JOB_NAME'], 'named': config['ProcessingJobName'], 'hosts': hosts}))
Path('/opt/ml/output/message').write_text('all is well')
print('seen', len(rows))
`;
    await create('good', script, {
      AppSpecification: {
        ImageUri: IMAGE,
        ContainerEntrypoint: ['python3', `${CODE}/run.py`],
        ContainerArguments: ['--to', '/opt/ml/processing/out'],
      },
      Environment: { MINE: 'yes' },
      ProcessingInputs: [input('rows', `s3://${BUCKET}/rows/`, '/opt/ml/processing/rows')],
      ProcessingOutputConfig: { Outputs: [output('out', '/opt/ml/processing/out')] },
    });
    const job = await ends('good');
    assert.equal(job.ProcessingJobStatus, 'Completed', `${job.FailureReason} ${await cloud.lines(GROUP, 'good')}`);
    assert.equal(job.ExitMessage, 'all is well');
    assert.ok(job.ProcessingStartTime && job.ProcessingEndTime);
    assert.deepEqual(JSON.parse(await text('processed/out/deep/seen.json')), {
      rows: 'a,1\nb,1\nc,1\n',
      arguments: ['--to', '/opt/ml/processing/out'],
      mine: 'yes',
      job: 'good',
      named: 'good',
      hosts: { current_host: 'algo-1', hosts: ['algo-1'] },
    });
    assert.deepEqual(await cloud.lines(GROUP, 'good/algo-1-'), ['seen 3']);
  });

  it('runs on several instances, each with its share of the keys', async () => {
    const script = `
import json
from pathlib import Path
host = json.load(open('/opt/ml/config/resourceconfig.json'))['current_host']
names = sorted(file.name for file in Path('/opt/ml/processing/rows').iterdir())
Path(f'/opt/ml/processing/out/{host}').write_text(' '.join(names))
`;
    const shared = { S3DataDistributionType: 'ShardedByS3Key' };
    await create('shared', script, {
      ProcessingResources: { ClusterConfig: { InstanceType: 'ml.m5.large', InstanceCount: 2, VolumeSizeInGB: 10 } },
      ProcessingInputs: [input('rows', `s3://${BUCKET}/rows/`, '/opt/ml/processing/rows', shared)],
      ProcessingOutputConfig: { Outputs: [output('shares', '/opt/ml/processing/out')] },
    });
    assert.equal((await ends('shared')).ProcessingJobStatus, 'Completed');
    assert.equal(await text('processed/shares/algo-1'), 'a.csv c.csv');
    assert.equal(await text('processed/shares/algo-2'), 'b.csv');
  });

  it('reads what a manifest names', async () => {
    const manifest = await cloud.put(
      'manifest.json',
      JSON.stringify([{ prefix: `s3://${BUCKET}/rows/` }, 'a.csv', 'c.csv']),
    );
    const script = `
from pathlib import Path
print(' '.join(sorted(file.name for file in Path('/opt/ml/processing/rows').iterdir())))
`;
    const listed = { S3DataType: 'ManifestFile' };
    await create('listed', script, {
      ProcessingInputs: [input('rows', manifest, '/opt/ml/processing/rows', listed)],
    });
    assert.equal((await ends('listed')).ProcessingJobStatus, 'Completed');
    assert.deepEqual(await cloud.lines(GROUP, 'listed/'), ['a.csv c.csv']);
  });

  it('uploads continuous outputs while it runs, and stops with all its processes when it is asked to', async () => {
    const script = `
import os, time
from pathlib import Path
Path('/opt/ml/processing/live/first').write_text(str(os.getpid()))
Path('/opt/ml/processing/late/never').write_text('')
time.sleep(600)
`;
    await create('live', script, {
      ProcessingOutputConfig: {
        Outputs: [
          output('live', '/opt/ml/processing/live', 'Continuous'),
          output('late', '/opt/ml/processing/late', 'EndOfJob'),
        ],
      },
    });
    const pid = await until('the first file is there', async () => Number(await text('processed/live/first')));
    assert.equal((await describeJob('live')).ProcessingJobStatus, 'InProgress');
    const request = { ProcessingJobName: 'live' };
    await assert.rejects(cloud.sagemaker.send(new DeleteProcessingJobCommand(request)), { name: 'ResourceInUse' });
    await cloud.sagemaker.send(new StopProcessingJobCommand(request));
    assert.equal((await ends('live')).ProcessingJobStatus, 'Stopped');
    assert.equal(alive(pid), false);
    assert.deepEqual(await cloud.keys('processed/late'), []);
    await assert.rejects(cloud.sagemaker.send(new StopProcessingJobCommand(request)), {
      name: 'ValidationException',
      message: 'The request was rejected because the processing job is in status Stopped.',
    });
  });

  it("fails in AWS's words, with the script's own message, when it ends with another code than 0", async () => {
    const script = `
from pathlib import Path
Path('/opt/ml/output/message').write_text('no such column: age')
Path('/opt/ml/processing/half/part').write_text('')
raise SystemExit(3)
`;
    await create('broken', script, {
      ProcessingOutputConfig: { Outputs: [output('half', '/opt/ml/processing/half')] },
    });
    const job = await ends('broken');
    assert.equal(job.ProcessingJobStatus, 'Failed');
    assert.equal(job.FailureReason, 'AlgorithmError: See job logs for more information');
    assert.equal(job.ExitMessage, 'no such column: age');
    assert.deepEqual(await cloud.keys('processed/half'), []);
  });

  it('is stopped at MaxRuntimeInSeconds', async () => {
    await create('long', 'import time; time.sleep(600)', { StoppingCondition: { MaxRuntimeInSeconds: 1 } });
    assert.equal((await ends('long')).ProcessingJobStatus, 'Stopped');
  });

  it('has no network but its own when it is isolated', async () => {
    const script = `
import socket
server = socket.create_server(('127.0.0.1', 0))
socket.create_connection(server.getsockname())
try:
    socket.create_connection(('127.0.0.1', ${new URL(cloud.aws).port}), timeout=5)
except OSError as error:
    print('alone', type(error).__name__)
`;
    await create('alone', script, { NetworkConfig: { EnableNetworkIsolation: true } });
    assert.equal((await ends('alone')).ProcessingJobStatus, 'Completed');
    assert.deepEqual(await cloud.lines(GROUP, 'alone/'), ['alone ConnectionRefusedError']);
  });

  it('runs an entry point of the shell that unpacks its code, as the SDK sends frameworks', async () => {
    const source = await cloud.put('code/framework/sourcedir.tar.gz', await pack({ 'main.py': 'print("main ran")' }));
    const shell = await cloud.put(
      'code/framework/runproc.sh',
      `#!/bin/bash\ncd ${CODE}/\ntar -xzf sourcedir.tar.gz\nset -e\npython3 main.py "$@"\n`,
    );
    const entry = '/opt/ml/processing/input/entrypoint';
    await create('framework', 'pass', {
      AppSpecification: { ImageUri: IMAGE, ContainerEntrypoint: ['/bin/bash', `${entry}/runproc.sh`] },
      ProcessingInputs: [input('source', source, `${CODE}`), input('entrypoint', shell, entry)],
    });
    assert.equal((await ends('framework')).ProcessingJobStatus, 'Completed');
    assert.deepEqual(await cloud.lines(GROUP, 'framework/'), ['main ran']);
  });

  it('fails as a client error when its image or its input is not there', async () => {
    const nowhere = '123456789012.dkr.ecr.us-east-1.amazonaws.com/nowhere:1';
    await create('imageless', 'pass', { AppSpecification: { ImageUri: nowhere, ContainerEntrypoint: ['true'] } });
    assert.match(
      (await ends('imageless')).FailureReason ?? '',
      /^ClientError: API error \(404\): manifest for \S+nowhere:1 not found: manifest unknown/,
    );
    await create('empty', 'pass', {
      ProcessingInputs: [input('rows', `s3://${BUCKET}/nothing/`, '/opt/ml/processing/rows')],
    });
    assert.match((await ends('empty')).FailureReason ?? '', /^ClientError: Data download failed: .*nothing/);
  });

  it('moves paths of the request, where a machine gives nobody an /opt/ml of his own', () => {
    const root = new URL('../../', import.meta.url).pathname;
    const code = `from pathlib import Path; from sagemaker_server.opt_ml import moved; import sys
print(moved(sys.argv[1], Path('/jobs/one')))`;
    const given = '/opt/ml --a=/opt/ml/x,/opt/ml/y /opt/mlx s3://b/opt/ml/z';
    const moved = execFileSync(`${root}.venv/bin/python`, ['-c', code, given], {
      env: { PYTHONPATH: `${root}local` },
      encoding: 'utf8',
    });
    assert.equal(moved.trim(), '/jobs/one --a=/jobs/one/x,/jobs/one/y /opt/mlx s3://b/opt/ml/z');
  });

  it('is refused under a name that is taken, with a path elsewhere, or with what is not supported', async () => {
    await assert.rejects(create('good', 'pass'), { name: 'ResourceInUse' });
    const refusals: [Partial<CreateProcessingJobCommandInput>, RegExp][] = [
      [{ ProcessingInputs: [input('rows', 's3://bench/rows', '/data')] }, /must be an absolute path .*found "\/data"/],
      [{ ProcessingInputs: [input('rows', 's3://bench/rows', '/opt/ml/processing/../x')] }, /must be an absolute path/],
      [{ ProcessingInputs: [input('rows', 's3://bench/rows', `${CODE}/x`, { S3InputMode: 'Pipe' })] }, /Pipe mode/],
      [{ ProcessingInputs: [input('code', 's3://bench/rows', `${CODE}/x`)] }, /found twice: code/],
      [{ ProcessingOutputConfig: { Outputs: [output('o', '/tmp')] } }, /S3Output of output o/],
      [{ ExperimentConfig: { ExperimentName: 'e' } }, /ExperimentConfig of a processing job is not supported/],
    ];
    for (const [over, message] of refusals)
      await assert.rejects(create('refused', 'pass', over), { name: 'ValidationException', message });
    const many = { ClusterConfig: { InstanceType: 'ml.m5.large' as const, InstanceCount: 50, VolumeSizeInGB: 10 } };
    await assert.rejects(create('refused', 'pass', { ProcessingResources: many }), { name: 'ResourceLimitExceeded' });
    await assert.rejects(describeJob('refused'), {
      name: 'ValidationException',
      message: 'Could not find requested job with name: refused',
    });
  });

  it('is listed by status and name, and can be deleted when it ended', async () => {
    const failed = await cloud.sagemaker.send(
      new ListProcessingJobsCommand({ StatusEquals: 'Failed', SortBy: 'Name', SortOrder: 'Ascending' }),
    );
    assert.deepEqual(
      failed.ProcessingJobSummaries?.map((each) => each.ProcessingJobName),
      ['broken', 'empty', 'imageless'],
    );
    await cloud.sagemaker.send(new DeleteProcessingJobCommand({ ProcessingJobName: 'broken' }));
    await assert.rejects(describeJob('broken'));
  });
});
