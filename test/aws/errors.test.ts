import assert from 'node:assert/strict';
import { GetObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { ResourceInUse, ResourceLimitExceeded, SageMakerServiceException } from '@aws-sdk/client-sagemaker';
import { ApplicationFailure } from '@temporalio/common';
import { asFailure, call, callOrMissing, callOrTaken, isBusy, isMissing, isTaken } from '../../src/aws/errors.ts';
import { redact } from '../../src/redact.ts';

const aws = (name: string, message: string, status = 400) =>
  new SageMakerServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: status } });

const failureOf = (error: unknown): ApplicationFailure => {
  const failure = asFailure(error, 'CreateTrainingJob flights-1-train');
  assert.ok(failure instanceof ApplicationFailure, `no failure: ${failure}`);
  return failure;
};
const reasonOf = (failure: ApplicationFailure) => (failure.details as [{ reason?: string }])[0].reason;

describe('AWS errors', () => {
  const again: [string, Error, string][] = [
    ['throttling', aws('ThrottlingException', 'Rate exceeded'), 'throttling'],
    ['too many requests', aws('TooManyRequestsException', 'slow down', 429), 'throttling'],
    [
      'a full quota',
      aws('ResourceLimitExceeded', "limit 'ml.m5.xlarge for training job usage' is 4 Instances"),
      'capacity',
    ],
    ['missing capacity', aws('InsufficientCapacityException', 'no capacity'), 'capacity'],
    ['a server error', aws('InternalFailure', 'oops', 500), 'service'],
    ['an unavailable service', aws('ServiceUnavailable', 'oops', 503), 'service'],
    [
      'a thing in the middle of a change',
      aws('ValidationException', 'Cannot update in-progress endpoint "x".'),
      'busy',
    ],
    ['a conflict', aws('ConflictException', 'another change is going on', 409), 'busy'],
    [
      'a role not yet known everywhere',
      aws('InvalidParameterValueException', 'The role cannot be assumed by Lambda'),
      'busy',
    ],
    ['credentials that ran out', aws('ExpiredTokenException', 'The security token is expired', 403), 'credentials'],
    ['a broken connection', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }), 'network'],
    ['a full quota of topics', aws('TopicLimitExceeded', 'Topic count exceeds limit', 403), 'capacity'],
    ['a full quota of APIs', aws('LimitExceededException', 'Maximum number of Rest APIs', 429), 'capacity'],
    ['a wrong clock', aws('RequestTimeTooSkewed', 'The difference is too large', 403), 'clock'],
    ['a damaged upload', aws('BadDigest', 'The SHA256 you specified did not match'), 'network'],
    ['an upload that is over', aws('NoSuchUpload', 'The specified upload does not exist', 404), 'network'],
    ['a full disk', Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }), 'disk'],
    ['a timeout', Object.assign(new Error('took too long'), { name: 'TimeoutError' }), 'network'],
  ];
  for (const [what, error, reason] of again)
    it(`are waited out for ${what}`, () => {
      const failure = failureOf(error);
      assert.equal(failure.nonRetryable, false);
      assert.equal(failure.type, 'Unavailable');
      assert.equal(reasonOf(failure), reason);
      assert.ok(failure.message.startsWith('CreateTrainingJob flights-1-train: '));
    });

  const never: [string, Error, string][] = [
    ['denied access', aws('AccessDeniedException', 'User x is not authorized'), 'AccessDenied'],
    [
      'a 403 of any name',
      new S3ServiceException({
        name: 'Forbidden',
        message: 'UnknownError',
        $fault: 'client',
        $metadata: { httpStatusCode: 403 },
      }),
      'AccessDenied',
    ],
    [
      'a wrong secret',
      aws('SignatureDoesNotMatch', 'The request signature we calculated does not match', 403),
      'AccessDenied',
    ],
    ['an unknown client', aws('UnrecognizedClientException', 'The security token included is invalid'), 'AccessDenied'],
    [
      'a refused request',
      aws('ValidationException', "1 validation error detected: Value '0' at 'x'"),
      'InvalidRequest',
    ],
    ['a missing thing', aws('ResourceNotFound', 'Requested resource not found.'), 'InvalidRequest'],
    ['a quota of nothing', aws('ResourceLimitExceeded', "limit 'ml.p5.48xlarge' is 0 Instances"), 'InvalidRequest'],
  ];
  for (const [what, error, type] of never)
    it(`are permanent for ${what}`, () => {
      const failure = failureOf(error);
      assert.equal(failure.nonRetryable, true);
      assert.equal(failure.type, type);
      assert.ok(failure.message.includes(error.message) && failure.message.includes('flights-1-train'));
    });

  it('leave bugs, cancellations and our own failures as they are', () => {
    const bug = new TypeError('x is not a function');
    const cancelled = Object.assign(new Error('Request aborted'), { name: 'AbortError' });
    const ours = ApplicationFailure.nonRetryable('no', 'NameTaken');
    for (const error of [bug, cancelled, ours, 'a string', undefined]) assert.equal(asFailure(error, 'x'), error);
  });

  it('tell missing, taken and busy apart, though SageMaker calls them all ValidationException', () => {
    const missing = aws('ValidationException', 'Could not find model "arn:aws:sagemaker:…".');
    const taken = aws('ValidationException', 'Cannot create already existing model "arn:…".');
    const busy = aws('ValidationException', 'Cannot update in-progress endpoint "arn:…".');
    assert.deepEqual([missing, taken, busy].map(isMissing), [true, false, false]);
    assert.deepEqual([missing, taken, busy].map(isTaken), [false, true, false]);
    assert.deepEqual([missing, taken, busy].map(isBusy), [false, false, true]);
    assert.ok(isMissing(aws('ValidationException', 'Requested resource not found.')));
    assert.ok(isTaken(new ResourceInUse({ message: 'Job name must be unique', $metadata: {} })));
    assert.ok(!isTaken(new ResourceLimitExceeded({ message: 'limit', $metadata: {} })));
  });

  it('become undefined where the caller expects them', async () => {
    const fails = (error: Error) => () => Promise.reject(error);
    assert.equal(await callOrMissing('x', fails(aws('ResourceNotFound', 'no'))), undefined);
    assert.equal(await callOrTaken('x', fails(aws('ResourceInUse', 'taken'))), undefined);
    await assert.rejects(callOrMissing('x', fails(aws('ThrottlingException', 'slow'))), { type: 'Unavailable' });
    await assert.rejects(callOrTaken('x', fails(aws('ValidationException', 'bad'))), { type: 'InvalidRequest' });
  });

  it('never repeat credentials', () => {
    const leaking = aws(
      'InvalidAccessKeyId',
      'The key AKIAIOSFODNN7EXAMPLE is unknown: https://b.s3.amazonaws.com/k?X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2Fus&X-Amz-Signature=0123abcd&X-Amz-Security-Token=tok%2Fen',
      403,
    );
    const { message, stack, details } = failureOf(leaking);
    for (const secret of ['IOSFODNN7EXAMPLE', '0123abcd', 'tok%2Fen'])
      assert.ok(!`${message} ${stack} ${JSON.stringify(details)}`.includes(secret), secret);
    assert.ok(!redact('The String-to-Sign was AWS4-HMAC-SHA256\n2026').includes('HMAC'));
  });

  it('name an endpoint that nobody listens at, without waiting long', async () => {
    const s3 = new S3Client({
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    });
    const get = () => call('GetObject s3://b/k', () => s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })));
    await assert.rejects(get, { type: 'Unavailable', message: /GetObject s3:\/\/b\/k: .*ECONNREFUSED/ });
    s3.destroy();
  });
});
