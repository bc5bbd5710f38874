import assert from 'node:assert/strict';
import { CreateTransformJobCommand, type DataProcessing } from '@aws-sdk/client-sagemaker';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { createModel, transformEnds, transformJob } from './requests.ts';

describe('what a batch transform filters and joins', () => {
  let cloud: Cloud;
  let count = 0;
  before(async () => {
    cloud = await startCloud();
    await createModel(cloud, 'model', { answer: 'one', csv: 'columns' });
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  const request = (body: string, type: string, processing: DataProcessing, over = {}) => {
    const name = `job-${++count}`;
    const job = transformJob(name, 'model', `s3://bench/in/${name}/`, { DataProcessing: processing, ...over });
    const given = {
      ...job,
      TransformInput: { ...job.TransformInput, ContentType: type },
      TransformOutput: { S3OutputPath: `s3://bench/out/${name}`, Accept: type, AssembleWith: 'Line' as const },
    };
    return { name, body, given };
  };
  const run = async (...args: Parameters<typeof request>) => {
    const { name, body, given } = request(...args);
    await cloud.put(`in/${name}/file`, body);
    await cloud.sagemaker.send(new CreateTransformJobCommand(given as never));
    return { name, job: await transformEnds(cloud, name) };
  };
  const output = async (...args: Parameters<typeof request>) => {
    const { name, job } = await run(...args);
    assert.equal(job.TransformJobStatus, 'Completed', job.FailureReason);
    assert.deepEqual(job.DataProcessing, args[2]);
    return (await cloud.get(`out/${name}/file.out`)).toString();
  };

  // The model answers each CSV line with the number of its columns.
  const CSV = '7,1.5,2.5\n8,"a, b",4.5\n';
  const join = { JoinSource: 'Input' } as const;
  it('CSV: columns go to the model, and its answer beside the columns of the input', async () => {
    assert.equal(await output('7,1.5,2.5\n', 'text/csv', { InputFilter: '$[1:]' }), '2\n');
    assert.equal(await output('7,1,2\n8,3,4\n', 'text/csv', { InputFilter: '$[1:]', ...join }), '7,1,2,2\n8,3,4,2\n');
    assert.equal(await output('7,1,2\n8,3,4\n', 'text/csv', { ...join, OutputFilter: '$[0,-1]' }), '7,3\n8,3\n');
    assert.equal(
      await output(CSV, 'text/csv', { InputFilter: '$[0]', ...join, OutputFilter: '$[1, 2:]' }),
      '1.5,2.5,1\n"a, b",4.5,1\n',
    );
    assert.equal(await output('7,1,2\n', 'text/csv', { ...join, OutputFilter: '$[-1]' }), '3\n');
  });

  it('CSV: keeps each row with its own answer, over several requests at once', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => [index, ...Array(index % 5).fill('x')].join(','));
    const over = { BatchStrategy: 'SingleRecord', MaxConcurrentTransforms: 4 };
    const found = await output(`${rows.join('\n')}\n`, 'text/csv', { ...join, OutputFilter: '$[0,-1]' }, over);
    assert.equal(found, rows.map((_, index) => `${index},${(index % 5) + 1}\n`).join(''));
  });

  const LINES = ['{"id":1,"features":[1,2]}', '{"id":2,"features":[3,4,5]}', ''].join('\n');
  it('JSON lines: parts go to the model, and its answer into the input', async () => {
    const parse = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    const filtered = parse(await output(LINES, 'application/jsonlines', { InputFilter: '$.features' }));
    assert.deepEqual(filtered, [
      { length: '[1, 2]'.length, answer: 'one' },
      { length: '[3, 4, 5]'.length, answer: 'one' },
    ]);
    const pick = { InputFilter: "$['id']", ...join, OutputFilter: "$['id','SageMakerOutput']" };
    assert.deepEqual(parse(await output(LINES, 'application/jsonlines', pick)), [
      { id: 1, SageMakerOutput: { length: 1, answer: 'one' } },
      { id: 2, SageMakerOutput: { length: 1, answer: 'one' } },
    ]);
    const lists = parse(await output('[5,6]\n', 'application/jsonlines', { ...join, OutputFilter: '$' }));
    assert.deepEqual(lists, [{ SageMakerInput: [5, 6], SageMakerOutput: { length: 5, answer: 'one' } }]);
    const deep = { ...join, OutputFilter: '$.SageMakerOutput.length' };
    assert.deepEqual(parse(await output(LINES, 'application/jsonlines', deep)), [25, 27]);
  });

  it('JSON: a file that is not split is one document', async () => {
    const whole = { TransformInput: undefined };
    const { name, body, given } = request(
      '{"id":9,"x":[1]}',
      'application/json',
      { InputFilter: '$.x', ...join },
      whole,
    );
    await cloud.put(`in/${name}/file`, body);
    const source = { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://bench/in/${name}/` } };
    const input = { DataSource: source, ContentType: 'application/json' };
    await cloud.sagemaker.send(new CreateTransformJobCommand({ ...given, TransformInput: input } as never));
    const job = await transformEnds(cloud, name);
    assert.equal(job.TransformJobStatus, 'Completed', job.FailureReason);
    const document = JSON.parse((await cloud.get(`out/${name}/file.out`)).toString());
    assert.deepEqual([document.id, document.x, document.SageMakerOutput.body], [9, [1], '[1]']);
  });

  it('fails when a record does not fit, and leaves no output', async () => {
    const fails = async (body: string, type: string, processing: DataProcessing, reason: RegExp) => {
      const { name, job } = await run(body, type, processing);
      assert.equal(job.TransformJobStatus, 'Failed');
      assert.match(job.FailureReason ?? '', reason);
      assert.deepEqual(await cloud.keys(`out/${name}`), []);
    };
    await fails(
      '1,2\n',
      'text/csv',
      { OutputFilter: '$[5]' },
      /^ClientError: OutputFilter .* no position 5 among 1\.$/,
    );
    await fails(LINES, 'application/jsonlines', { InputFilter: '$.nothing' }, /InputFilter .* there is no "nothing"/);
    await fails('{"a":\n', 'application/jsonlines', { InputFilter: '$.a' }, /^ClientError: A record could not be read/);
    await fails('SHORT,1\n2,3\n', 'text/csv', join, /^ClientError: Cannot join: 2 input records .* 1 came back/);
  });

  it('is refused when it is no filter, or of a type that has no parts', async () => {
    const refused = (type: string, processing: DataProcessing, message: RegExp) =>
      assert.rejects(
        cloud.sagemaker.send(new CreateTransformJobCommand(request('', type, processing).given as never)),
        {
          name: 'ValidationException',
          message,
        },
      );
    await refused('text/csv', { InputFilter: 'features' }, /^Invalid InputFilter: .* it begins with \$/);
    await refused('text/csv', { OutputFilter: '$[?(@.x>1)]' }, /^Invalid OutputFilter: .* look at "\[\?/);
    await refused('text/csv', { OutputFilter: "$['a',1]" }, /mixes names and positions/);
    await refused('image/png', { InputFilter: '$.x' }, /needs a ContentType and an Accept among text\/csv/);
    await refused('text/csv', { InputFilter: 'x'.repeat(64) }, /less than or equal to 63/);
  });
});
