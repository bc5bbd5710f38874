/** The errors of AWS that are injected, as each service names them. test/faults/answers.test.ts holds them against the services' own models. */
import type { WireCall } from './calls.ts';

export interface AwsError {
  readonly code: string;
  readonly message: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export const TROUBLES = [
  'throttling',
  'internal',
  'unavailable',
  'denied',
  'expired',
  'skewed',
  'quota',
  'missing',
] as const;
export type Trouble = (typeof TROUBLES)[number];

type Says = readonly [code: string, status: number, message?: string, headers?: Readonly<Record<string, string>>];

const SOON = { 'Retry-After': '1' };

/** What most services say; then, where one says it otherwise. */
const COMMON: Readonly<Record<Trouble, Says>> = {
  throttling: ['ThrottlingException', 400, 'Rate exceeded'],
  internal: ['InternalFailure', 500, 'The request processing has failed because of an unknown error.'],
  unavailable: ['ServiceUnavailable', 503, 'The request has failed due to a temporary failure of the server.', SOON],
  denied: ['AccessDeniedException', 400, 'User: arn:aws:iam::000000000000:user/w is not authorized to perform this'],
  expired: ['ExpiredTokenException', 400, 'The security token included in the request is expired'],
  skewed: [
    'InvalidSignatureException',
    400,
    'Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z',
  ],
  quota: ['LimitExceededException', 400, 'The limit of your account is reached'],
  missing: ['ResourceNotFoundException', 400, 'Requested resource not found.'],
};

const OWN: Readonly<Record<string, Partial<Record<Trouble, Says>>>> = {
  sagemaker: {
    quota: [
      'ResourceLimitExceeded',
      400,
      "The account-level service limit 'ml.m5.large for training job usage' is 4 Instances, with current utilization of 4 Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an increase for this quota.",
    ],
    missing: ['ValidationException', 400, 'Could not find the requested resource.'],
  },
  glue: {
    internal: ['InternalServiceException', 500, 'An internal service error occurred.'],
    quota: ['ResourceNumberLimitExceededException', 400, 'The number of tables is at its limit'],
    missing: ['EntityNotFoundException', 400, 'Database perennial_x not found.'],
  },
  'application-autoscaling': {
    internal: ['InternalServiceException', 500, 'The service encountered an internal error.'],
    missing: ['ObjectNotFoundException', 400, 'No scalable target found.'],
  },
  lambda: {
    throttling: ['TooManyRequestsException', 429, 'Rate exceeded', SOON],
    internal: ['ServiceException', 500, 'The service encountered an internal error.'],
    denied: ['AccessDeniedException', 403, COMMON.denied[2]],
    expired: ['ExpiredTokenException', 403, COMMON.expired[2]],
    skewed: ['InvalidSignatureException', 403, COMMON.skewed[2]],
    quota: ['CodeStorageExceededException', 400, 'Code storage limit exceeded.'],
    missing: ['ResourceNotFoundException', 404, 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:x'],
  },
  apigateway: {
    throttling: ['TooManyRequestsException', 429, 'Too Many Requests', SOON],
    unavailable: ['ServiceUnavailableException', 503, 'Service unavailable', SOON],
    denied: ['AccessDeniedException', 403, COMMON.denied[2]],
    expired: ['ExpiredTokenException', 403, COMMON.expired[2]],
    skewed: ['InvalidSignatureException', 403, COMMON.skewed[2]],
    quota: ['LimitExceededException', 429, 'Maximum number of Rest APIs for this account has been reached.'],
    missing: ['NotFoundException', 404, 'Invalid API identifier specified 000000000000:x'],
  },
  monitoring: {
    throttling: ['Throttling', 400, 'Rate exceeded'],
    internal: ['InternalServiceError', 500, 'Request processing has failed due to some unknown error.'],
    quota: ['LimitExceeded', 400, 'The maximum limit of alarms has been reached'],
    missing: ['ResourceNotFound', 404, 'The named resource does not exist.'],
  },
  sns: {
    throttling: ['Throttling', 400, 'Rate exceeded'],
    internal: ['InternalError', 500, 'Internal service error'],
    denied: ['AuthorizationError', 403, COMMON.denied[2]],
    expired: ['ExpiredToken', 403, COMMON.expired[2]],
    skewed: ['SignatureDoesNotMatch', 403, COMMON.skewed[2]],
    quota: ['TopicLimitExceeded', 403, 'Topic count exceeds limit of 100000'],
    missing: ['NotFound', 404, 'Topic does not exist'],
  },
  s3: {
    throttling: ['SlowDown', 503, 'Please reduce your request rate.'],
    internal: ['InternalError', 500, 'We encountered an internal error. Please try again.'],
    denied: ['AccessDenied', 403, 'Access Denied'],
    expired: ['ExpiredToken', 400, 'The provided token has expired.'],
    skewed: ['RequestTimeTooSkewed', 403, 'The difference between the request time and the current time is too large.'],
    quota: ['SlowDown', 503, 'Please reduce your request rate.'],
    missing: ['NoSuchKey', 404, 'The specified key does not exist.'],
  },
};

/** As the service of this call says it. */
export function awsError({ service }: Pick<WireCall, 'service'>, trouble: Trouble): AwsError {
  const [code, status, message = code, headers] = OWN[service]?.[trouble] ?? COMMON[trouble];
  return { code, status, message, ...(headers && { headers }) };
}
