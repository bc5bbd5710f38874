import assert from 'node:assert/strict';
import { QueryNotRegisteredError, ServiceError } from '@temporalio/client';
import { UserError } from '../../src/errors.ts';
import { ask, asUserError, Unanswered } from '../../src/operations/trouble.ts';
import type { Operator } from '../../src/operations/types.ts';

const told = (code: number, details: string): unknown => {
  const cause = Object.assign(new Error(`${code}: ${details}`), { code, details, metadata: {} });
  return asUserError(new ServiceError('Failed to query Workflow', { cause }), 'model m', 'there:7233');
};

describe('an error of Temporal', () => {
  for (const [code, details] of [
    [1, 'context canceled'],
    [2, 'sql: database is closed'],
    [8, 'namespace rate limit exceeded'],
    [9, 'Unable to query workflow due to Workflow Task in failed state.'],
    [10, 'shard closed'],
    [13, 'Received RST_STREAM with code 2'],
    [14, 'No connection established'],
  ] as const)
    it(`is waited out, since it may be otherwise in a moment: ${details}`, () => {
      const found = told(code, details);
      assert.ok(found instanceof Unanswered, String(found));
      assert.ok(code === 9 || (found.message.includes('there:7233') && found.message.endsWith(details)), found.message);
    });

  for (const [code, details] of [
    [5, 'namespace gone is not found'],
    [7, 'not yours'],
    [16, 'no key'],
  ] as const)
    it(`is told at once, with its mend: ${details}`, () => {
      const found = told(code, details);
      assert.ok(found instanceof UserError && !(found instanceof Unanswered), String(found));
      assert.ok(found.hint);
    });

  for (const [code, details] of [
    [1, 'Cancelled on client'],
    [3, 'a bad argument of our own'],
  ] as const)
    it(`flies on when nothing mends it: ${details}`, () => assert.ok(told(code, details) instanceof ServiceError));
});

describe('a query', () => {
  const connection = { withDeadline: <T>(_: number, send: () => Promise<T>) => send() };
  const operator = { client: { connection }, address: 'there:7233' } as unknown as Operator;
  const refusing = (times: number, message: string) => {
    let asked = 0;
    const send = async () => {
      asked += 1;
      if (asked <= times) throw new QueryNotRegisteredError(message, 3);
      return asked;
    };
    return ask(operator, 'model m', send);
  };

  it('that would run ahead of its workflow is asked again', async () => {
    assert.equal(await refusing(2, 'news of this workflow is about to be taken up: ask again in a moment'), 3);
    assert.equal(await refusing(2, 'Encoded failure'), 3);
  });

  it('that its workflow does not know is not', async () => {
    const message = 'Workflow did not register a handler for status. Registered queries: []';
    await assert.rejects(refusing(1, message), QueryNotRegisteredError);
  });
});
