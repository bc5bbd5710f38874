/** One client a service, made once. Endpoints, region and credentials come from the SDK's own variables and files. */
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { GlueClient } from '@aws-sdk/client-glue';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SNSClient } from '@aws-sdk/client-sns';
import { createPacer, type Pace, type Pacer } from './pacer.ts';

export type Clients = ReturnType<typeof createClients>;

/** Objects may be large, and a model may take a minute over a request. */
const SLOW_MS = 70_000;
/** Everything else is answered soon: a call that hangs is asked again before the activity's own time is up. */
const QUICK_MS = 20_000;

/**
 * `region` as AWS names it. Every call has a timeout and at most five tries. With a pace, no operation of SageMaker and Glue
 * is called more often than it says: their limits are low, and shared by the whole account.
 */
export function createClients(region: string, pace?: Pace) {
  const answered = (within: number) => ({
    region,
    maxAttempts: 5,
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
    s3: new S3Client({ ...answered(SLOW_MS), forcePathStyle: true }),
    glue: paced(new GlueClient(answered(QUICK_MS)), pacer),
    sagemaker: paced(new SageMakerClient(answered(QUICK_MS)), pacer),
    runtime: new SageMakerRuntimeClient(answered(SLOW_MS)),
    lambda: new LambdaClient(answered(QUICK_MS)),
    apiGateway: new APIGatewayClient(answered(QUICK_MS)),
    cloudWatch: new CloudWatchClient(answered(QUICK_MS)),
    sns: new SNSClient(answered(QUICK_MS)),
    autoScaling: new ApplicationAutoScalingClient(answered(QUICK_MS)),
  };
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
