/** A cheap look at every service that a worker uses: does it answer, and does it let us look? */
import { GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import { DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { GetTableCommand } from '@aws-sdk/client-glue';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import type { Clients } from './clients.ts';
import { call, callOrMissing } from './errors.ts';

/** Each service and one call that a worker needs the right for; each throws as every call does. */
export const looks = (aws: Clients): Readonly<Record<string, () => Promise<unknown>>> => ({
  SageMaker: () => call('ListTrainingJobs', () => aws.sagemaker.send(new ListTrainingJobsCommand({ MaxResults: 1 }))),
  Glue: () =>
    callOrMissing('GetTable', () => aws.glue.send(new GetTableCommand({ DatabaseName: 'perennial_x', Name: 'x' }))),
  Lambda: () => call('ListFunctions', () => aws.lambda.send(new ListFunctionsCommand({ MaxItems: 1 }))),
  'API Gateway': () => call('GetRestApis', () => aws.apiGateway.send(new GetRestApisCommand({ limit: 1 }))),
  CloudWatch: () => call('DescribeAlarms', () => aws.cloudWatch.send(new DescribeAlarmsCommand({ MaxRecords: 1 }))),
  SNS: () => call('ListTopics', () => aws.sns.send(new ListTopicsCommand({}))),
  'Application Auto Scaling': () => {
    const targets = new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker', MaxResults: 1 });
    return call('DescribeScalableTargets', () => aws.autoScaling.send(targets));
  },
});
