/** The Lambda behind API Gateway: events in, answers out. The only file of this room that knows AWS. */
import { randomUUID } from 'node:crypto';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { Invoked } from './answer.ts';
import { predict } from './predict.ts';

/** The environment of the function, set when it is deployed. */
const endpoint = process.env.PERENNIAL_ENDPOINT ?? '';
/** Shorter than the function's own timeout, so that the caller gets an answer and the log its line. */
const timeout = Number(process.env.PERENNIAL_INVOKE_TIMEOUT_MS ?? '20000');

// A second try is for a connection that the endpoint closed while it was idle.
const runtime = new SageMakerRuntimeClient({ maxAttempts: 2, requestHandler: { connectionTimeout: 2_000 } });

export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const response = await predict(
    {
      method: event.httpMethod,
      path: event.resource,
      headers: event.headers ?? {},
      body: event.body,
      isBase64: event.isBase64Encoded,
    },
    {
      invoke,
      newId: randomUUID,
      now: Date.now,
      log: (line) => console.log(JSON.stringify({ ...line, endpoint, requestId: event.requestContext?.requestId })),
    },
  );
  return { statusCode: response.status, headers: { ...response.headers }, body: response.body };
}

async function invoke(text: string, inferenceId: string): Promise<Invoked> {
  const reply = await runtime.send(
    new InvokeEndpointCommand({
      EndpointName: endpoint,
      ContentType: 'application/json',
      Accept: 'application/json',
      InferenceId: inferenceId,
      Body: text,
    }),
    { abortSignal: AbortSignal.timeout(timeout) },
  );
  return { text: new TextDecoder().decode(reply.Body), variant: reply.InvokedProductionVariant };
}
