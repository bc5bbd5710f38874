/** What AWS calls its errors, and what they mean for whoever called. Data. */

/** Why a call may be made again; the details of an `Unavailable` failure carry it. */
export const REASONS = [
  'throttling',
  'paced',
  'capacity',
  'busy',
  'credentials',
  'clock',
  'network',
  'service',
  'disk',
] as const;
export type Reason = (typeof REASONS)[number];

/** What a person can do about a reason that does not pass by itself; the others need waiting only. */
export const MENDS: Partial<Readonly<Record<Reason, string>>> = {
  capacity: 'it is tried again; have the quota raised in Service Quotas, or let something end',
  credentials: "it is tried again; renew the worker's credentials where it finds them, it need not be started anew",
  clock: "it is tried again; set the clock of the worker's machine",
  disk: 'it is tried again; make room in the folder for temporary files of the worker (TMPDIR)',
};

export const MISSING = new Set([
  'NoSuchKey',
  'NotFound',
  'NotFoundException',
  'ResourceNotFound',
  'ResourceNotFoundException',
  'ResourceNotFoundFault',
  'EntityNotFoundException',
  'ObjectNotFoundException',
]);
export const TAKEN = new Set([
  'ResourceInUse',
  'AlreadyExistsException',
  'ResourceConflictException',
  'ConflictException',
  'BucketAlreadyOwnedByYou',
]);
export const BUSY = new Set([
  'ResourceInUse',
  'ResourceInUseException',
  'ConflictException',
  'ResourceConflictException',
  'ConcurrentModificationException',
  'ConcurrentModificationFault',
  'OperationAborted',
  'ConditionalRequestConflict',
]);
export const DENIED =
  /^(AccessDenied.*|UnauthorizedOperation|UnauthorizedException|AuthorizationError.*|NotAuthorized.*|Forbidden|403|OptInRequired|UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|MissingAuthenticationToken.*|AllAccessDisabled)$/;
export const CREDENTIALS = /^(CredentialsProviderError|ExpiredToken.*|TokenProviderError|TokenRefreshRequired)$/;
export const CLOCK = /^(RequestTimeTooSkewed|RequestInTheFuture|RequestExpired)$/;
/** Services that know no error for a wrong clock say so of the signature. */
export const CLOCK_SAID = /signature (expired|not yet current)|is now (earlier|later) than/i;
export const THROTTLED =
  /^(.*Throttl.*|TooManyRequests.*|RequestLimitExceeded|SlowDown|BandwidthLimitExceeded|ProvisionedThroughputExceeded.*|PriorRequestNotComplete)$/;
/** Not `RequestLimitExceeded` and `BandwidthLimitExceeded`, which are about the pace. */
export const CAPACITY =
  /^((Resource|ResourceNumber|Topic|Subscription)?LimitExceeded.*|(ServiceQuota|CodeStorage)Exceeded.*|.*Capacity.*)$/;
/** The last ones: what arrived is not what was sent, or the upload that an answer was lost of is over. */
export const NETWORK =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_STREAM_PREMATURE_CLOSE|TimeoutError|RequestTimeout|RequestTimeoutException|NetworkingError|IncompleteBody|BadDigest|XAmzContentSHA256Mismatch|XAmzContentChecksumMismatch|NoSuchUpload)$/;
/** The SDK says so of an answer whose bytes are not those that the same answer vouches for. */
export const DAMAGED = /^Checksum mismatch/;
