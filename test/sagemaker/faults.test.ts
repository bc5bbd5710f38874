import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateModelCommand,
  DeleteModelCommand,
  DescribeModelCommand,
  DescribeTrainingJobCommand,
  ListModelsCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { type Cloud, IMAGE, ROLE, startCloud } from './cloud.ts';
import { until } from './helpers.ts';

describe('faults on request', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud();
  });
  after(() => cloud?.stop());
  afterEach(() => fetch(`${cloud.url}/faults`, { method: 'DELETE' }));

  const put = (rules: unknown) => fetch(`${cloud.url}/faults`, { method: 'PUT', body: JSON.stringify(rules) });
  const rules = async () => (await (await fetch(`${cloud.url}/faults`)).json()) as unknown[];
  const describeModel = (ModelName: string) => cloud.sagemaker.send(new DescribeModelCommand({ ModelName }));
  const createModel = (ModelName: string) =>
    cloud.sagemaker.send(
      new CreateModelCommand({ ModelName, ExecutionRoleArn: ROLE, PrimaryContainer: { Image: IMAGE } }),
    );
  const fails = (name: string, status: number, message: RegExp) => (error: Error) => {
    assert.equal(error.name, name);
    assert.equal((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode, status);
    assert.match(error.message, message);
    return true;
  };

  it('throttles, fails and is unavailable as often as the rules say, in AWS words', async () => {
    await createModel('often');
    await put([
      { operation: 'Describe*', fault: 'throttling', times: 2 },
      { operation: 'DescribeModel', fault: 'internal', times: 1 },
      { operation: 'DescribeModel', fault: 'unavailable', times: 1 },
    ]);
    const throttled = fails('ThrottlingException', 400, /^Rate exceeded$/);
    await assert.rejects(describeModel('often'), throttled);
    assert.deepEqual((await rules())[0], { operation: 'Describe*', fault: 'throttling', times: 1 });
    await assert.rejects(cloud.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: 'x' })), throttled);
    await assert.rejects(describeModel('often'), fails('InternalFailure', 500, /unknown error, exception or failure/));
    await assert.rejects(describeModel('often'), fails('ServiceUnavailable', 503, /temporary failure of the server/));
    assert.equal((await describeModel('often')).ModelName, 'often');
    assert.deepEqual(await rules(), []);
  });

  it('reaches the runtime, too, in the way of its protocol', async () => {
    await put([{ operation: 'InvokeEndpoint', fault: 'throttling' }]);
    const invoke = () => cloud.runtime.send(new InvokeEndpointCommand({ EndpointName: 'nobody', Body: 'x' }));
    for (let times = 0; times < 3; times++)
      await assert.rejects(invoke(), fails('ThrottlingException', 400, /^Rate exceeded$/));
  });

  it('does not see what is young, until it is not young or the rule is gone', async () => {
    await createModel('young');
    await put([{ operation: '*', fault: 'eventual', seconds: 3600 }]);
    await assert.rejects(describeModel('young'), { name: 'ValidationException', message: /^Could not find model/ });
    const listed = async () => (await cloud.sagemaker.send(new ListModelsCommand({}))).Models?.map((m) => m.ModelName);
    assert.deepEqual(await listed(), []);
    // Its name is taken all the same: writes are not blind.
    await assert.rejects(createModel('young'), { name: 'ValidationException', message: /already existing/ });
    await put([{ operation: '*', fault: 'eventual', seconds: 0.5 }]);
    await until('it is old enough', () => describeModel('young'));
    assert.ok((await listed())?.includes('young'));
  });

  it('cuts the connection before the effect, or after it', async () => {
    const cutOff = (error: Error) =>
      /ECONNRESET|EPIPE|socket hang up|other side closed/.test(`${error} ${(error as { code?: string }).code}`);
    await put([
      { operation: 'CreateModel', fault: 'reset-before', times: 1 },
      { operation: 'CreateModel', fault: 'reset-after', times: 1 },
    ]);
    await assert.rejects(createModel('cut'), cutOff);
    await assert.rejects(describeModel('cut'), /Could not find/);
    await assert.rejects(createModel('cut'), cutOff);
    assert.equal((await describeModel('cut')).ModelName, 'cut');
    await cloud.sagemaker.send(new DeleteModelCommand({ ModelName: 'cut' }));
    assert.equal(cloud.said.join(''), '');
  });

  it('holds an answer back while others go on', async () => {
    await createModel('slow');
    await put([{ operation: 'DescribeModel', fault: 'delay', seconds: 2, times: 1 }]);
    const order: string[] = [];
    const slow = describeModel('slow').then(() => order.push('slow'));
    await until('the rule was taken', async () => (await rules()).length === 0);
    await describeModel('slow');
    order.push('quick');
    await slow;
    assert.deepEqual(order, ['quick', 'slow']);
  });

  it('keeps rules of jobs for the jobs', async () => {
    const rule = { fault: 'spot-interruption', job: 'night-*', times: 2, after: 1.5 };
    assert.deepEqual(await (await put([rule])).json(), [rule]);
    await assert.rejects(describeModel('nobody'), { name: 'ValidationException' });
    assert.deepEqual(await rules(), [rule]);
  });

  const BAD: readonly (readonly [rules: unknown, message: RegExp])[] = [
    [{}, /^the rules are no JSON list; write \[/],
    [['x'], /^rule 1 is no JSON object\.$/],
    [[{ fault: 'delay' }], /^rule 1 needs either operation or job/],
    [[{ operation: '*', job: '*', fault: 'internal' }], /^rule 1 needs either operation or job/],
    [[{ operation: '*', fault: 'thottling' }], /^rule 1 has fault "thottling"; write one of throttling, /],
    [[{ operation: '*', fault: ['delay'] }], /^rule 1 has fault \["delay"\]; write one of/],
    [[{ job: '*', fault: 'throttling' }], /^rule 1 has fault "throttling"; write one of spot-interruption, /],
    [[{ operation: 'DescribeModle', fault: 'internal' }], /^rule 1 has operation "DescribeModle"; write the name of/],
    [
      [
        { operation: '*', fault: 'internal' },
        { operation: '*', fault: 'delay' },
      ],
      /^rule 2 needs seconds/,
    ],
    [[{ operation: '*', fault: 'delay', seconds: -1 }], /^rule 1 has seconds -1; write seconds, at most/],
    [[{ operation: '*', fault: 'internal', seconds: 1 }], /^rule 1 has seconds, which .* take it out\.$/],
    [[{ operation: '*', fault: 'internal', times: 0 }], /^rule 1 has times 0; write a whole number from 1/],
    [[{ operation: '*', fault: 'internal', times: true }], /^rule 1 has times true/],
    [[{ job: 'a', fault: 'internal', after: '5' }], /^rule 1 has after "5"/],
    [Array(1001).fill({ job: 'a', fault: 'internal' }), /^1001 rules are too many; give at most 1000/],
  ];
  it('refuses bad rules with place and mend, and keeps the ones it has', async () => {
    const kept = [{ operation: 'ListTags', fault: 'internal' }];
    await put(kept);
    for (const [bad, message] of BAD) {
      const answer = await put(bad);
      assert.equal(answer.status, 400);
      assert.match(((await answer.json()) as { message: string }).message, message);
    }
    const large = await fetch(`${cloud.url}/faults`, { method: 'PUT', body: `[${' '.repeat(1024 * 1024)}]` });
    assert.equal(large.status, 413);
    assert.deepEqual(await rules(), kept);
  });

  it('takes rules from a file at its start, and does not start on bad ones', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'faults-'));
    const file = join(folder, 'faults.json');
    const restart = async (text: string) => {
      writeFileSync(file, text);
      await cloud.end('SIGTERM');
      await cloud.start(['--faults', file]);
    };
    await restart('[{"operation": "DescribeModel", "fault": "internal", "times": 1}]');
    await assert.rejects(describeModel('often'), { name: 'InternalFailure' });
    await describeModel('often');
    await assert.rejects(
      restart('[{"operation": "DescribeModel"}]'),
      /faults\.json: rule 1 has fault null; write one of/,
    );
    await cloud.start();
    rmSync(folder, { recursive: true });
  });
});
