import assert from 'node:assert/strict';
import { ServiceError } from '@temporalio/client';
import { UserError } from '../../src/errors.ts';
import { asUserError, Unanswered } from '../../src/operations/trouble.ts';

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
