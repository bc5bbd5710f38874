import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readOutcome } from '../../src/data/ground-truth.ts';
import { type GatewayRequest, MAX_BYTES } from '../../src/gateway/body.ts';
import type { LogLine } from '../../src/gateway/logged.ts';
import { type GatewayProblem, MAX_OUTCOMES } from '../../src/gateway/outcome-lines.ts';
import { tellOutcomes } from '../../src/gateway/outcomes.ts';

const post = (body: string, more: Partial<GatewayRequest> = {}): GatewayRequest => ({
  method: 'POST',
  path: '/outcomes',
  headers: {},
  body,
  isBase64: false,
  ...more,
});
const of = (...outcomes: unknown[]) => post(JSON.stringify({ outcomes }));

async function tell(request: GatewayRequest, problem: GatewayProblem = 'binary', keep?: () => Promise<void>) {
  const kept: { name: string; text: string }[] = [];
  const lines: LogLine[] = [];
  const response = await tellOutcomes(request, {
    problem,
    keep: keep ?? (async (name, text) => void kept.push({ name, text })),
    newId: () => 'an-id',
    now: () => Date.parse('2001-06-12T03:04:05Z'),
    log: (line) => lines.push(line),
  });
  const body = JSON.parse(response.body);
  return { response, body, kept, lines, message: body.error?.message as string };
}

describe('an outcomes request', () => {
  it('is kept line by line as monitoring reads it, under its hour and its content', async () => {
    const { response, body, kept } = await tell(of({ id: 'a/0', outcome: true }, { id: 'a/1', outcome: 0 }));
    assert.equal(response.status, 202);
    assert.deepEqual(body, { accepted: 2 });
    assert.match(kept[0]?.name ?? '', /^2001\/06\/12\/03\/[0-9a-f]{32}\.jsonl$/);
    const lines = kept[0]?.text.trimEnd().split('\n') ?? [];
    assert.deepEqual(
      lines.map((line) => readOutcome(line, { problem: 'binary' })),
      [
        { eventId: 'a/0', label: 1 },
        { eventId: 'a/1', label: 0 },
      ],
    );
  });

  it('has the same name when it is repeated, and another one for other content', async () => {
    const names = [true, true, false].map(async (outcome) => (await tell(of({ id: 'a/0', outcome }))).kept[0]?.name);
    const [first, again, other] = await Promise.all(names);
    assert.equal(first, again);
    assert.notEqual(first, other);
  });

  const taken: [GatewayProblem, unknown[], unknown[]][] = [
    ['binary', [true, false, 1, 0, '1', 'true', ' False '], [2, -1, 0.5, 'late', '', null, [], {}]],
    ['multiclass', ['rain', 3, '007', 'mit "Quotes"'], [true, '', '  ', 'x'.repeat(257), null]],
    ['regression', [1.5, -3, 0, '2.5e3', 7e300], [true, 'many', '0x10', '1e999', 'NaN', null]],
  ];
  for (const [problem, good, bad] of taken) {
    it(`of a ${problem} model takes ${JSON.stringify(good)}, and monitoring reads each`, async () => {
      const target = { problem, classes: ['rain', '3', '007', 'mit "Quotes"'] };
      const { kept, body } = await tell(of(...good.map((outcome, at) => ({ id: `a/${at}`, outcome }))), problem);
      assert.equal(body.accepted, good.length);
      for (const line of kept[0]?.text.trimEnd().split('\n') ?? [])
        assert.ok('label' in readOutcome(line, target), line);
    });
    for (const outcome of bad)
      it(`of a ${problem} model refuses ${JSON.stringify(outcome)?.slice(0, 20)}, with all that came with it`, async () => {
        const { response, message, kept } = await tell(
          of({ id: 'a/0', outcome: good[0] }, { id: 'a/1', outcome }),
          problem,
        );
        assert.equal(response.status, 400);
        assert.match(message, /^outcomes\[1\]\.outcome: expected /);
        assert.deepEqual(kept, []);
      });
  }

  const refused: [string, GatewayRequest, number, RegExp][] = [
    ['at another path', post('{}', { path: '/predictions' }), 404, /POST to \/outcomes/],
    ['by another method', post('', { method: 'GET' }), 405, /answers POST/],
    ['without a body', post(''), 400, /body is empty; send \{"outcomes"/],
    ['of instances', post('{"instances":[{}]}'), 400, /"instances": nothing of this name/],
    ['of none', of(), 400, /outcomes: it is empty/],
    ['of a list in a list', of([]), 400, /outcomes\[0\]: expected an object, found an array/],
    ['without an id', of({ outcome: true }), 400, /outcomes\[0\]\.id: expected a text, found nothing/],
    ['with a number for an id', of({ id: 7, outcome: true }), 400, /\.id: expected a text, found a number/],
    ['with an id of two lines', of({ id: 'a\nb', outcome: true }), 400, /\.id: it is no id of a prediction/],
    ['with an endless id', of({ id: 'a'.repeat(129), outcome: true }), 400, /\.id: it is no id/],
    ['with more than asked', of({ id: 'a/0', outcome: true, at: 'now' }), 400, /outcomes\[0\]: nothing is called "at"/],
    ['of too many', of(...Array(MAX_OUTCOMES + 1).fill({ id: 'a/0', outcome: true })), 413, /1001 were sent/],
    ['of too many bytes', post(`${' '.repeat(MAX_BYTES)}{"outcomes":[]}`), 413, /send fewer outcomes at a time/],
  ];
  for (const [how, request, status, says] of refused)
    it(`${how} is refused with ${status}, and nothing is kept`, async () => {
      const { response, message, kept } = await tell(request);
      assert.equal(response.status, status);
      assert.match(message, says);
      assert.deepEqual(kept, []);
    });

  it('that cannot be kept says so, and whether to send it again', async () => {
    const failing = (error: object) => async () => {
      throw Object.assign(new Error('said by AWS'), error);
    };
    const outcome = of({ id: 'a/0', outcome: true });
    const denied = await tell(outcome, 'binary', failing({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } }));
    assert.equal(denied.response.status, 502);
    const slow = await tell(outcome, 'binary', failing({ name: 'SlowDown' }));
    assert.equal(slow.response.status, 503);
    assert.match(slow.message, /send the same request again/);
    assert.equal(slow.response.headers['retry-after'], '5');
    for (const { message } of [denied, slow]) assert.doesNotMatch(message, /said by AWS/);
  });

  it('has one line in the log, without ids and outcomes', async () => {
    const { lines } = await tell(of({ id: 'secret-request/0', outcome: true }));
    const line = { level: 'info', id: 'an-id', path: '/outcomes', rows: 1, status: 202, ms: 0 };
    assert.deepEqual(lines, [{ ...line, modelVersion: undefined, code: undefined }]);
  });

  it('of whatever text gets an answer of a known status and one line in the log', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), fc.boolean(), async (text, isBase64) => {
        const { response, lines } = await tell(post(text, { isBase64 }));
        assert.ok([202, 400, 413].includes(response.status));
        assert.equal(lines.length, 1);
      }),
    );
  });
});
