/** The Lambda behind API Gateway: events in, answers out. The only file of this room that knows AWS. */
import { randomUUID } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { Invoked } from './answer.ts';
import { requestOf } from './event.ts';
import type { Logging, LogLine } from './logged.ts';
import { type GatewayProblem, OUTCOMES_PATH } from './outcome-lines.ts';
import { tellOutcomes } from './outcomes.ts';
import { predict } from './predict.ts';

/** The environment of the function, set when it is deployed. */
const endpoint = process.env.PERENNIAL_ENDPOINT ?? '';
/** Shorter than the function's own timeout, so that the caller gets an answer and the log its line. */
const timeout = Number(process.env.PERENNIAL_INVOKE_TIMEOUT_MS ?? '20000');
const bucket = process.env.PERENNIAL_BUCKET ?? '';
/** The beginning of the keys under which outcomes are kept. */
const groundTruth = process.env.PERENNIAL_GROUND_TRUTH ?? '';
const problem = (process.env.PERENNIAL_PROBLEM ?? 'binary') as GatewayProblem;

// A second try is for a connection that the endpoint closed while it was idle.
const runtime = new SageMakerRuntimeClient({ maxAttempts: 2, requestHandler: { connectionTimeout: 2_000 } });
const s3 = new S3Client({ maxAttempts: 3, forcePathStyle: true, requestHandler: { connectionTimeout: 2_000 } });

export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  const request = requestOf(event);
  const logging: Logging = {
    newId: randomUUID,
    now: Date.now,
    log: (line: LogLine) =>
      console.log(JSON.stringify({ ...line, endpoint, requestId: event?.requestContext?.requestId })),
  };
  const response =
    request.path === OUTCOMES_PATH
      ? await tellOutcomes(request, { ...logging, problem, keep })
      : await predict(request, { ...logging, invoke });
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

/** An object that is there already stays as old as it is: a window of monitoring counts it once. */
async function keep(name: string, text: string): Promise<void> {
  const put = new PutObjectCommand({
    Bucket: bucket,
    Key: `${groundTruth}/${name}`,
    Body: text,
    ContentType: 'application/jsonlines',
    IfNoneMatch: '*',
  });
  try {
    await s3.send(put, { abortSignal: AbortSignal.timeout(timeout) });
  } catch (error) {
    if ((error as Error).name !== 'PreconditionFailed') throw error;
  }
}
