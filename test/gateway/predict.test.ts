import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { GatewayResponse, Invoked } from '../../src/gateway/answer.ts';
import { type GatewayRequest, MAX_BYTES } from '../../src/gateway/body.ts';
import type { LogLine } from '../../src/gateway/logged.ts';
import { predict } from '../../src/gateway/predict.ts';
import { MAX_INSTANCES } from '../../src/gateway/request.ts';

const post = (body: string | null, more: Partial<GatewayRequest> = {}): GatewayRequest => ({
  method: 'POST',
  path: '/predictions',
  headers: { 'Content-Type': 'application/json' },
  body,
  isBase64: false,
  ...more,
});

const half = (rows: number): Invoked => ({
  text: JSON.stringify({ predictions: Array.from({ length: rows }, () => ({ probability: 0.5, label: false })) }),
  variant: 'v3',
});

/** Sends a request to a model that answers as `model` says; what was asked and logged comes along. */
async function send(
  request: GatewayRequest,
  model: (text: string) => Promise<Invoked> = async (text) => half(count(text)),
) {
  const asked: { text: string; id: string }[] = [];
  const lines: LogLine[] = [];
  let clock = 0;
  const response = await predict(request, {
    invoke: (text, id) => {
      asked.push({ text, id });
      return model(text);
    },
    newId: () => 'an-id',
    now: () => (clock += 7),
    log: (line) => lines.push(line),
  });
  return { response, asked, lines, body: JSON.parse(response.body), message: messageOf(response) };
}

const count = (text: string) => JSON.parse(text).instances.length as number;
const messageOf = ({ body }: GatewayResponse): string => JSON.parse(body).error?.message;
const failing = (error: object) => async (): Promise<Invoked> => {
  throw Object.assign(new Error('said by AWS'), error);
};

describe('a prediction request', () => {
  it('is answered with an id for each instance and the version that answered', async () => {
    const { response, body, asked } = await send(post('{"instances":[{"a":1},{"a":2}]}'));
    assert.equal(response.status, 200);
    assert.equal(response.headers['content-type'], 'application/json');
    assert.deepEqual(body, {
      predictions: [
        { id: 'an-id/0', probability: 0.5, label: false },
        { id: 'an-id/1', probability: 0.5, label: false },
      ],
      modelVersion: 3,
    });
    assert.equal(asked[0]?.id, 'an-id');
  });

  it('reaches the model letter by letter, so that a number keeps its digits', async () => {
    const text = '{ "instances" : [ {"n": 12345678901234567890.5, "s":"é ✈"} ] }';
    const { asked } = await send(post(text));
    assert.equal(asked[0]?.text, text);
  });

  it('may come in base64', async () => {
    const text = '{"instances":[{"s":"é ✈"}]}';
    const { asked } = await send(post(Buffer.from(text).toString('base64'), { isBase64: true }));
    assert.equal(asked[0]?.text, text);
  });

  it('leaves out the version of a variant that is not named after one', async () => {
    const { body } = await send(post('{"instances":[{}]}'), async () => ({ ...half(1), variant: 'AllTraffic' }));
    assert.equal('modelVersion' in body, false);
  });

  const refused: [string, GatewayRequest, number, RegExp][] = [
    ['at another path', post('{}', { path: '/elsewhere' }), 404, /POST to \/predictions/],
    ['by another method', post(null, { method: 'GET' }), 405, /answers POST, not GET/],
    ['without a body', post(null), 400, /body is empty/],
    ['with a blank body', post(' \n'), 400, /body is empty/],
    ['compressed', post('{}', { headers: { 'Content-Encoding': 'gzip' } }), 400, /send it uncompressed/],
    ['that is not JSON', post('{"instances":[{"secret":12'), 400, /not JSON/],
    ['that is not UTF-8', post(Buffer.from([0x7b, 0xff]).toString('base64'), { isBase64: true }), 400, /UTF-8/],
    ['that is an array', post('[{}]'), 400, /expected an object, found an array/],
    ['that is null', post('null'), 400, /found null/],
    ['with another key', post('{"instances":[{}],"treshold":1}'), 400, /"treshold": nothing of this name/],
    ['without instances', post('{}'), 400, /instances: expected an array, found nothing/],
    ['whose instances are an object', post('{"instances":{}}'), 400, /found an object/],
    ['with no instance', post('{"instances":[]}'), 400, /it is empty/],
    ['with an instance that is a number', post('{"instances":[{},7]}'), 400, /instances\[1\]: .*found a number/],
  ];
  for (const [how, request, status, says] of refused)
    it(`${how} is refused with ${status} and never reaches the model`, async () => {
      const { response, asked, message } = await send(request);
      assert.equal(response.status, status);
      assert.match(message, says);
      assert.deepEqual(asked, []);
    });

  it('gives back nothing of a request but the name of a key, cut short, and never as a page', async () => {
    const secret = 'secret'.repeat(20);
    const requests = [
      post(`{"instances":[{"card":"${secret}`),
      post(`"${secret}"`),
      post(JSON.stringify({ instances: secret })),
      post(JSON.stringify({ instances: [secret] })),
      post('{}', { headers: { 'content-encoding': secret } }),
      post('{}', { method: secret }),
      post('{}', { path: `/${secret}` }),
      post(JSON.stringify({ [secret]: 1 })),
    ];
    for (const request of requests) {
      const { response, asked } = await send(request);
      assert.ok(response.status >= 400 && response.status < 500);
      assert.ok(!response.body.includes(secret.slice(0, 61)), response.body);
      assert.equal(response.headers['x-content-type-options'], 'nosniff');
      assert.equal(response.headers['content-type'], 'application/json');
      assert.deepEqual(asked, []);
    }
  });

  it('holds up to the largest number of instances and no more', async () => {
    const of = (rows: number) => post(JSON.stringify({ instances: Array(rows).fill({}) }));
    assert.equal((await send(of(MAX_INSTANCES))).response.status, 200);
    const { response, message } = await send(of(MAX_INSTANCES + 1));
    assert.equal(response.status, 413);
    assert.match(message, /1001 were sent and at most 1000/);
  });

  it('has up to the largest number of bytes and no more, counted in UTF-8', async () => {
    const frame = '{"instances":[{"s":""}]}'.length;
    const of = (bytes: number) => post(`{"instances":[{"s":"${'é'.repeat((bytes - frame) / 2)}"}]}`);
    assert.equal((await send(of(MAX_BYTES))).response.status, 200);
    const { response, message } = await send(of(MAX_BYTES + 2));
    assert.equal(response.status, 413);
    assert.match(message, /send fewer instances/);
  });

  it('of whatever text gets an answer of a known status and one line in the log', async () => {
    const known = [200, 400, 413];
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), fc.boolean(), async (text, isBase64) => {
        const { response, lines } = await send(post(text, { isBase64 }));
        assert.ok(known.includes(response.status));
        assert.equal(lines.length, 1);
      }),
    );
  });
});

describe('a model that cannot answer', () => {
  const one = post('{"instances":[{}]}');
  const model = (status: number, message: string) =>
    failing({
      name: 'ModelError',
      OriginalStatusCode: status,
      OriginalMessage: JSON.stringify({ error: { message } }),
    });
  const outcomes: [string, () => Promise<Invoked>, number, RegExp, boolean][] = [
    [
      'refusing the instances',
      model(400, 'instances[0].a: expected a number'),
      400,
      /instances\[0\]\.a: expected/,
      false,
    ],
    ['finding them too large', model(413, 'too many'), 413, /too many/, false],
    [
      'refusing above a traceback',
      failing({
        name: 'ModelError',
        OriginalStatusCode: 400,
        OriginalMessage: '{"error":{"message":"instances[0].a: missing"}}\nTraceback (most recent call last):',
      }),
      400,
      /^instances\[0\]\.a: missing$/,
      false,
    ],
    ['refusing without words', failing({ name: 'ModelError', OriginalStatusCode: 404 }), 400, /does not take/, false],
    ['failing', model(500, 'Traceback: secret path'), 502, /the model failed/, false],
    ['being busy', model(503, 'queue is full'), 503, /busy/, true],
    ['throttled', failing({ name: 'ThrottlingException' }), 429, /more than it can answer/, true],
    ['throttled by status', failing({ name: 'Other', $metadata: { httpStatusCode: 429 } }), 429, /more than it/, true],
    ['that is not there', failing({ name: 'ValidationError' }), 503, /not deployed/, true],
    ['that is not ready', failing({ name: 'ModelNotReadyException' }), 503, /not ready/, true],
    ['that is silent', failing({ name: 'TimeoutError' }), 503, /in time/, true],
    ['whose answer was given up', failing({ name: 'AbortError' }), 503, /in time/, true],
    ['that may not be asked', failing({ name: 'AccessDeniedException' }), 502, /could not be asked/, false],
    ['answering no JSON', async () => ({ text: '<html>' }), 502, /no prediction for each/, false],
    ['answering null', async () => ({ text: 'null' }), 502, /no prediction for each/, false],
    ['answering too few', async () => half(0), 502, /no prediction for each/, false],
  ];
  for (const [how, invoke, status, says, again] of outcomes)
    it(`${how} is told as ${status}${again ? ', with a time to try again' : ''}`, async () => {
      const { response, message } = await send(one, invoke);
      assert.equal(response.status, status);
      assert.match(message, says);
      assert.doesNotMatch(message, /said by AWS|Traceback/);
      assert.equal('retry-after' in response.headers, again);
    });
});

describe("the gateway's log", () => {
  it('has one line a request: id, rows, status, milliseconds, version', async () => {
    const { lines } = await send(post('{"instances":[{},{}]}'));
    const line = { level: 'info', id: 'an-id', rows: 2, status: 200, ms: 7, modelVersion: 3, code: undefined };
    assert.deepEqual(lines, [line]);
  });

  it('never holds the payload or the key, not even when it tells of a refusal', async () => {
    const headers = { 'x-api-key': 'the-key' };
    const body = (text: string) => post(text, { headers });
    const bad = await send(body('{"instances":[{"name":"Ada"'));
    const quoting = failing({
      name: 'ModelError',
      OriginalStatusCode: 400,
      OriginalMessage: '{"error":{"message":"found \\"Ada\\""}}',
    });
    const refused = await send(body('{"instances":[{"name":"Ada"}]}'), quoting);
    assert.match(refused.message, /Ada/);
    for (const { lines } of [bad, refused]) assert.doesNotMatch(JSON.stringify(lines), /Ada|the-key/);
    assert.equal(refused.lines[0]?.code, 'container-400');
    assert.equal(refused.lines[0]?.level, 'warn');
  });
});
