/** What a request to AWS asks for, read from the wire as the services read it. */
import type { IncomingMessage } from 'node:http';

export interface WireCall {
  /** As it is signed for: `s3`, `sagemaker`, `glue`, `lambda`, `apigateway`, `monitoring`, `sns`, `application-autoscaling`. */
  readonly service: string;
  /** `CreateTrainingJob`; of REST services method and path with names as `*`: `PUT object`, `POST /endpoints/*\/invocations`. */
  readonly operation: string;
  /** The thing that it is about: the first name in the request, or the path. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
}

/** The member of a SageMaker or Glue request that names its thing. */
const NAMES =
  /"(?:TrainingJobName|HyperParameterTuningJobName|TransformJobName|ProcessingJobName|ModelName|EndpointName|EndpointConfigName|ModelPackageName|ModelPackageGroupName|JobName|Name|ResourceArn)"\s*:\s*"([^"]*)"/;

export function callOf(incoming: IncomingMessage, body: Buffer): WireCall {
  const { method = 'GET', url = '/', headers } = incoming;
  const [path = '/', query = ''] = url.split('?');
  const service = /\/([a-z0-9-]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1] ?? 'unsigned';
  const seen = { service, method, path, body };
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const text = body.toString('utf8', 0, 4_000);
    return { ...seen, operation: target.split('.').at(-1) ?? target, name: NAMES.exec(text)?.[1] ?? '' };
  }
  const rpc = /\/operation\/(\w+)$/.exec(path)?.[1];
  if (rpc) return { ...seen, operation: rpc, name: '' };
  const action = /(?:^|&)Action=(\w+)/.exec(body.toString('utf8', 0, 4_000))?.[1];
  if (action) return { ...seen, operation: action, name: '' };
  return { ...seen, operation: restOperation(service, method, path, query), name: path };
}

/** S3 by what is meant (an object, the bucket, a list, a part); others by their path without names. */
function restOperation(service: string, method: string, path: string, query: string): string {
  if (/^\/endpoints\/.*\/invocations$/.test(path)) return 'InvokeEndpoint';
  if (service !== 's3') return `${method} ${path.replace(/\/[^/]*[^a-z/-][^/]*/g, '/*')}`;
  const [, , key] = /^\/([^/]*)\/?(.*)$/.exec(path) ?? [];
  const mark = /(?:^|&)(list-type|versions|versioning|uploads|uploadId|tagging|delete|location)\b/.exec(query)?.[1];
  return `${method} ${key ? 'object' : 'bucket'}${mark ? ` ${mark}` : ''}`;
}
