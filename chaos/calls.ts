/** What a request to AWS asks for, read from the wire as the services read it. */
import type { IncomingMessage } from 'node:http';

/** How the service is spoken to, and how it answers. */
export type Protocol = 'json' | 'query' | 'rest-json' | 'rest-xml';

export interface WireCall {
  /** As it is signed for: `s3`, `sagemaker`, `glue`, `lambda`, `apigateway`, `monitoring`, `sns`, `application-autoscaling`. */
  readonly service: string;
  readonly protocol: Protocol;
  /** `CreateTrainingJob`; of REST services method and path with names as `*`: `PUT object`, `POST /endpoints/*\/invocations`. */
  readonly operation: string;
  /** The thing that it is about: the first name in the request, or the path. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
  /** Id of the access key that signed it. */
  readonly accessKey: string;
}

/** The member of a SageMaker or Glue request that names its thing. */
const NAMES =
  /"(?:TrainingJobName|HyperParameterTuningJobName|TransformJobName|ProcessingJobName|ModelName|EndpointName|EndpointConfigName|ModelPackageName|ModelPackageGroupName|JobName|AlarmName|DashboardName|DatabaseName|Name|ResourceId|ResourceArn)"\s*:\s*"([^"]*)"/;

export function callOf(incoming: IncomingMessage, body: Buffer): WireCall {
  const { method = 'GET', url = '/', headers } = incoming;
  const [path = '/', query = ''] = url.split('?');
  const signature = headers.authorization ?? '';
  const service = /\/([a-z0-9-]+)\/aws4_request/.exec(signature)?.[1] ?? 'unsigned';
  const accessKey = /Credential=([^/]*)\//.exec(signature)?.[1] ?? '';
  const seen = { service, accessKey, method, path, body };
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const text = body.toString('utf8', 0, 4_000);
    return {
      ...seen,
      protocol: 'json',
      operation: target.split('.').at(-1) ?? target,
      name: NAMES.exec(text)?.[1] ?? '',
    };
  }
  if (/x-www-form-urlencoded/.test(headers['content-type'] ?? '')) {
    const form = new URLSearchParams(body.toString('utf8', 0, 4_000));
    const of = ['Name', 'TopicArn', 'ResourceArn', 'SubscriptionArn'].flatMap((member) => form.get(member) ?? []);
    return { ...seen, protocol: 'query', operation: form.get('Action') ?? '', name: of[0] ?? '' };
  }
  const protocol = service === 's3' ? 'rest-xml' : 'rest-json';
  return { ...seen, protocol, operation: restOperation(service, method, path, query), name: path };
}

/** S3 by what is meant (an object, the bucket, a list, a part); others by their path without names. */
function restOperation(service: string, method: string, path: string, query: string): string {
  if (/^\/endpoints\/.*\/invocations$/.test(path)) return 'InvokeEndpoint';
  if (service !== 's3') return `${method} ${path.replace(/\/[^/]*[^a-z/-][^/]*/g, '/*')}`;
  const [, , key] = /^\/([^/]*)\/?(.*)$/.exec(path) ?? [];
  const mark = /(?:^|&)(list-type|versions|versioning|uploads|uploadId|tagging|delete|location)\b/.exec(query)?.[1];
  return `${method} ${key ? 'object' : 'bucket'}${mark ? ` ${mark}` : ''}`;
}
