/**
 * What each operation of AWS needs: IAM's action, on which resources, under which condition, as tight as AWS's service
 * authorization reference lets it be. Capitals stand for what an account fills in.
 */
import { keys, METRIC_NAMESPACE, TAG_MODEL } from '../../src/names.ts';

export type Condition = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
export interface Rule {
  readonly sid: string;
  /** `service:Operation`, and where IAM calls it otherwise, `service:Operation>service:Action`. */
  readonly calls: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: Condition;
}

/** What is made carries the tag; what is changed or removed carried it before. */
const TAGGED: Condition = { Null: { [`aws:RequestTag/${TAG_MODEL}`]: 'false' } };
const OURS: Condition = { Null: { [`aws:ResourceTag/${TAG_MODEL}`]: 'false' } };

const sagemaker = (...kinds: string[]) => kinds.map((kind) => `arn:aws:sagemaker:REGION:ACCOUNT:${kind}/*`);
const apigateway = (...paths: string[]) => paths.map((path) => `arn:aws:apigateway:REGION::${path}`);
const alarms = 'arn:aws:cloudwatch:REGION:ACCOUNT:alarm:perennial/*';
const calls = (service: string, ...operations: string[]) => operations.map((one) => `${service}:${one}`);
const as = (action: string, ...operations: string[]) =>
  operations.map((one) => `${action.split(':')[0]}:${one}>${action}`);

const JOBS = ['training-job', 'hyper-parameter-tuning-job', 'transform-job'];
const MADE = [
  'CreateEndpoint',
  'CreateEndpointConfig',
  'CreateHyperParameterTuningJob',
  'CreateModel',
  'CreateModelPackageGroup',
  'CreateTrainingJob',
  'CreateTransformJob',
];
const MADE_KINDS = [...JOBS, 'model', 'model-package-group', 'endpoint-config', 'endpoint'];

export const RULES: readonly Rule[] = [
  {
    sid: 'Bucket',
    calls: as('s3:ListBucket', 'HeadBucket', 'ListObjectsV2', 'HeadObject'),
    resources: ['arn:aws:s3:::BUCKET'],
    condition: { StringLikeIfExists: { 's3:prefix': `${keys.model('*')}` } },
  },
  { sid: 'ReadObjects', calls: as('s3:GetObject', 'GetObject', 'HeadObject'), resources: ['arn:aws:s3:::BUCKET/*'] },
  {
    sid: 'WriteObjects',
    calls: [...as('s3:PutObject', 'PutObject', 'Upload'), 's3:Upload>s3:AbortMultipartUpload'],
    resources: [`arn:aws:s3:::BUCKET/${keys.model('*')}`, 'arn:aws:s3:::BUCKET/code/*'],
  },
  {
    sid: 'DeleteLeftoversOfCycles',
    calls: as('s3:DeleteObject', 'DeleteObjects'),
    resources: [`arn:aws:s3:::BUCKET/${keys.model('*')}/cycles/*`],
  },
  {
    sid: 'Catalog',
    calls: calls('glue', 'CreateDatabase', 'CreateTable', 'GetTable', 'UpdateTable'),
    resources: ['catalog', 'database/perennial_*', 'table/perennial_*/*'].map(
      (part) => `arn:aws:glue:REGION:ACCOUNT:${part}`,
    ),
  },
  { sid: 'MakeTagged', calls: calls('sagemaker', ...MADE), resources: sagemaker(...MADE_KINDS), condition: TAGGED },
  {
    sid: 'TagWhatIsMade',
    calls: MADE.map((one) => `sagemaker:${one}>sagemaker:AddTags`),
    resources: sagemaker(...MADE_KINDS),
    condition: { StringEquals: { 'sagemaker:TaggingAction': MADE } },
  },
  {
    sid: 'Versions',
    calls: calls('sagemaker', 'CreateModelPackage', 'UpdateModelPackage', 'DescribeModelPackage', 'ListModelPackages'),
    resources: sagemaker('model-package', 'model-package-group'),
  },
  {
    sid: 'ChangeOwn',
    calls: calls(
      'sagemaker',
      'DeleteEndpoint',
      'DeleteEndpointConfig',
      'DeleteModel',
      'InvokeEndpoint',
      'StopHyperParameterTuningJob',
      'StopTrainingJob',
      'StopTransformJob',
      'UpdateEndpoint',
      'UpdateEndpointWeightsAndCapacities',
    ),
    resources: sagemaker(...JOBS, 'model', 'endpoint-config', 'endpoint'),
    condition: OURS,
  },
  {
    // Also of what is not there, or another's: it has no tag to ask for.
    sid: 'LookAt',
    calls: calls(
      'sagemaker',
      'DescribeEndpoint',
      'DescribeEndpointConfig',
      'DescribeHyperParameterTuningJob',
      'DescribeModel',
      'DescribeModelPackageGroup',
      'DescribeTrainingJob',
      'DescribeTransformJob',
      'ListTags',
      'ListTrainingJobsForHyperParameterTuningJob',
    ),
    resources: sagemaker(...MADE_KINDS, 'model-package'),
  },
  {
    sid: 'Scaling',
    calls: calls('application-autoscaling', 'DeregisterScalableTarget', 'PutScalingPolicy', 'RegisterScalableTarget'),
    resources: ['arn:aws:application-autoscaling:REGION:ACCOUNT:scalable-target/*'],
    condition: { StringEquals: { 'application-autoscaling:service-namespace': 'sagemaker' } },
  },
  {
    // The alarms by which a target is tracked are made with the rights of who puts the policy.
    sid: 'ScalingAlarms',
    calls: [
      'application-autoscaling:PutScalingPolicy>cloudwatch:PutMetricAlarm',
      'application-autoscaling:DeregisterScalableTarget>cloudwatch:DeleteAlarms',
    ],
    resources: ['arn:aws:cloudwatch:REGION:ACCOUNT:alarm:TargetTracking-endpoint/*'],
  },
  {
    sid: 'ScalingRole',
    calls: ['application-autoscaling:RegisterScalableTarget>iam:CreateServiceLinkedRole'],
    resources: ['arn:aws:iam::ACCOUNT:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/*'],
    condition: { StringEquals: { 'iam:AWSServiceName': 'sagemaker.application-autoscaling.amazonaws.com' } },
  },
  {
    sid: 'MakeFunction',
    calls: [...calls('lambda', 'CreateFunction'), 'lambda:CreateFunction>lambda:TagResource'],
    resources: ['arn:aws:lambda:REGION:ACCOUNT:function:perennial-*'],
    condition: TAGGED,
  },
  {
    sid: 'ChangeOwnFunction',
    calls: calls('lambda', 'DeleteFunction', 'UpdateFunctionCode', 'UpdateFunctionConfiguration'),
    resources: ['arn:aws:lambda:REGION:ACCOUNT:function:perennial-*'],
    condition: OURS,
  },
  {
    sid: 'LookAtFunction',
    calls: calls('lambda', 'GetFunction'),
    resources: ['arn:aws:lambda:REGION:ACCOUNT:function:perennial-*'],
  },
  {
    sid: 'LetApiCallFunction',
    calls: calls('lambda', 'AddPermission'),
    resources: ['arn:aws:lambda:REGION:ACCOUNT:function:perennial-*'],
    condition: { StringEquals: { 'lambda:Principal': 'apigateway.amazonaws.com' } },
  },
  {
    sid: 'MakeApi',
    calls: as('apigateway:POST', 'CreateApiKey', 'CreateRestApi', 'CreateUsagePlan'),
    resources: apigateway('/restapis', '/usageplans', '/apikeys'),
    condition: TAGGED,
  },
  {
    // AWS asks for these beside the calls that make things with tags.
    sid: 'TagApi',
    calls: ['CreateApiKey', 'CreateRestApi', 'CreateUsagePlan'].map((one) => `apigateway:${one}>apigateway:PUT`),
    resources: apigateway('/tags/*'),
    condition: TAGGED,
  },
  {
    sid: 'FillApi',
    calls: [
      ...as('apigateway:POST', 'CreateDeployment', 'CreateResource'),
      ...as('apigateway:PUT', 'PutGatewayResponse', 'PutIntegration', 'PutMethod'),
    ],
    resources: apigateway('/restapis/*/deployments', '/restapis/*/resources/*', '/restapis/*/gatewayresponses/*'),
  },
  {
    sid: 'LimitApi',
    calls: [...as('apigateway:POST', 'CreateUsagePlanKey'), ...as('apigateway:PATCH', 'UpdateUsagePlan')],
    resources: apigateway('/usageplans/*'),
  },
  {
    sid: 'RemoveApi',
    calls: as('apigateway:DELETE', 'DeleteApiKey', 'DeleteRestApi', 'DeleteUsagePlan'),
    resources: apigateway('/restapis/*', '/usageplans/*', '/apikeys/*'),
  },
  {
    sid: 'ListApis',
    calls: as('apigateway:GET', 'GetApiKeys', 'GetRestApis'),
    resources: apigateway('/restapis', '/apikeys'),
  },
  { sid: 'ReadKey', calls: as('apigateway:GET', 'GetApiKey'), resources: apigateway('/apikeys/*') },
  {
    sid: 'LookAtApi',
    calls: as('apigateway:GET', 'GetDeployment', 'GetResources', 'GetStage', 'GetUsagePlanKeys', 'GetUsagePlans'),
    resources: apigateway(
      '/restapis/*/deployments/*',
      '/restapis/*/resources',
      '/restapis/*/stages/*',
      '/usageplans',
      '/usageplans/*/keys',
    ),
  },
  {
    sid: 'OwnMetrics',
    calls: calls('cloudwatch', 'PutMetricData'),
    resources: ['*'],
    condition: { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } },
  },
  {
    sid: 'OwnAlarms',
    calls: [
      ...calls('cloudwatch', 'DeleteAlarms', 'ListTagsForResource', 'PutMetricAlarm'),
      'cloudwatch:PutMetricAlarm>cloudwatch:TagResource',
    ],
    resources: [alarms],
  },
  {
    sid: 'OwnDashboards',
    calls: calls('cloudwatch', 'DeleteDashboards', 'PutDashboard'),
    resources: ['arn:aws:cloudwatch::ACCOUNT:dashboard/perennial-*'],
  },
  {
    sid: 'LookAtAlarms',
    calls: calls('cloudwatch', 'DescribeAlarms'),
    resources: ['arn:aws:cloudwatch:REGION:ACCOUNT:alarm:*'],
  },
  {
    sid: 'MakeTopic',
    calls: calls('sns', 'CreateTopic', 'TagResource'),
    resources: ['arn:aws:sns:REGION:ACCOUNT:perennial-*'],
  },
  {
    sid: 'Topics',
    calls: calls('sns', 'ListSubscriptionsByTopic', 'ListTagsForResource', 'Subscribe'),
    resources: ['arn:aws:sns:REGION:ACCOUNT:perennial-*'],
  },
  {
    sid: 'OwnTopics',
    calls: calls('sns', 'DeleteTopic', 'Publish'),
    resources: ['arn:aws:sns:REGION:ACCOUNT:perennial-*'],
    condition: OURS,
  },
  {
    // Of these, AWS knows no resource.
    sid: 'WhatThereIs',
    calls: [
      ...calls('application-autoscaling', 'DescribeScalableTargets'),
      ...calls('cloudwatch', 'GetMetricData', 'ListDashboards'),
      ...calls('lambda', 'ListFunctions'),
      ...calls(
        'sagemaker',
        'ListEndpointConfigs',
        'ListEndpoints',
        'ListHyperParameterTuningJobs',
        'ListModels',
        'ListTrainingJobs',
        'ListTransformJobs',
      ),
      ...calls('sns', 'ListTopics', 'Unsubscribe'),
    ],
    resources: ['*'],
  },
  {
    sid: 'RoleOfJobs',
    calls: ['CreateTrainingJob', 'CreateHyperParameterTuningJob', 'CreateModel'].map(
      (one) => `sagemaker:${one}>iam:PassRole`,
    ),
    resources: ['JOB_ROLE_ARN'],
    condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
  },
  {
    sid: 'RoleOfFunction',
    calls: ['CreateFunction', 'UpdateFunctionConfiguration'].map((one) => `lambda:${one}>iam:PassRole`),
    resources: ['LAMBDA_ROLE_ARN'],
    condition: { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
  },
];
