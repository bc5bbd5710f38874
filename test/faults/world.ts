/** What AWS holds of one model, as sorted lines without ids and instants: two worlds are compared by them. */
import {
  GetDeploymentsCommand,
  GetResourcesCommand,
  GetUsagePlanKeysCommand,
  paginateGetApiKeys,
  paginateGetRestApis,
  paginateGetUsagePlans,
} from '@aws-sdk/client-api-gateway';
import {
  DescribeScalingPoliciesCommand,
  paginateDescribeScalableTargets,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeAlarmsCommand, GetDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { GetTablesCommand } from '@aws-sdk/client-glue';
import { GetFunctionCommand, GetPolicyCommand } from '@aws-sdk/client-lambda';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import {
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListHyperParameterTuningJobsCommand,
  ListModelPackageGroupsCommand,
  ListModelPackagesCommand,
  ListModelsCommand,
  ListTrainingJobsCommand,
  ListTransformJobsCommand,
} from '@aws-sdk/client-sagemaker';
import { ListSubscriptionsByTopicCommand, paginateListTopics } from '@aws-sdk/client-sns';
import type { Deps } from '../../src/activities/deps.ts';
import type { Clients } from '../../src/aws/clients.ts';
import { callOrMissing } from '../../src/aws/errors.ts';

type Look = (aws: Clients, model: string) => Promise<string[]>;

export async function worldOf({ aws, config }: Deps, model: string): Promise<string[]> {
  const looks = await Promise.all([...LOOKS.map((look) => look(aws, model)), objects(aws, config.bucket, model)]);
  return looks
    .flat()
    .map((line) => plain(line, model))
    .sort();
}

/** What differs between two runs that came to the same. */
export const plain = (text: string, model: string): string =>
  text
    .replaceAll(model, 'MODEL')
    .replaceAll(model.replaceAll('-', '_'), 'MODEL')
    .replace(/\b[0-9a-f]{40,64}\b/g, 'HASH')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'INSTANT')
    .replace(/"(apiId|keyId)":"\w+"|execute-api\/\w+/g, 'ID')
    .replace(/"bytes":\d+/g, 'BYTES');

const missing = <T>(send: () => Promise<T>) => callOrMissing('look', send);

const sagemaker: Look = async ({ sagemaker: client }, model) => {
  const NameContains = model;
  const lists = await Promise.all([
    client.send(new ListTrainingJobsCommand({ NameContains })),
    client.send(new ListHyperParameterTuningJobsCommand({ NameContains })),
    client.send(new ListTransformJobsCommand({ NameContains })),
    client.send(new ListModelsCommand({ NameContains })),
    client.send(new ListEndpointConfigsCommand({ NameContains })),
    client.send(new ListEndpointsCommand({ NameContains })),
    client.send(new ListModelPackageGroupsCommand({ NameContains })),
  ]);
  const [trained, tuned, transformed, models, configs, endpoints, groups] = lists;
  const packages = await missing(() => client.send(new ListModelPackagesCommand({ ModelPackageGroupName: model })));
  const tuningJobs = (tuned.HyperParameterTuningJobSummaries ?? []).map((one) => one.HyperParameterTuningJobName ?? '');
  // How many trials began before they all failed is another matter.
  const own = (name = '') => !tuningJobs.some((tuning) => name.startsWith(`${tuning}-`));
  return [
    ...(trained.TrainingJobSummaries ?? [])
      .map((one) => one.TrainingJobName)
      .filter(own)
      .map((n) => `training job ${n}`),
    ...tuningJobs.map((name) => `tuning job ${name}`),
    ...(transformed.TransformJobSummaries ?? []).map((one) => `transform job ${one.TransformJobName}`),
    ...(models.Models ?? []).map((one) => `model ${one.ModelName}`),
    ...(configs.EndpointConfigs ?? []).map((one) => `config ${one.EndpointConfigName}`),
    ...(endpoints.Endpoints ?? [])
      .filter((one) => one.EndpointStatus !== 'Deleting')
      .map((one) => `endpoint ${one.EndpointName}`),
    ...(groups.ModelPackageGroupSummaryList ?? []).map((one) => `package group ${one.ModelPackageGroupName}`),
    ...(packages?.ModelPackageSummaryList ?? []).map(
      (p) => `package ${p.ModelPackageVersion} ${p.ModelApprovalStatus}`,
    ),
  ];
};

const scaling: Look = async ({ autoScaling: client }, model) => {
  const found: string[] = [];
  for await (const page of paginateDescribeScalableTargets({ client }, { ServiceNamespace: 'sagemaker' }))
    for (const { ResourceId = '', MinCapacity, MaxCapacity } of page.ScalableTargets ?? [])
      if (ResourceId.startsWith(`endpoint/${model}/`)) found.push(`target ${ResourceId} ${MinCapacity}-${MaxCapacity}`);
  const { ScalingPolicies = [] } = await client.send(
    new DescribeScalingPoliciesCommand({ ServiceNamespace: 'sagemaker' }),
  );
  const policies = ScalingPolicies.filter(({ ResourceId }) => ResourceId?.startsWith(`endpoint/${model}/`));
  return [...found, ...policies.map(({ ResourceId, PolicyName }) => `policy ${PolicyName} of ${ResourceId}`)];
};

const gateway: Look = async ({ apiGateway: client }, model) => {
  const ours = ({ tags = {} }: { tags?: Record<string, string> }) => tags['perennial:model'] === model;
  const found: string[] = [];
  for await (const page of paginateGetRestApis({ client, pageSize: 500 }, {}))
    for (const { id: restApiId, name } of (page.items ?? []).filter(ours)) {
      const { items: resources = [] } = await client.send(new GetResourcesCommand({ restApiId, embed: ['methods'] }));
      const { items: deployments = [] } = await client.send(new GetDeploymentsCommand({ restApiId }));
      found.push(`API ${name} with ${deployments.length} deployment`);
      for (const { path, resourceMethods = {} } of resources)
        found.push(
          `resource ${path} ${Object.values(resourceMethods).map((m) => `${m.apiKeyRequired} ${m.methodIntegration?.type}`)}`,
        );
    }
  for await (const page of paginateGetUsagePlans({ client, pageSize: 500 }, {}))
    for (const { id: usagePlanId, name, apiStages = [] } of (page.items ?? []).filter(ours)) {
      const { items = [] } = await client.send(new GetUsagePlanKeysCommand({ usagePlanId }));
      found.push(`usage plan ${name} of ${apiStages.length} stage with ${items.length} key`);
    }
  for await (const page of paginateGetApiKeys({ client, pageSize: 500 }, {}))
    found.push(...(page.items ?? []).filter(ours).map(({ name }) => `key ${name}`));
  return found;
};

const lambda: Look = async ({ lambda: client }, model) => {
  const FunctionName = `perennial-${model}`;
  const found = await missing(() => client.send(new GetFunctionCommand({ FunctionName })));
  if (!found) return [];
  const policy = await missing(() => client.send(new GetPolicyCommand({ FunctionName })));
  const { Statement = [] } = JSON.parse(policy?.Policy ?? '{}') as { Statement?: unknown[] };
  return [`function ${found.Configuration?.FunctionName} with ${Statement.length} statements`];
};

const watching: Look = async ({ cloudWatch, sns }, model) => {
  const prefix = new DescribeAlarmsCommand({ AlarmNamePrefix: `perennial/${model}/` });
  const found = (await cloudWatch.send(prefix)).MetricAlarms?.map(({ AlarmName }) => `alarm ${AlarmName}`) ?? [];
  const dashboard = new GetDashboardCommand({ DashboardName: `perennial-${model}` });
  if (await missing(() => cloudWatch.send(dashboard))) found.push('dashboard');
  for await (const { Topics = [] } of paginateListTopics({ client: sns }, {}))
    for (const { TopicArn } of Topics.filter((topic) => topic.TopicArn?.endsWith(`:perennial-${model}`))) {
      const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
      found.push(
        `topic ${TopicArn}`,
        ...Subscriptions.map(({ Protocol, Endpoint }) => `subscriber ${Protocol} ${Endpoint}`),
      );
    }
  return found;
};

const catalog: Look = async ({ glue }, model) => {
  const DatabaseName = `perennial_${model.replaceAll('-', '_')}`;
  const found = await missing(() => glue.send(new GetTablesCommand({ DatabaseName })));
  return (found?.TableList ?? []).map(({ Name }) => `table ${DatabaseName}.${Name}`);
};

const LOOKS: readonly Look[] = [sagemaker, scaling, gateway, lambda, watching, catalog];

/** Versions of the same content under one key are one. */
async function objects({ s3 }: Clients, Bucket: string, model: string): Promise<string[]> {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(
    new ListObjectVersionsCommand({ Bucket, Prefix: `models/${model}/` }),
  );
  const distinct = new Set(Versions.map(({ Key, ETag }) => `object ${Key} ${ETag}`));
  return [
    ...[...distinct].map((line) => line.replace(/ \S+$/, '')),
    ...DeleteMarkers.map(({ Key }) => `deleted ${Key}`),
  ];
}
