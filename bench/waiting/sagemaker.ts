/**
 * As much of SageMaker and S3, by their wire protocols, as waiting for jobs needs: a thousand trainings don't fit a laptop,
 * their waiting does. Jobs run until they are told when to end; calls are counted by operation.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A transform job is done this long after it was created. */
const TRANSFORM_MS = 2_000;

export interface StandIn {
  readonly url: string;
  /** Training jobs: when each ends, in milliseconds since 1970; infinity until it is told. */
  readonly trainings: Map<string, number>;
  /** Instants of the calls of an operation. */
  readonly calls: Map<string, number[]>;
  close(): Promise<void>;
}

interface Call {
  readonly TrainingJobName?: string;
  readonly TransformJobName?: string;
}

export async function startStandIn(): Promise<StandIn> {
  const trainings = new Map<string, number>();
  const transforms = new Map<string, number>();
  const calls = new Map<string, number[]>();
  const operations: Readonly<Record<string, (call: Call) => object>> = {
    CreateTrainingJob: ({ TrainingJobName: name = '' }) => {
      trainings.set(name, Number.POSITIVE_INFINITY);
      return { TrainingJobArn: arn('training', name) };
    },
    DescribeTrainingJob: ({ TrainingJobName: name = '' }) => training(name, trainings.get(name)),
    CreateTransformJob: ({ TransformJobName: name = '' }) => {
      transforms.set(name, Date.now() + TRANSFORM_MS);
      return { TransformJobArn: arn('transform', name) };
    },
    DescribeTransformJob: ({ TransformJobName: name = '' }) => transform(name, transforms.get(name)),
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = request.headers['x-amz-target'];
    if (target === undefined) {
      // An artifact is looked for in S3: it is there.
      response.writeHead(200, { 'content-length': '1', 'last-modified': new Date().toUTCString() }).end();
      return;
    }
    const operation = String(target).split('.')[1] ?? '';
    if (!calls.has(operation)) calls.set(operation, []);
    calls.get(operation)?.push(Date.now());
    const act = operations[operation];
    const body = act ? act((await json(request)) as Call) : { __type: 'ValidationException', message: operation };
    response.writeHead(act ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ trainings, calls, url: `http://127.0.0.1:${port}` },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const arn = (kind: string, name: string): string => `arn:aws:sagemaker:us-east-1:000000000000:${kind}-job/${name}`;
const seconds = (ms: number): number => Math.floor(ms) / 1_000;

function training(name: string, ends = Number.POSITIVE_INFINITY): object {
  const over = Date.now() >= ends;
  return {
    TrainingJobName: name,
    TrainingJobArn: arn('training', name),
    TrainingJobStatus: over ? 'Completed' : 'InProgress',
    SecondaryStatus: over ? 'Completed' : 'Training',
    ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 30 },
    ModelArtifacts: { S3ModelArtifacts: `s3://bench/${name}/output/model.tar.gz` },
    FinalMetricDataList: [{ MetricName: 'validation:auc', Value: 0.7, Timestamp: seconds(Date.now()) }],
    ...(over && { TrainingEndTime: seconds(ends), BillableTimeInSeconds: 60 }),
  };
}

function transform(name: string, ends = Number.POSITIVE_INFINITY): object {
  const over = Date.now() >= ends;
  return {
    TransformJobName: name,
    TransformJobArn: arn('transform', name),
    TransformJobStatus: over ? 'Completed' : 'InProgress',
    TransformOutput: { S3OutputPath: `s3://bench/${name}` },
    ...(over && { TransformEndTime: seconds(ends) }),
  };
}
