import assert from 'node:assert/strict';
import { isBuiltin } from 'node:module';
import { CreateFunctionCommand, GetPolicyCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { unzipSync } from 'fflate';
import { gatewayCode, type LambdaCode, zipped } from '../../src/aws/gateway-code.ts';
import { allowInvoke, ensureFunction, type FunctionSpec } from '../../src/aws/lambda.ts';
import { until } from '../../src/aws/wait.ts';
import { type LaptopCloud, laptopCloud } from '../support/cloud.ts';

const saying = (word: string): LambdaCode =>
  zipped(new TextEncoder().encode(`exports.handler = async () => ({ word: '${word}', who: process.env.WHO });`));

describe("the gateway's code", () => {
  it('is one file that holds all it needs and names no place of this machine', async () => {
    const files = unzipSync((await gatewayCode()).zip);
    assert.deepEqual(Object.keys(files), ['index.js']);
    const text = new TextDecoder().decode(files['index.js']);
    const required = [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = '']) => name);
    assert.deepEqual(
      // The AWS SDK tries one optional module of its own, and goes on without it.
      required.filter((name) => !isBuiltin(name) && name !== '@aws-sdk/signature-v4-crt'),
      [],
    );
    assert.ok(required.length > 0);
    assert.ok(!text.includes(process.cwd()));
  });

  it('has bytes that follow from its content alone', () => {
    const content = new TextEncoder().encode('exports.handler = 1;');
    const zone = process.env.TZ;
    const inZone = (name: string) => {
      process.env.TZ = name;
      return zipped(content).sha256;
    };
    try {
      assert.equal(inZone('Pacific/Auckland'), inZone('America/Los_Angeles'));
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
    assert.notEqual(zipped(content).sha256, saying('other').sha256);
  });
});

describe('a Lambda function', () => {
  let laptop: LaptopCloud;
  const spec = (name: string, more: Partial<FunctionSpec> = {}): FunctionSpec => ({
    name,
    model: 'lambda-test',
    role: laptop.config.lambdaRoleArn,
    handler: 'index.handler',
    code: saying('one'),
    environment: { WHO: 'a' },
    timeout: 10,
    memory: 128,
    ...more,
  });
  const invoke = async (name: string) => {
    const { Payload } = await laptop.aws.lambda.send(new InvokeCommand({ FunctionName: name }));
    return JSON.parse(new TextDecoder().decode(Payload));
  };

  before(async function () {
    this.timeout(180_000);
    laptop = await laptopCloud();
  });

  it('runs its newest code with its newest settings', async () => {
    const { lambda } = laptop.aws;
    const arn = await ensureFunction(lambda, spec('newest'));
    assert.match(arn, /^arn:aws:lambda:us-east-1:\d{12}:function:newest$/);
    assert.deepEqual(await invoke('newest'), { word: 'one', who: 'a' });
    assert.equal(await ensureFunction(lambda, spec('newest', { code: saying('two') })), arn);
    assert.deepEqual(await invoke('newest'), { word: 'two', who: 'a' });
    await ensureFunction(lambda, spec('newest', { code: saying('two'), environment: { WHO: 'b' } }));
    assert.deepEqual(await invoke('newest'), { word: 'two', who: 'b' });
  });

  it('is one when two make it at once', async () => {
    const both = await Promise.all([1, 2].map(() => ensureFunction(laptop.aws.lambda, spec('twins'))));
    assert.equal(both[0], both[1]);
  });

  it('is left alone when it is not ours, and the failure says what to do', async () => {
    const { lambda } = laptop.aws;
    const theirs = { FunctionName: 'theirs', Runtime: 'nodejs24.x', Handler: 'index.handler' } as const;
    const Code = { ZipFile: saying('theirs').zip };
    await lambda.send(new CreateFunctionCommand({ ...theirs, Role: laptop.config.lambdaRoleArn, Code }));
    await assert.rejects(ensureFunction(lambda, spec('theirs')), {
      type: 'NameTaken',
      nonRetryable: true,
      message: /Lambda function theirs: .*tag perennial:model is missing\); remove it, or tag it/,
    });
  });

  it('lets an API in by one statement, however often it is asked', async () => {
    const { lambda } = laptop.aws;
    await ensureFunction(lambda, spec('open'));
    const source = 'arn:aws:execute-api:us-east-1:000000000000:abc/*/POST/predictions';
    await allowInvoke(lambda, 'open', 'api-abc', source);
    await allowInvoke(lambda, 'open', 'api-abc', source);
    const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName: 'open' }));
    assert.equal(JSON.parse(Policy ?? '{}').Statement.length, 1);
  });
});

describe('waiting', () => {
  it('looks until there is something', async () => {
    let looks = 0;
    const seen = await until('it', async () => (++looks === 3 ? 'here' : undefined), { every: 1 });
    assert.equal(seen, 'here');
    assert.equal(looks, 3);
  });

  it('gives up as a thing that is not ready yet, to be looked at again', async () => {
    const never = until('it', async () => undefined, { atMost: 5, every: 1 });
    await assert.rejects(never, { type: 'NotYet', nonRetryable: false, message: /^it is not ready/ });
  });

  it('ends at once when it is cancelled, and when looking fails', async () => {
    const cancel = new AbortController();
    const waiting = until('it', async () => undefined, { signal: cancel.signal, every: 3_600_000, atMost: 7_200_000 });
    cancel.abort();
    await assert.rejects(waiting, { name: 'AbortError' });
    const failing = until('it', () => Promise.reject(new Error('no such thing')), { every: 1 });
    await assert.rejects(failing, /no such thing/);
  });
});
