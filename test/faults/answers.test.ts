import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { errorAnswer } from '../../chaos/answers.ts';
import { awsError, TROUBLES } from '../../chaos/aws-errors.ts';
import type { Protocol } from '../../chaos/calls.ts';
import { ROOT } from '../../local/home.ts';

/** Signing name → what botocore calls the service, how it is spoken to, one of its operations. */
const SERVICES: Readonly<Record<string, readonly [name: string, protocol: Protocol, operation: string]>> = {
  sagemaker: ['sagemaker', 'json', 'DescribeModel'],
  glue: ['glue', 'json', 'GetTable'],
  'application-autoscaling': ['application-autoscaling', 'json', 'DeregisterScalableTarget'],
  monitoring: ['cloudwatch', 'json', 'GetDashboard'],
  lambda: ['lambda', 'rest-json', 'GetFunction'],
  apigateway: ['apigateway', 'rest-json', 'GetStage'],
  sns: ['sns', 'query', 'Publish'],
  s3: ['s3', 'rest-xml', 'GetObject'],
};

describe('the errors of AWS that are injected', () => {
  it('are read by another SDK as the errors that they name, and are as the service models say', async () => {
    const answers = Object.entries(SERVICES).flatMap(([service, [name, protocol, operation]]) =>
      TROUBLES.map((trouble) => {
        const error = awsError({ service }, trouble);
        const { status, headers, body } = errorAnswer({ protocol, method: 'GET' }, error);
        return { service: name, protocol, operation, code: error.code, status, headers, body: body.toString() };
      }),
    );
    const python = join(ROOT, '.venv', 'bin', 'python');
    const child = promisify(execFile)(python, [join(ROOT, 'test', 'faults', 'check_answers.py')]);
    child.child.stdin?.end(JSON.stringify(answers));
    assert.deepEqual(JSON.parse((await child).stdout), []);
    assert.equal(answers.length, 64);
  });
});
