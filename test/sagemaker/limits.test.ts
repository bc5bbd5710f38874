import assert from 'node:assert/strict';
import { python } from './python.ts';

describe('the SageMaker server keeps', () => {
  let lines: string[];
  before(async () => {
    lines = (await python('test/sagemaker/check_limits.py')).split('\n');
  });

  it('the time that a deployment may take, and rolls back after it', () => {
    assert.equal(lines[0], 'None');
    assert.equal(
      lines[1],
      'The deployment took longer than MaximumExecutionTimeoutInSeconds (600), so the update was rolled back.',
    );
  });

  it('the time that the download of a model may take', () => {
    assert.equal(lines[2], 'the model data was not downloaded within 0.1 seconds');
  });

  it('back what of a model card is no metadata', () => {
    assert.deepEqual(JSON.parse(lines[3] as string), {
      ModelCardStatus: 'Draft',
      ModelCardContent: '{"intended_uses": {"risk_rating": "Low"}}',
    });
    assert.equal(JSON.parse(lines[4] as string).ModelCardContent, '{}');
  });
});
