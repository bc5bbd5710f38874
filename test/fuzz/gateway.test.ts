import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import fc from 'fast-check';
import { fuzzing } from './runs.ts';

type Handler = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

const SECRET = 'c4n4ry-s3cr3t';

describe('events of any kind at the prediction API', function () {
  this.timeout(120_000);
  let model: Server;
  let handler: Handler;
  let says = { status: 200, body: '{}' };
  let before_: NodeJS.ProcessEnv;
  const lines: string[] = [];
  const { log } = console;

  before(async () => {
    model = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(says.status).end(says.body));
    });
    await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(model.address() as AddressInfo).port}`;
    before_ = { ...process.env };
    // Read when the function's module is loaded, as in Lambda.
    Object.assign(process.env, {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: SECRET,
      AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: url,
      AWS_ENDPOINT_URL_S3: url,
      PERENNIAL_ENDPOINT: 'fuzzed',
      PERENNIAL_BUCKET: 'fuzzed',
    });
    handler = ((await import('../../src/gateway/index.ts')) as { handler: Handler }).handler;
  });
  after(() => {
    for (const name of Object.keys(process.env)) if (!(name in before_)) delete process.env[name];
    Object.assign(process.env, before_);
    model.close();
  });

  const ask = async (event: unknown): Promise<APIGatewayProxyResult> => {
    console.log = (line: string) => lines.push(line);
    try {
      return await handler(event as APIGatewayProxyEvent);
    } finally {
      console.log = log;
    }
  };

  const list = fc.array(fc.oneof(fc.object({ maxDepth: 1 }), fc.jsonValue()), { maxLength: 3 });
  const body = fc.oneof(
    fc.record({ instances: list }).map((value) => JSON.stringify(value)),
    fc.record({ outcomes: list }).map((value) => JSON.stringify(value)),
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(null, undefined, 7, '{"instances":[{}]}', '{"__proto__":[],"instances":[{"a":1}]}'),
  );
  const event = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({
        httpMethod: fc.oneof(fc.constantFrom('POST', 'POST', 'GET'), fc.string(), fc.constant(undefined)),
        resource: fc.oneof(
          fc.constantFrom('/predictions', '/predictions', '/outcomes', '/'),
          fc.webPath(),
          fc.constant(3),
        ),
        headers: fc.oneof(
          fc.constant(null),
          fc.constant({ 'x-api-key': SECRET }),
          fc.dictionary(
            fc.constantFrom('content-encoding', 'Content-Type', 'x'),
            fc.oneof(fc.string(), fc.constant(['gzip'])),
          ),
        ),
        body,
        isBase64Encoded: fc.oneof(fc.boolean(), fc.constant('yes')),
        requestContext: fc.constantFrom(undefined, null, { requestId: 'id' }),
      }),
    },
    { weight: 1, arbitrary: fc.oneof(fc.constantFrom(null, undefined, [], 'text'), fc.object()) },
  );
  const answer = fc.record({
    // What AWS repeats is left out: each time costs a pause.
    status: fc.constantFrom(200, 200, 400, 403, 413),
    body: fc.oneof(
      fc.constant('{"predictions":[{"probability":0.5,"label":true}]}'),
      fc.json(),
      fc.string(),
      fc.constant('<html>'),
    ),
  });

  it('are answered in JSON with a status of 200, 202, 4xx or 5xx, and a line in the log; no key is repeated', async () => {
    await fc.assert(
      fc.asyncProperty(event, answer, async (event, answer) => {
        says = answer;
        lines.length = 0;
        const { statusCode, body, headers } = await ask(event);
        assert.ok(statusCode === 200 || statusCode === 202 || (statusCode >= 400 && statusCode < 600), `${statusCode}`);
        assert.equal(headers?.['content-type'], 'application/json');
        const read = JSON.parse(body) as { error?: { message?: string } };
        if (statusCode >= 400) assert.ok(read.error?.message && read.error.message.length < 5_000, body);
        assert.equal(lines.length, 1);
        assert.equal((JSON.parse(lines[0] ?? '') as { status: number }).status, statusCode);
        assert.ok(!`${body}${lines[0]}`.includes(SECRET), 'a secret is repeated');
      }),
      fuzzing(250),
    );
  });
});
