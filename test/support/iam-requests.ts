/** What AWS would ask IAM about each call that was noted: by the services' own names of things, not by our rules. */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { IamRequest } from './iam.ts';

export interface NotedCall {
  readonly service: string;
  readonly operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: the inputs of sixty operations
  readonly input: any;
}

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
const arn = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
const passes = (role: string, service: string): IamRequest => ({
  action: 'iam:PassRole',
  resource: role,
  context: { 'iam:PassedToService': `${service}.amazonaws.com` },
});

type Tags = Readonly<Record<string, string>>;
const prefixed = (prefix: string, tags: Tags) =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:${prefix}/${key}`, value]));
const tagsOf = (tags: unknown): Tags =>
  Array.isArray(tags)
    ? Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))
    : ((tags ?? {}) as Record<string, string>);

/** In the order in which the calls were made: a thing has the tags with which it was made. */
export function iamRequests(calls: readonly NotedCall[]): { call: NotedCall; request: IamRequest }[] {
  const tagged = new Map<string, Tags>();
  const of = (call: NotedCall): IamRequest[] => {
    const requests = requestsOf(call).map((request) => ({
      ...request,
      context: { ...prefixed('ResourceTag', tagged.get(request.resource) ?? {}), ...request.context },
    }));
    const made = tagsOf(call.input.Tags ?? call.input.tags);
    if (/^(Create|TagResource)/.test(call.operation) && Object.keys(made).length > 0)
      for (const { resource, action } of requests) if (!action.startsWith('iam:')) tagged.set(resource, made);
    return requests;
  };
  return calls.flatMap((call) => of(call).map((request) => ({ call, request })));
}

function requestsOf(call: NotedCall): IamRequest[] {
  const asked = SERVICES[call.service];
  if (!asked) throw new Error(`${call.service} is not known here`);
  return asked(call);
}

const SERVICES: Readonly<Record<string, (call: NotedCall) => IamRequest[]>> = {
  S3: ({ operation, input }) => {
    const bucket = `arn:aws:s3:::${input.Bucket}`;
    if (operation === 'HeadBucket') return [{ action: 's3:ListBucket', resource: bucket }];
    if (operation === 'ListObjectsV2')
      return [{ action: 's3:ListBucket', resource: bucket, context: { 's3:prefix': input.Prefix ?? '' } }];
    if (operation === 'DeleteObjects')
      return input.Delete.Objects.map(({ Key }: { Key: string }) => ({
        action: 's3:DeleteObject',
        resource: `${bucket}/${Key}`,
      }));
    const action = /^(Head|Get)/.test(operation) ? 's3:GetObject' : 's3:PutObject';
    return [{ action, resource: `${bucket}/${input.Key}` }];
  },
  SageMaker: ({ operation, input }) => {
    const context = prefixed('RequestTag', tagsOf(input.Tags));
    const [, verb = '', noun = ''] = /^([A-Z][a-z]+)(.*?)(WeightsAndCapacities)?$/.exec(operation) ?? [];
    const kind = noun.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
    const named = (name: string, what = kind) =>
      name.startsWith('arn:') ? name : arn('sagemaker', `${what}/${name.toLowerCase()}`);
    const things =
      verb === 'List'
        ? listed(input, named)
        : noun === 'ModelPackage'
          ? [
              input.ModelPackageName ??
                input.ModelPackageArn ??
                named(input.ModelPackageGroupName, 'model-package-group'),
            ]
          : [named(input[`${noun}Name`])];
    if (noun === 'Endpoint' && ['Create', 'Update'].includes(verb) && input.EndpointConfigName)
      things.push(named(input.EndpointConfigName, 'endpoint-config'));
    const requests = things.map((resource) => ({ action: `sagemaker:${operation}`, resource, context }));
    const [thing = ''] = things;
    const tagging = verb === 'Create' && input.Tags?.length > 0;
    const roles = [
      input.RoleArn,
      input.ExecutionRoleArn,
      input.TrainingJobDefinition?.RoleArn,
      ...(input.TrainingJobDefinitions ?? []).map((one: { RoleArn: string }) => one.RoleArn),
    ].filter(Boolean);
    return [
      ...requests,
      ...(tagging
        ? [
            {
              action: 'sagemaker:AddTags',
              resource: thing,
              context: { 'sagemaker:TaggingAction': operation, ...context },
            },
          ]
        : []),
      ...roles.map((role) => passes(role, 'sagemaker')),
    ];
  },
  'SageMaker Runtime': ({ operation, input }) => [
    { action: `sagemaker:${operation}`, resource: arn('sagemaker', `endpoint/${input.EndpointName}`) },
  ],
  Lambda: ({ operation, input }) => {
    if (operation === 'ListFunctions') return [{ action: 'lambda:ListFunctions', resource: '*' }];
    const resource = arn('lambda', `function:${input.FunctionName}`);
    const context = {
      ...prefixed('RequestTag', tagsOf(input.Tags)),
      ...(input.Principal && { 'lambda:Principal': input.Principal }),
    };
    return [
      { action: `lambda:${operation}`, resource, context },
      ...(input.Tags ? [{ action: 'lambda:TagResource', resource, context }] : []),
      ...(input.Role ? [passes(input.Role, 'lambda')] : []),
    ];
  },
  'API Gateway': ({ operation, input }) => {
    const { method, path } = gatewayRequest(operation, input);
    const context = prefixed('RequestTag', tagsOf(input.tags));
    const on = (rest: string) => `arn:aws:apigateway:${REGION}::${rest}`;
    return [
      { action: `apigateway:${method}`, resource: on(path), context },
      ...(input.tags ? [{ action: 'apigateway:PUT', resource: on('/tags/new'), context }] : []),
    ];
  },
  CloudWatch: ({ operation, input }) => {
    const action = `cloudwatch:${operation}`;
    const alarm = (name: string) => arn('cloudwatch', `alarm:${name}`);
    const dashboard = (name: string) => ({ action, resource: `arn:aws:cloudwatch::${ACCOUNT}:dashboard/${name}` });
    if (operation === 'PutMetricData')
      return [{ action, resource: '*', context: { 'cloudwatch:namespace': input.Namespace } }];
    if (operation === 'DescribeAlarms') return [{ action, resource: alarm('*') }];
    if (operation === 'ListTagsForResource') return [{ action, resource: input.ResourceARN }];
    if (operation === 'PutDashboard') return [dashboard(input.DashboardName)];
    if (operation === 'DeleteDashboards') return input.DashboardNames.map(dashboard);
    if (operation === 'DeleteAlarms')
      return input.AlarmNames.map((name: string) => ({ action, resource: alarm(name) }));
    if (operation === 'PutMetricAlarm') {
      const resource = alarm(input.AlarmName);
      return [{ action, resource }, ...(input.Tags ? [{ action: 'cloudwatch:TagResource', resource }] : [])];
    }
    return [{ action, resource: '*' }];
  },
  SNS: ({ operation, input }) => {
    const resource = input.TopicArn ?? input.ResourceArn ?? (input.Name ? arn('sns', input.Name) : '*');
    return [{ action: `sns:${operation}`, resource, context: prefixed('RequestTag', tagsOf(input.Tags)) }];
  },
  Glue: ({ operation, input }) => {
    const action = `glue:${operation}`;
    const database = input.DatabaseName ?? input.DatabaseInput?.Name;
    const table = input.TableInput?.Name ?? (operation === 'GetTable' ? input.Name : undefined);
    const things = ['catalog', `database/${database}`, ...(table ? [`table/${database}/${table}`] : [])];
    return things.map((thing) => ({ action, resource: arn('glue', thing) }));
  },
  'Application Auto Scaling': ({ operation, input }) => [
    {
      action: `application-autoscaling:${operation}`,
      resource: /^Describe/.test(operation) ? '*' : arn('application-autoscaling', 'scalable-target/0000'),
      context: { 'application-autoscaling:service-namespace': input.ServiceNamespace },
    },
  ],
};

/** What SageMaker's containers read and write in the name of their role, by the places that they were given. */
export function jobRequests(calls: readonly NotedCall[]): IamRequest[] {
  const at = (action: string, uri: string): IamRequest => ({
    action,
    resource: `arn:aws:s3:::${uri.replaceAll('"', '').slice('s3://'.length)}/something`.replace(
      '.tar.gz/something',
      '.tar.gz',
    ),
  });
  const of = (key: string, value: unknown, inside: string): IamRequest[] => {
    if (typeof value === 'object' && value !== null)
      return Object.entries(value).flatMap(([name, inner]) => of(name, inner, key));
    if (typeof value !== 'string' || !/^"?s3:/.test(value)) return [];
    const writes = /^(S3OutputPath|DestinationS3Uri)$/.test(key) || inside === 'CheckpointConfig';
    const reads = !writes || inside === 'CheckpointConfig';
    return [...(reads ? [at('s3:GetObject', value)] : []), ...(writes ? [at('s3:PutObject', value)] : [])];
  };
  return calls
    .filter(({ service, operation }) => service === 'SageMaker' && MADE_WITH_PLACES.test(operation))
    .flatMap(({ operation, input }) => of(operation, input, ''));
}

const MADE_WITH_PLACES = /^Create(TrainingJob|HyperParameterTuningJob|TransformJob|Model|EndpointConfig)$/;

function listed(input: NotedCall['input'], named: (name: string, kind: string) => string): string[] {
  if (input.ResourceArn) return [input.ResourceArn];
  if (input.ModelPackageGroupName) return [named(input.ModelPackageGroupName, 'model-package-group')];
  if (input.HyperParameterTuningJobName)
    return [named(input.HyperParameterTuningJobName, 'hyper-parameter-tuning-job')];
  return ['*'];
}

interface GatewayModel {
  readonly operations: Record<string, { http: { method: string; requestUri: string }; input: { shape: string } }>;
  readonly shapes: Record<string, { members: Record<string, { location?: string; locationName?: string }> }>;
}
let gateway: GatewayModel | undefined;

/** By the service's own model, which botocore carries: API Gateway's actions are its methods, its resources its paths. */
export function gatewayRequest(operation: string, input: Readonly<Record<string, unknown>>) {
  gateway ??= readGateway();
  const found = gateway.operations[operation];
  if (!found) throw new Error(`API Gateway has no ${operation}`);
  const { members } = gateway.shapes[found.input.shape] ?? { members: {} };
  const path = found.http.requestUri.replace(/\{(\w+)\}/g, (_, place: string) => {
    const [member = ''] = Object.entries(members).find(([, { locationName }]) => locationName === place) ?? [];
    return String(input[member] ?? '*');
  });
  return { method: found.http.method, path };
}

function readGateway(): GatewayModel {
  const lib = '.venv/lib';
  const python = readdirSync(lib).find((name) => name.startsWith('python'));
  const file = `${lib}/${python}/site-packages/botocore/data/apigateway/2015-07-09/service-2.json.gz`;
  return JSON.parse(gunzipSync(readFileSync(file)).toString()) as GatewayModel;
}
