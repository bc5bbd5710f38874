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

export type Clients = ReturnType<typeof createClients>;

/** Objects may be large, and a model may take a minute over a request. */
const SLOW_MS = 70_000;
/** Everything else is answered soon: a call that hangs is asked again before the activity's own time is up. */
const QUICK_MS = 20_000;

/** `region` as AWS names it. Every call has a timeout and at most five tries. */
export function createClients(region: string) {
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
  return {
    s3: new S3Client({ ...answered(SLOW_MS), forcePathStyle: true }),
    glue: new GlueClient(answered(QUICK_MS)),
    sagemaker: new SageMakerClient(answered(QUICK_MS)),
    runtime: new SageMakerRuntimeClient(answered(SLOW_MS)),
    lambda: new LambdaClient(answered(QUICK_MS)),
    apiGateway: new APIGatewayClient(answered(QUICK_MS)),
    cloudWatch: new CloudWatchClient(answered(QUICK_MS)),
    sns: new SNSClient(answered(QUICK_MS)),
    autoScaling: new ApplicationAutoScalingClient(answered(QUICK_MS)),
  };
}
