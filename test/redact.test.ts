import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import fc from 'fast-check';
import { createLog } from '../src/log.ts';
import { redact, secretIn } from '../src/redact.ts';
import { discreet } from '../src/temporal/discreet.ts';

const SECRET = 'c4n4ry-s3cr3t-0123456789';

const SAID = [
  `fetch https://ann:${SECRET}@example.com/rows.csv failed`,
  `s3://${SECRET}@bucket/key`,
  `https://example.com/rows.csv?v=1&X-Amz-Signature=${SECRET}&x=1`,
  `https://example.com/rows.csv?sig=${SECRET}`,
  `https://example.com/rows.csv?access_token=${SECRET}`,
  `Authorization: Bearer ${SECRET}`,
  `authorization=Basic ${SECRET}==`,
  `{"x-api-key":"${SECRET}"}`,
  `x-api-key: ${SECRET}`,
  `AWS_SECRET_ACCESS_KEY=${SECRET}`,
  `"SecretAccessKey": "${SECRET}"`,
  `{"sessionToken":"${SECRET}"}`,
  `The String-to-Sign was 'AWS4-HMAC-SHA256\n${SECRET}'`,
];

describe('secrets that a message repeats', () => {
  for (const said of SAID)
    it(`are taken out of ${JSON.stringify(said).replaceAll(SECRET, '…')}, of its log line, and of JSON in JSON`, () => {
      assert.ok(!redact(said).includes(SECRET), redact(said));
      const nested = JSON.stringify({ a: JSON.stringify({ said }), z: 1 });
      const line = redact(nested);
      assert.ok(!line.includes(SECRET), line);
      assert.equal((JSON.parse(line) as { z: number }).z, 1);
    });

  it('leave a log line what it is: JSON, one line', () => {
    const lines: string[] = [];
    const { write } = process.stdout;
    process.stdout.write = ((text: string) => lines.push(text) > 0) as typeof write;
    try {
      for (const said of SAID) createLog('info').error({ err: new Error(said), said: { deep: said } }, said);
    } finally {
      process.stdout.write = write;
    }
    assert.equal(lines.length, SAID.length);
    for (const line of lines) {
      assert.ok(!line.includes(SECRET), line);
      assert.equal((JSON.parse(line) as { level: string }).level, 'error');
    }
  });

  it('are taken out of what an activity fails with, and of what was behind it', async () => {
    const env = new MockActivityEnvironment(
      {},
      { interceptors: [discreet], logger: new DefaultLogger('ERROR', () => {}) },
    );
    const behind = new Error(`https://ann:${SECRET}@example.com broke off`);
    const failing = async () => Promise.reject(new Error(`sent x-api-key: ${SECRET}`, { cause: behind }));
    await assert.rejects(env.run(failing), (error: Error) => {
      assert.match(error.message, /^sent x-api-key: …$/);
      assert.ok(!inspect(error).includes(SECRET), inspect(error));
      return true;
    });
  });

  it('are all that is taken out', () => {
    for (const said of [
      'collect.sources.flights (https://example.com/rows.csv): the server answered 404; correct the uri in the plan',
      'the token budget of ann@example.com, basic statistics of 2001, bearer certificates from a@b.example',
      's3://bucket/a@b.csv?versionId=3',
    ])
      assert.equal(redact(said), said);
  });

  it('cost no time, however long the text', () => {
    const hard = fc.constantFrom('a.', '://', 'x@', '?sig', 'Bearer ', 'Basic a', 'x-api-key ', 'AKIA', "'", 'a-a');
    fc.assert(
      fc.property(hard, hard, (one, two) => {
        const text = (one + two).repeat(10_000);
        assert.ok(redact(text).length <= text.length + 40_000);
      }),
      { numRuns: 20 },
    );
  });

  it('are found in uris by their place', () => {
    for (const uri of [
      'https://ann:pw@example.com/x',
      'https:ann:pw@example.com/x',
      'https://ann@example.com/x',
      'postgres://ann:pw@db/x',
      'https://a b:pw@example.com/x',
    ])
      assert.equal(secretIn(uri), 'a user or password stands before its host', uri);
    assert.equal(secretIn('https://example.com/x?a=1&X-Amz-Signature=2'), 'its query carries "X-Amz-Signature"');
    for (const uri of [
      'rows.csv',
      '/data/a@b.csv',
      's3://bucket/a@b',
      'mailto:ann@example.com',
      'https://e.com/?page=2',
    ])
      assert.equal(secretIn(uri), undefined, uri);
  });
});
