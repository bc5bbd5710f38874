import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Target } from '../../src/activities/types.ts';
import { readCapture } from '../../src/data/capture.ts';
import { readOutcome } from '../../src/data/ground-truth.ts';
import { inWindow, untilSettled } from '../../src/data/seconds.ts';
import { jsonLine, watchedInputs } from '../../src/data/watched-inputs.ts';

const BINARY: Target = { problem: 'binary' };

const event = (input: unknown, output: unknown, metadata: object = {}) =>
  JSON.stringify({
    captureData: { endpointInput: input, endpointOutput: output },
    eventMetadata: { eventId: 'e', inferenceTime: '2026-01-01T00:00:00Z', ...metadata },
  });
const json = (value: unknown) => ({ encoding: 'JSON', data: JSON.stringify(value) });

describe('a captured request', () => {
  const answer = { predictions: [{ probability: 0.25, label: false }] };

  it('is told by the caller’s inference id, else by SageMaker’s event id', () => {
    const named = readCapture(event(json({ instances: [{ a: 1 }] }), json(answer), { inferenceId: 'mine' }), BINARY);
    const wanted = { at: Date.parse('2026-01-01T00:00:00Z'), instances: [{ a: 1 }], scores: [[0.25]] };
    assert.deepEqual(named, { id: 'mine', ...wanted });
    assert.deepEqual(readCapture(event(json({ instances: [{ a: 1 }] }), json(answer)), BINARY), { id: 'e', ...wanted });
  });

  it('is read from base64, too', () => {
    const coded = { encoding: 'BASE64', data: Buffer.from(JSON.stringify(answer)).toString('base64') };
    assert.ok('scores' in readCapture(event(json({ instances: [{}] }), coded), BINARY));
  });

  it('never throws, whatever the line holds', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => void readCapture(line, BINARY)));
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (input, output, metadata) => {
          const found = readCapture(event(input, output, metadata), BINARY);
          assert.ok('why' in found || found.instances.length === found.scores.length);
        },
      ),
    );
  });
});

describe('an outcome', () => {
  const line = (data: unknown) => JSON.stringify({ groundTruthData: { data }, eventMetadata: { eventId: 'a/0' } });

  it('is 1, 0, true or false, a class, or a number, as text or as it is', () => {
    const label = (data: unknown, target: Target = BINARY) => {
      const found = readOutcome(line(data), target);
      return 'label' in found ? found.label : undefined;
    };
    for (const data of ['1', 1, ' 1.0 ', 'true', true, 'TRUE']) assert.equal(label(data), 1, String(data));
    for (const data of ['0', 0, '0.0', 'false', false]) assert.equal(label(data), 0, String(data));
    for (const data of ['2', '', null, undefined, 'yes', 'constructor', [1], {}, { toString: 1 }])
      assert.equal(label(data), undefined, JSON.stringify(data));
    const days: Target = { problem: 'multiclass', classes: ['fog', 'rain', '3'] };
    assert.deepEqual(
      ['rain', ' fog ', '"rain"', 3, '3.0', 'snow'].map((data) => label(data, days)),
      [1, 0, 1, 2, 2, undefined],
    );
    assert.deepEqual(
      ['1.5', -2, '1e3', 'NaN', 'far'].map((data) => label(data, { problem: 'regression' })),
      [1.5, -2, 1000, undefined, undefined],
    );
  });

  it('never throws, whatever the line holds', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readOutcome(text, BINARY)));
  });
});

describe('windows that follow each other', () => {
  it('hold every object once, whatever their milliseconds', () => {
    const base = Date.parse('2026-01-01T00:00:00.000Z');
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(cuts, fc.integer({ min: 1000, max: 9999 }), (inner, at) => {
        const edges = [0, ...inner.sort((a, b) => a - b), 10_000].map((ms) => new Date(base + ms).toISOString());
        const windows = edges.slice(1).map((to, i) => [edges[i] as string, to] as const);
        assert.equal(windows.filter(([from, to]) => inWindow(base + at, from, to)).length, 1);
      }),
    );
  });

  it('are settled when their last second is over; one that ends in the future is not waited for', () => {
    const to = '2026-01-01T00:00:00.250Z';
    const now = Date.parse(to);
    assert.deepEqual([untilSettled(to, now), untilSettled(to, now + 750), untilSettled(to, now - 60_000)], [750, 0, 0]);
  });
});

describe('watched inputs', () => {
  it('are told from what the baseline counts', () => {
    assert.deepEqual(
      watchedInputs([
        { column: 'date.weekday', kind: 'number' },
        { column: 'date.hour', kind: 'number' },
        { column: 'day.weekday', kind: 'number' },
        { column: 'distance', kind: 'number' },
        { column: 'origin', kind: 'text' },
      ]),
      [
        { name: 'date', type: 'TIMESTAMP' },
        { name: 'day', type: 'DATE' },
        { name: 'distance', type: 'DOUBLE' },
        { name: 'origin', type: 'VARCHAR' },
      ],
    );
  });

  it('go to DuckDB as JSON of whole characters, unchanged where they were whole', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => assert.equal(JSON.parse(jsonLine(text)), text)));
    assert.equal(JSON.parse(jsonLine('a\ud800b\\ud800')), 'a\ufffdb\\ud800');
  });
});
