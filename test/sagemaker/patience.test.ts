import assert from 'node:assert/strict';
import { execa } from 'execa';

const ROOT = new URL('../../', import.meta.url).pathname;

describe('the patience of jobs on the SageMaker server', () => {
  it('waits out an S3 whose connections are refused', async () => {
    const { stdout } = await execa(`${ROOT}.venv/bin/python`, [`${ROOT}test/sagemaker/check_patience.py`], {
      env: { PYTHONPATH: `${ROOT}local` },
    });
    assert.equal(stdout, '2');
  });
});
