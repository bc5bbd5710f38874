/** One client a service, made once. Endpoints, region and credentials come from the SDK's own variables and files. */
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { GlueClient } from '@aws-sdk/client-glue';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SNSClient } from '@aws-sdk/client-sns';
import { rereadCredentials } from './credentials.ts';
import { createPacer, type Pace, type Pacer } from './pacer.ts';

export type Clients = ReturnType<typeof createClients>;

/** Objects may be large, and a model may take a minute over a request. */
const SLOW_MS = 70_000;
/** Everything else is answered soon: a call that hangs is asked again before the activity's own time is up. */
const QUICK_MS = 20_000;

export interface Patience {
  /** How often a call is tried before its activity fails, and Temporal tries again. */
  readonly tries?: number;
  /** Milliseconds until a call without an answer is given up. */
  readonly slow?: number;
  readonly quick?: number;
  /** Milliseconds after which credentials that do not say when they end are looked for again. */
  readonly reread?: number;
}

/**
 * `region` as AWS names it. Every call has a timeout and, unless told otherwise, at most five tries. With a pace, no operation
 * of SageMaker and Glue is called more often than it says: their limits are low, and shared by the whole account.
 */
export function createClients(
  region: string,
  pace?: Pace,
  { tries = 5, slow = SLOW_MS, quick = QUICK_MS, reread }: Patience = {},
) {
  const credentials = rereadCredentials(region, reread);
  const answered = (within: number) => ({
    region,
    credentials,
    maxAttempts: tries,
    retryMode: 'adaptive',
    // A request timeout only warns unless it is told to throw; the socket's covers answers that stall half-way.
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: within,
      throwOnRequestTimeout: true,
      socketTimeout: within,
    },
  });
  const pacer = pace && createPacer(pace);
  return {
    s3: new S3Client({ ...answered(slow), forcePathStyle: true }),
    glue: paced(new GlueClient(answered(quick)), pacer),
    sagemaker: paced(new SageMakerClient(answered(quick)), pacer),
    runtime: new SageMakerRuntimeClient(answered(slow)),
    lambda: new LambdaClient(answered(quick)),
    apiGateway: new APIGatewayClient(answered(quick)),
    cloudWatch: new CloudWatchClient(answered(quick)),
    logs: new CloudWatchLogsClient(answered(quick)),
    sns: new SNSClient(answered(quick)),
    autoScaling: new ApplicationAutoScalingClient(answered(quick)),
  };
}

export function closeClients(clients: Clients): void {
  for (const client of Object.values(clients)) client.destroy();
}

/** Each try is a call. */
export function paced<C extends GlueClient | SageMakerClient>(client: C, pacer?: Pacer): C {
  if (!pacer) return client;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        await pacer.turn((commandName ?? '').replace(/Command$/, ''));
        return next(args);
      },
    // After the retries' step, which would otherwise hide all tries but the first.
    { step: 'finalizeRequest', priority: 'low', name: 'pace' },
  );
  return client;
}
