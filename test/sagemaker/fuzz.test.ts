import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DescribeModelCommand } from '@aws-sdk/client-sagemaker';
import { type Cloud, startCloud } from './cloud.ts';
import { createModel } from './requests.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

describe('random requests to the SageMaker server', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud();
    for (const name of ['a', 'kept']) await createModel(cloud, name, { answer: name });
  });
  after(() => cloud?.stop());

  const fuzz = async (service: string, times: number) => {
    const seed = String(Date.now());
    const args = [`${ROOT}test/sagemaker/fuzz.py`, cloud.url, service, seed, String(times)];
    const { stdout } = await promisify(execFile)(`${ROOT}.venv/bin/python`, args);
    const report = JSON.parse(stdout) as { sent: number; accepted: number; problems: string[] };
    assert.deepEqual(report.problems, [], `seed ${seed}`);
    return report;
  };

  for (const service of ['sagemaker', 'application-autoscaling'])
    it(`to ${service} are answered in AWS's way, whatever they say @long`, async () => {
      const { sent, accepted } = await fuzz(service, 6);
      assert.ok(accepted > 0 && accepted < sent, `${accepted} of ${sent} were accepted`);
    }).timeout(240_000);

  it('leave it at work, with no bug on its standard error', async () => {
    assert.equal((await cloud.sagemaker.send(new DescribeModelCommand({ ModelName: 'kept' }))).ModelName, 'kept');
    assert.doesNotMatch(cloud.said.join(''), /Traceback/);
  });

  it('to the runtime are answered in its way', async () => {
    const paths = ['invocations', 'async-invocations', 'invocations-response-stream'];
    const names = ['a', 'x'.repeat(200), '%00', '..%2f..', 'é', '%ff'];
    for (const path of paths)
      for (const name of names) {
        const headers = { 'x-amzn-sagemaker-inference-id': 'é', 'x-amzn-sagemaker-requestttlseconds': 'many' };
        const answer = await fetch(`${cloud.url}/endpoints/${name}/${path}`, { method: 'POST', headers, body: 'x' });
        assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} for ${name}`);
        assert.equal(answer.headers.get('x-amzn-errortype'), 'ValidationError', name);
        assert.ok(((await answer.json()) as { Message: string }).Message);
      }
  });
});
