import assert from 'node:assert/strict';
import { zipSync } from 'fflate';
import { checkAnswers } from '../sagemaker/answers.ts';
import { type Cloud, startCloud } from '../sagemaker/cloud.ts';
import { type Glue, glueOf } from './glue.ts';

const OUTPUT = '/aws-glue/python-jobs/output';
const ERROR = '/aws-glue/python-jobs/error';

describe('a Python shell job of Glue', () => {
  let cloud: Cloud;
  let glue: Glue;
  before(async () => {
    cloud = await startCloud();
    glue = glueOf(cloud);
  });
  after(() => cloud.stop());

  it('runs its script, with arguments, and writes to S3 by boto3', async () => {
    const script = `
import sys, boto3
from awsglue.utils import getResolvedOptions
args = getResolvedOptions(sys.argv, ['a', 'b', 'c', 'with-dash', 'TempDir'])
print(args['a'], args['b'], args['c'], args['with_dash'])
print('to stderr', file=sys.stderr)
boto3.client('s3').put_object(Bucket='bench', Key='out/words.txt', Body=args['TempDir'].encode())
`;
    await glue.job('writes', script, {
      DefaultArguments: { '--a': 'default', '--b': 'default', '--c': 'default', '--with-dash': 'x' },
      NonOverridableArguments: { '--c': 'fixed' },
    });
    const Arguments = { '--b': 'run', '--c': 'run', '--TempDir': 's3://bench/tmp' };
    const run = await glue.done('writes', { Arguments });
    assert.equal(run.JobRunState, 'SUCCEEDED', run.ErrorMessage);
    assert.match(run.Id ?? '', /^jr_[0-9a-f]{64}$/);
    assert.deepEqual(run.Arguments, Arguments);
    assert.equal(run.Attempt, 0);
    assert.equal(run.MaxCapacity, 0.0625);
    assert.equal(run.LogGroupName, '/aws-glue/python-jobs');
    assert.ok(run.StartedOn && run.CompletedOn && run.CompletedOn >= run.StartedOn);
    assert.equal(String(await cloud.get('out/words.txt')), 's3://bench/tmp');
    assert.deepEqual(await cloud.lines(OUTPUT, run.Id), ['default run fixed x']);
    assert.deepEqual(await cloud.lines(ERROR, run.Id), ['to stderr']);
  });

  it('fails with the last exception of its script, whose frames alone are in the log', async () => {
    await glue.job('raises', 'def f():\n    raise ValueError("no such column: a")\n\nf()\n');
    const run = await glue.done('raises');
    assert.equal(run.JobRunState, 'FAILED');
    assert.equal(run.ErrorMessage, 'ValueError: no such column: a');
    const said = (await cloud.lines(ERROR, run.Id)).join('\n');
    assert.match(said, /raises\.py", line 4, in <module>/);
    assert.doesNotMatch(said, /launch\.py/);
  });

  it('fails by its exit code, and when an argument is not given', async () => {
    await glue.job('exits', 'import sys\nsys.exit(3)\n');
    assert.equal((await glue.done('exits')).ErrorMessage, 'Command failed with exit code 3');
    const script =
      'import sys\nfrom awsglue.utils import getResolvedOptions\ngetResolvedOptions(sys.argv, ["JOB_NAME"])\n';
    await glue.job('lacks', script);
    assert.match((await glue.done('lacks')).ErrorMessage ?? '', /GlueArgumentError: .*required: --JOB_NAME/);
  });

  it('succeeds when its script exits by itself with 0', async () => {
    await glue.job('exits-well', 'import sys\nsys.exit(0)\n');
    assert.equal((await glue.done('exits-well')).JobRunState, 'SUCCEEDED');
  });

  it('fails when the script is not in S3', async () => {
    const ScriptLocation = 's3://bench/scripts/nothing.py';
    await glue.job('lost', '', { Command: { Name: 'pythonshell', PythonVersion: '3.9', ScriptLocation } });
    const run = await glue.done('lost');
    assert.equal(run.JobRunState, 'FAILED');
    assert.match(run.ErrorMessage ?? '', /^LAUNCH ERROR \| .*bucket: bench, key: scripts\/nothing\.py.*404/);
  });

  it('imports files that it brings, and none of the server', async () => {
    await cloud.put('libs/helper.py', 'WORD = "brought"\n');
    const script = `
import helper
print(helper.WORD, open("notes.txt").read())
for name in ("sagemaker_server", "glue_jobs", "definition"):
    try:
        __import__(name)
        print("imported", name)
    except ImportError:
        pass
`;
    await cloud.put('libs/notes.txt', 'notes');
    await glue.job('brings', script, {
      DefaultArguments: {
        '--extra-py-files': 's3://bench/libs/helper.py',
        '--extra-files': 's3://bench/libs/notes.txt',
      },
    });
    const run = await glue.done('brings');
    assert.equal(run.JobRunState, 'SUCCEEDED', run.ErrorMessage);
    assert.deepEqual(await cloud.lines(OUTPUT, run.Id), ['brought notes']);
  });

  it('has pip install what it needs into its own folder', async () => {
    const info = 'brought-1.0.dist-info';
    const files = {
      'brought.py': 'WORD = "from a wheel"\n',
      [`${info}/METADATA`]: 'Metadata-Version: 2.1\nName: brought\nVersion: 1.0\n',
      [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
      [`${info}/RECORD`]: `brought.py,,\n${info}/METADATA,,\n${info}/WHEEL,,\n${info}/RECORD,,\n`,
    };
    const bytes = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
    const wheel = await cloud.put('libs/brought-1.0-py3-none-any.whl', zipSync(bytes));
    await glue.job('wheels', 'import brought\nprint(brought.WORD)\n', {
      DefaultArguments: { '--additional-python-modules': wheel, '--python-modules-installer-option': '--no-index' },
    });
    const run = await glue.done('wheels');
    assert.equal(run.JobRunState, 'SUCCEEDED', run.ErrorMessage);
    assert.equal((await cloud.lines(OUTPUT, run.Id)).at(-1), 'from a wheel');
  });

  it('says which module pip could not install, and how to mend it', async () => {
    await glue.job('needs', 'import nothing', {
      DefaultArguments: {
        '--additional-python-modules': 'no-such-module==1.0',
        '--python-modules-installer-option': '--no-index',
      },
    });
    const run = await glue.done('needs');
    assert.equal(run.JobRunState, 'FAILED');
    assert.match(run.ErrorMessage ?? '', /^LAUNCH ERROR \| .*no-such-module==1\.0: ERROR: .*give wheels in S3\.$/);
  });

  it('says in its log what has no effect on a laptop', async () => {
    await glue.job('observed', 'pass', {
      DefaultArguments: { '--enable-metrics': 'true', '--enable-spark-ui': 'false' },
    });
    const run = await glue.done('observed');
    assert.deepEqual(await cloud.lines(ERROR, run.Id), ['glue: --enable-metrics has no effect on a laptop']);
  });

  it("keeps to Glue's own model in every answer", () => checkAnswers(glue, 'glue'));
});
