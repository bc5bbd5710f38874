import assert from 'node:assert/strict';
import fc from 'fast-check';
import { subjectLine, subscriber } from '../../src/aws/topic.ts';

describe('the subject of a notification', () => {
  it('is one that SNS takes, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
        assert.match(subjectLine(text), /^[\x21-\x7e]([\x20-\x7e]{0,98}[\x21-\x7e])?$/);
      }),
    );
  });

  it('stays readable', () => {
    assert.equal(subjectLine('São Paulo – v3 → v4\nis live'), 'Sao Paulo - v3 -> v4 is live');
    assert.equal(subjectLine('x'.repeat(101)), `${'x'.repeat(97)}...`);
  });
});

describe('who is told', () => {
  it('is named in the plan by mail address, URL or queue', () => {
    assert.deepEqual(subscriber('mailto:ops@example.com'), { protocol: 'email', endpoint: 'ops@example.com' });
    const url = 'https://example.com/hook';
    assert.deepEqual(subscriber(url), { protocol: 'https', endpoint: url });
    const queue = 'arn:aws:sqs:us-east-1:1:q';
    assert.deepEqual(subscriber(queue), { protocol: 'sqs', endpoint: queue });
  });
});
