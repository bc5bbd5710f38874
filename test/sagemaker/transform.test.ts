import assert from 'node:assert/strict';
import { CreateTransformJobCommand, StopTransformJobCommand } from '@aws-sdk/client-sagemaker';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { until } from './helpers.ts';
import { createModel, transformEnds, transformJob } from './requests.ts';

describe('a batch transform job on the SageMaker server', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud();
    await createModel(cloud, 'model', { answer: 'one' });
    await createModel(cloud, 'broken', { answer: 'one', start: 'never' });
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  const run = async (name: string, input: string, over = {}, model = 'model') => {
    await cloud.sagemaker.send(new CreateTransformJobCommand(transformJob(name, model, input, over)));
    return transformEnds(cloud, name);
  };
  const output = async (key: string) => (await cloud.get(key)).toString();

  it('answers every line of every file, in order, in <file>.out', async () => {
    const rows = Array.from({ length: 500 }, (_, index) => 'x'.repeat(index % 50));
    await cloud.put('in/some/a.jsonl', `${rows.join('\n')}\n`);
    await cloud.put('in/some/deep/b.jsonl', 'abc');
    const job = await run('lines', 's3://bench/in/some', { MaxPayloadInMB: 1, MaxConcurrentTransforms: 3 });
    assert.equal(job.TransformJobStatus, 'Completed', job.FailureReason);
    const keys = await cloud.keys('scored/lines');
    assert.deepEqual(keys, ['scored/lines/a.jsonl.out', 'scored/lines/deep/b.jsonl.out']);
    const lines = (await output('scored/lines/a.jsonl.out')).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).length),
      rows.map((row) => row.length),
    );
    assert.equal(await output('scored/lines/deep/b.jsonl.out'), '{"length": 3, "answer": "one"}\n');
    assert.ok(job.TransformStartTime && job.TransformEndTime);
  });

  it('packs as many lines into a request as MaxPayloadInMB allows, and one with SingleRecord', async () => {
    const line = 'y'.repeat(300_000);
    await cloud.put('in/large.jsonl', `${Array(8).fill(line).join('\n')}\n`);
    const posts = async (name: string, over: object) => {
      const job = await run(name, 's3://bench/in/large.jsonl', { MaxPayloadInMB: 1, ...over });
      assert.equal(job.TransformJobStatus, 'Completed', job.FailureReason);
      assert.equal((await output(`scored/${name}/large.jsonl.out`)).trimEnd().split('\n').length, 8);
      const lines = await cloud.lines('/aws/sagemaker/TransformJobs', `${name}/`);
      return lines.filter((each) => each === 'POST /invocations').length;
    };
    assert.equal(await posts('several', { BatchStrategy: 'MultiRecord' }), 3);
    assert.equal(await posts('single', { BatchStrategy: 'SingleRecord' }), 8);
  });

  it("fails with the container's words, and leaves no output, when a request is refused", async () => {
    await cloud.put('in/refused/a.jsonl', 'fine\n');
    await cloud.put('in/refused/b.jsonl', 'REFUSE\n');
    const job = await run('refused', 's3://bench/in/refused/');
    assert.equal(job.TransformJobStatus, 'Failed');
    assert.match(job.FailureReason ?? '', /^ClientError: .*400.*expected a number/);
    assert.deepEqual(await cloud.keys('scored/refused'), []);
  });

  it('tries server errors again, then fails as an algorithm error', async () => {
    await cloud.put('in/fail.jsonl', 'FAIL\n');
    const job = await run('failing', 's3://bench/in/fail.jsonl', { ModelClientConfig: { InvocationsMaxRetries: 2 } });
    assert.match(job.FailureReason ?? '', /^AlgorithmError: .*500: it broke/);
    const lines = await cloud.lines('/aws/sagemaker/TransformJobs', 'failing/');
    assert.equal(lines.filter((each) => each === 'POST /invocations').length, 3);
  });

  it('fails when the model server ends, or never comes up', async () => {
    await cloud.put('in/break.jsonl', 'BREAK\n');
    const ended = await run('ended', 's3://bench/in/break.jsonl');
    assert.match(ended.FailureReason ?? '', /^AlgorithmError: The model server ended/);
    const never = await run('never', 's3://bench/in/break.jsonl', {}, 'broken');
    assert.match(never.FailureReason ?? '', /^AlgorithmError: The model server did not pass the ping health check/);
    assert.ok((await cloud.lines('/aws/sagemaker/TransformJobs', 'never/')).some((line) => /ImportError/.test(line)));
  });

  it('fails when there is nothing to read, or a line is larger than a request may be', async () => {
    const absent = await run('absent', 's3://bench/in/absent');
    assert.match(
      absent.FailureReason ?? '',
      /^ClientError: No S3 objects found under S3 URL "s3:\/\/bench\/in\/absent"/,
    );
    await cloud.put('in/huge.jsonl', 'z'.repeat(1024 * 1024 + 1));
    const huge = await run('huge', 's3://bench/in/huge.jsonl', { MaxPayloadInMB: 1 });
    assert.match(huge.FailureReason ?? '', /^ClientError: line 1 of huge.jsonl has 1048577 bytes/);
  });

  it('stops when asked to, and leaves no output', async () => {
    await cloud.put('in/slow.jsonl', `${Array(200).fill('SLOW').join('\n')}\n`);
    const request = transformJob('slow', 'model', 's3://bench/in/slow.jsonl', { BatchStrategy: 'SingleRecord' });
    await cloud.sagemaker.send(new CreateTransformJobCommand(request));
    await until('it works', async () => (await cloud.lines('/aws/sagemaker/TransformJobs', 'slow/')).length > 1);
    await cloud.sagemaker.send(new StopTransformJobCommand({ TransformJobName: 'slow' }));
    assert.equal((await transformEnds(cloud, 'slow')).TransformJobStatus, 'Stopped');
    assert.deepEqual(await cloud.keys('scored/slow'), []);
  });

  it('is refused for a model that is not there, a name that is taken, and options that are not real here', async () => {
    const create = (over: object, name = 'other', model = 'model') =>
      cloud.sagemaker.send(new CreateTransformJobCommand(transformJob(name, model, 's3://bench/in/some', over)));
    await assert.rejects(create({}, 'other', 'nobody'), {
      name: 'ValidationException',
      message: /^Could not find model "/,
    });
    await assert.rejects(create({}, 'lines'), { name: 'ResourceInUse', message: /^Job name must be unique/ });
    await assert.rejects(create({ DataCaptureConfig: { DestinationS3Uri: 's3://bench/c' } }), /DataCaptureConfig of a/);
  });
});
