/** One client a service, made once. Endpoints, region and credentials come from the SDK's own variables and files. */
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { GlueClient } from '@aws-sdk/client-glue';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SNSClient } from '@aws-sdk/client-sns';

export type Clients = ReturnType<typeof createClients>;

/** `region` as AWS names it. Every call has a timeout and at most five tries. */
export function createClients(region: string) {
  const options = {
    region,
    maxAttempts: 5,
    retryMode: 'adaptive',
    // A request timeout only warns unless it is told to throw; the socket's covers answers that stall half-way.
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 70_000,
      throwOnRequestTimeout: true,
      socketTimeout: 70_000,
    },
  } as const;
  return {
    s3: new S3Client({ ...options, forcePathStyle: true }),
    glue: new GlueClient(options),
    sagemaker: new SageMakerClient(options),
    runtime: new SageMakerRuntimeClient(options),
    lambda: new LambdaClient(options),
    apiGateway: new APIGatewayClient(options),
    cloudWatch: new CloudWatchClient(options),
    sns: new SNSClient(options),
  };
}
