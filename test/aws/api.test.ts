import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateRestApiCommand,
  DeleteRestApiCommand,
  GetDeploymentsCommand,
  GetRestApisCommand,
  GetUsagePlansCommand,
} from '@aws-sdk/client-api-gateway';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionConfigurationCommand, GetPolicyCommand } from '@aws-sdk/client-lambda';
import { apiUrl, ensureApi, findApi, readApiKey } from '../../src/aws/api.ts';
import { gatewayCode, HANDLER } from '../../src/aws/gateway-code.ts';
import { ensureFunction } from '../../src/aws/lambda.ts';
import { createStore } from '../../src/aws/store.ts';
import { until } from '../../src/aws/wait.ts';
import { readOutcome } from '../../src/data/ground-truth.ts';
import { apiName, keys } from '../../src/names.ts';
import { type LaptopCloud, laptopCloud } from '../support/cloud.ts';

const MODEL = 'api-test';

/** A SageMaker runtime that answers as the last part of the endpoint's name says. */
interface Runtime {
  readonly server: Server;
  readonly url: string;
  readonly seen: { endpoint: string; inferenceId: string; body: string }[];
  answer: { status: number; headers?: Record<string, string>; body: string };
}

async function startRuntime(): Promise<Runtime> {
  const seen: Runtime['seen'] = [];
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const inferenceId = String(request.headers['x-amzn-sagemaker-inference-id']);
      seen.push({ endpoint: String(request.url), inferenceId, body });
      const { status, headers, body: text } = runtime.answer;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(text);
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const runtime: Runtime = { server, url, seen, answer: { status: 200, body: '{}' } };
  return runtime;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const predictions = (rows: number) => ({
  status: 200,
  headers: { 'x-amzn-invoked-production-variant': 'v7' },
  body: JSON.stringify({ predictions: Array(rows).fill({ probability: 0.25, label: false }) }),
});

describe('the prediction API', () => {
  let laptop: LaptopCloud;
  let runtime: Runtime;
  let api: { apiId: string; keyId: string };
  let url: string;
  let key: string;

  const deploy = async (throttle = { rate: 500, burst: 500 }, memory = 512) => {
    const { aws, config } = laptop;
    const functionArn = await ensureFunction(aws.lambda, {
      name: apiName(MODEL),
      model: MODEL,
      role: config.lambdaRoleArn,
      handler: HANDLER,
      code: await gatewayCode(),
      environment: {
        PERENNIAL_ENDPOINT: MODEL,
        PERENNIAL_BUCKET: config.bucket,
        PERENNIAL_GROUND_TRUTH: keys.groundTruth(MODEL),
        PERENNIAL_PROBLEM: 'binary',
        AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: runtime.url,
      },
      timeout: 25,
      memory,
    });
    return ensureApi(aws, { model: MODEL, functionName: apiName(MODEL), functionArn, throttle });
  };

  const ask = (body: string, headers: Record<string, string> = { 'x-api-key': key }, to = url) =>
    fetch(to, { method: 'POST', headers, body, signal: AbortSignal.timeout(30_000) });
  const messageOf = async (response: Response) =>
    ((await response.json()) as { error: { message: string } }).error.message;

  before(async function () {
    this.timeout(180_000);
    laptop = await laptopCloud();
    runtime = await startRuntime();
    api = await deploy();
    url = apiUrl(laptop.config.apiUrl, laptop.config.region, api.apiId, 'predictions');
    key = await readApiKey(laptop.aws, api.keyId);
  });
  after(() => runtime?.server.close());

  it('answers through API Gateway and Lambda what the endpoint says, and hands on the inference id', async () => {
    runtime.answer = predictions(2);
    const response = await ask('{"instances":[{"a":1},{"a":2}]}');
    assert.equal(response.status, 200);
    const body = (await response.json()) as { predictions: { id: string }[]; modelVersion: number };
    const asked = runtime.seen.at(-1);
    assert.equal(asked?.endpoint, `/endpoints/${MODEL}/invocations`);
    assert.equal(asked?.body, '{"instances":[{"a":1},{"a":2}]}');
    assert.match(asked?.inferenceId ?? '', /^[0-9a-f-]{36}$/);
    assert.deepEqual(
      body.predictions.map(({ id }) => id),
      [`${asked?.inferenceId}/0`, `${asked?.inferenceId}/1`],
    );
    assert.equal(body.modelVersion, 7);
  });

  it('refuses who has no key, or a wrong one, and says where the key goes', async () => {
    const asked = runtime.seen.length;
    for (const headers of [{}, { 'x-api-key': 'not-a-key-of-anybody-at-all' }]) {
      const response = await ask('{"instances":[{}]}', headers as Record<string, string>);
      assert.equal(response.status, 403);
      assert.match(await messageOf(response), /header x-api-key/);
    }
    assert.equal(runtime.seen.length, asked);
  });

  it('says what is wrong with a request', async () => {
    const response = await ask('{"instances":');
    assert.equal(response.status, 400);
    assert.match(await messageOf(response), /not JSON/);
  });

  it("hands on the container's refusal, and keeps the container's failure to itself", async () => {
    const failed = (status: number, message: string) => ({
      status: 424,
      headers: { 'x-amzn-errortype': 'ModelError' },
      body: JSON.stringify({
        Message: 'Received client error from primary',
        OriginalStatusCode: status,
        OriginalMessage: JSON.stringify({ error: { message } }),
      }),
    });
    runtime.answer = failed(400, 'instances[0].a: expected a number');
    const refused = await ask('{"instances":[{"a":"x"}]}');
    assert.equal(refused.status, 400);
    assert.match(await messageOf(refused), /instances\[0\]\.a: expected a number/);

    runtime.answer = failed(500, 'Traceback');
    const broken = await ask('{"instances":[{}]}');
    assert.equal(broken.status, 502);
    assert.doesNotMatch(await messageOf(broken), /Traceback/);
  });

  it('says that the model is not deployed when there is no endpoint', async () => {
    runtime.answer = {
      status: 400,
      headers: { 'x-amzn-errortype': 'ValidationError' },
      body: JSON.stringify({ Message: `Endpoint ${MODEL} of account 000000000000 not found.` }),
    };
    const response = await ask('{"instances":[{}]}');
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('retry-after'), '5');
  });

  it('keeps outcomes as ground truth, once however often they are sent within the hour', async () => {
    const store = createStore(laptop.aws.s3, laptop.config.bucket);
    const outcomesUrl = apiUrl(laptop.config.apiUrl, laptop.config.region, api.apiId, 'outcomes');
    const tell = (body: string, headers?: Record<string, string>) => ask(body, headers, outcomesUrl);
    const kept = () => store.list(`${keys.groundTruth(MODEL)}/`);
    const body = '{"outcomes":[{"id":"a-request/0","outcome":true},{"id":"a-request/1","outcome":0}]}';

    assert.equal((await tell(body, {})).status, 403);
    assert.equal((await tell('{"outcomes":[{"id":"a-request/0","outcome":"perhaps"}]}')).status, 400);
    assert.deepEqual(await kept(), []);

    const hours = new Set<string>();
    for (let i = 0; i < 2; i += 1) {
      const response = await tell(body);
      assert.equal(response.status, 202);
      assert.deepEqual(await response.json(), { accepted: 2 });
      hours.add(new Date().toISOString().slice(0, 13));
    }
    const objects = await kept();
    assert.ok(objects.length <= hours.size, JSON.stringify(objects));
    const read = (await store.getText(objects[0]?.uri ?? ''))
      .trimEnd()
      .split('\n')
      .map((line) => readOutcome(line, { problem: 'binary' }));
    assert.deepEqual(read, [
      { eventId: 'a-request/0', label: 1 },
      { eventId: 'a-request/1', label: 0 },
    ]);
  });

  it('answers many at once', async () => {
    runtime.answer = predictions(1);
    const responses = await Promise.all(Array.from({ length: 12 }, () => ask('{"instances":[{}]}')));
    assert.deepEqual([...new Set(responses.map(({ status }) => status))], [200]);
    const ids = await Promise.all(
      responses.map(async (r) => ((await r.json()) as { predictions: { id: string }[] }).predictions[0]?.id),
    );
    assert.equal(new Set(ids).size, 12);
  });

  it('writes a line a request to the log of its function, without payload and key', async () => {
    runtime.answer = predictions(1);
    const response = await ask('{"instances":[{"name":"Ada Lovelace"}]}');
    const { predictions: answered } = (await response.json()) as { predictions: { id: string }[] };
    const id = answered[0]?.id.split('/')[0] ?? '';
    const logs = new CloudWatchLogsClient({ region: laptop.config.region });
    try {
      const line = await until('the line in the log', async () => {
        const logGroupName = `/aws/lambda/${apiName(MODEL)}`;
        const found = await logs.send(new FilterLogEventsCommand({ logGroupName })).catch((error: Error) => {
          if (error.name !== 'ResourceNotFoundException') throw error;
        });
        const events = found?.events ?? [];
        assert.ok(events.every(({ message }) => !message?.includes('Lovelace') && !message?.includes(key)));
        return events.find(({ message }) => message?.includes(id))?.message;
      });
      const found = JSON.parse(line.slice(line.indexOf('{')));
      assert.deepEqual(
        [found.level, found.rows, found.status, found.modelVersion, found.endpoint],
        ['info', 1, 200, 7, MODEL],
      );
    } finally {
      logs.destroy();
    }
  });

  it('is found by the model it serves, and by no other', async () => {
    assert.deepEqual(await findApi(laptop.aws, MODEL), api);
    assert.equal(await findApi(laptop.aws, 'api'), undefined);
  });

  it('changes nothing when it is made again', async () => {
    const state = async () => {
      const { apiGateway, lambda } = laptop.aws;
      const { items } = await apiGateway.send(new GetDeploymentsCommand({ restApiId: api.apiId }));
      const code = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: apiName(MODEL) }));
      const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName: apiName(MODEL) }));
      const plans = await apiGateway.send(new GetUsagePlansCommand({}));
      const ours = plans.items?.filter(({ name }) => name === apiName(MODEL));
      return {
        deployments: items?.length,
        revision: code.RevisionId,
        policy: JSON.parse(Policy ?? '').Statement,
        ours,
      };
    };
    const before = await state();
    assert.deepEqual(await deploy(), api);
    assert.deepEqual(await state(), before);
    assert.equal(before.deployments, 1);
    assert.equal(before.policy.length, 2);
  });

  it("takes over the function's new settings", async () => {
    await deploy(undefined, 640);
    const command = new GetFunctionConfigurationCommand({ FunctionName: apiName(MODEL) });
    assert.equal((await laptop.aws.lambda.send(command)).MemorySize, 640);
  });

  it('lets a key make no more requests than its plan says, and says when to try again', async () => {
    runtime.answer = predictions(1);
    await deploy({ rate: 0.01, burst: 1 });
    const responses: Response[] = [];
    for (let i = 0; i < 3; i += 1) responses.push(await ask('{"instances":[{}]}'));
    const last = responses.at(-1);
    assert.equal(last?.status, 429);
    assert.equal(last?.headers.get('retry-after'), '1');
    assert.match(await messageOf(last as Response), /try again in a second/);

    await deploy({ rate: 500, burst: 500 });
    assert.deepEqual(await deploy({ rate: 500, burst: 500 }), api);
  });

  it('is made anew when somebody deleted it, and leaves alone an API that only has its name', async () => {
    const { apiGateway } = laptop.aws;
    const strange = await apiGateway.send(new CreateRestApiCommand({ name: apiName(MODEL) }));
    await apiGateway.send(new DeleteRestApiCommand({ restApiId: api.apiId }));
    const again = await deploy();
    assert.notEqual(again.apiId, api.apiId);
    assert.notEqual(again.apiId, strange.id);
    assert.equal(again.keyId, api.keyId);

    runtime.answer = predictions(1);
    url = apiUrl(laptop.config.apiUrl, laptop.config.region, again.apiId, 'predictions');
    assert.equal((await ask('{"instances":[{}]}')).status, 200);
    const { items } = await apiGateway.send(new GetRestApisCommand({}));
    assert.ok(items?.some(({ id }) => id === strange.id));
  });

  it('says that there is no such key', async () => {
    await assert.rejects(readApiKey(laptop.aws, 'nosuchkey1'), /API key nosuchkey1: there is none; deploy the model/);
  });
});
