/** What an AWS account must have before Perennial comes, as one CloudFormation template: bucket, roles, policies. */
import { filled, type Policy, PRINCIPAL_NAMES, policyOf, type Statement } from './policies.ts';

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** Characters of one managed policy, white space left out; IAM's own bound is 6,144, and names that are filled in may be long. */
const POLICY_CHARS = 4_500;

const FILLED = Object.fromEntries(
  Object.entries({
    ACCOUNT: 'AWS::AccountId',
    REGION: 'AWS::Region',
    BUCKET: 'Bucket',
    JOB_ROLE_ARN: 'JobRole.Arn',
    LAMBDA_ROLE_ARN: 'LambdaRole.Arn',
  }).map(([word, known]) => [word, `\${${known}}`]),
);

/** Who holds each policy: a role of the stack, or people whom you attach it to. */
const HOLDERS: Readonly<Record<string, string>> = { worker: 'WorkerRole', jobs: 'JobRole', lambda: 'LambdaRole' };

/** The template as text. Its outputs are the settings of docs/aws.md. */
export async function stackText(): Promise<string> {
  const policies = Object.fromEntries(
    await Promise.all(PRINCIPAL_NAMES.map(async (name) => [name, await policyOf(name)] as const)),
  );
  return `${JSON.stringify(template(policies), undefined, 2)}\n`;
}

function template(policies: Readonly<Record<string, Policy>>): Json {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description:
      'What Perennial needs of an AWS account: a bucket, the roles of its worker, jobs and functions, and their rights.',
    Parameters: {
      BucketName: {
        Type: 'String',
        Description: 'Of the bucket that keeps everything: unique in the world.',
        AllowedPattern: '[a-z0-9][a-z0-9-]{1,61}[a-z0-9]',
      },
      WorkerService: {
        Type: 'String',
        Description: 'What the worker runs on: it takes its role by this service.',
        Default: 'ec2.amazonaws.com',
        AllowedValues: ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com'],
      },
    },
    Conditions: { OnMachine: { 'Fn::Equals': [{ Ref: 'WorkerService' }, 'ec2.amazonaws.com'] } },
    Resources: {
      Bucket: bucket(),
      JobRole: role('sagemaker.amazonaws.com'),
      LambdaRole: role('lambda.amazonaws.com'),
      WorkerRole: role({ Ref: 'WorkerService' }),
      WorkerProfile: {
        Type: 'AWS::IAM::InstanceProfile',
        Condition: 'OnMachine',
        Properties: { Roles: [{ Ref: 'WorkerRole' }] },
      },
      ...Object.assign({}, ...Object.entries(policies).map(([name, policy]) => managed(name, policy))),
    },
    Outputs: {
      PERENNIALBUCKET: { Value: { Ref: 'Bucket' }, Description: 'PERENNIAL_BUCKET' },
      PERENNIALJOBROLEARN: { Value: arn('JobRole'), Description: 'PERENNIAL_JOB_ROLE_ARN' },
      PERENNIALLAMBDAROLEARN: { Value: arn('LambdaRole'), Description: 'PERENNIAL_LAMBDA_ROLE_ARN' },
      WorkerRole: { Value: arn('WorkerRole'), Description: 'The role that the worker runs with' },
      WorkerProfile: { Condition: 'OnMachine', Value: { Ref: 'WorkerProfile' }, Description: 'For its machine' },
    },
  };
}

const arn = (of: string): Json => ({ 'Fn::GetAtt': [of, 'Arn'] });

/** Kept when the stack goes: models, ledgers and captures are in it. */
const bucket = (): Json => ({
  Type: 'AWS::S3::Bucket',
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Properties: {
    BucketName: { Ref: 'BucketName' },
    VersioningConfiguration: { Status: 'Enabled' },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
    LifecycleConfiguration: {
      Rules: [{ Id: 'BrokenUploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }],
    },
  },
});

const role = (service: Json): Json => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
  },
});

/** The resources of one policy: as many managed policies as its length asks for. */
function managed(name: string, { Version, Statement }: Policy): Record<string, Json> {
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  const holder = HOLDERS[name];
  const parts = inParts(Statement);
  return Object.fromEntries(
    parts.map((part, at) => [
      `${title}Policy${parts.length > 1 ? at + 1 : ''}`,
      {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          Description: `Perennial: ${name}${parts.length > 1 ? `, part ${at + 1} of ${parts.length}` : ''}`,
          PolicyDocument: substituted(filled({ Version, Statement: part }, FILLED) as unknown as Json),
          ...(holder && { Roles: [{ Ref: holder }] }),
        },
      },
    ]),
  );
}

function inParts(statements: readonly Statement[]): Statement[][] {
  const parts: Statement[][] = [[]];
  for (const statement of statements) {
    const last = parts.at(-1) ?? [];
    if (last.length > 0 && JSON.stringify([...last, statement]).length > POLICY_CHARS) parts.push([statement]);
    else last.push(statement);
  }
  return parts;
}

/** Every text that CloudFormation fills in becomes a `Fn::Sub`. */
function substituted(value: Json): Json {
  if (typeof value === 'string') return value.includes('${') ? { 'Fn::Sub': value } : value;
  if (Array.isArray(value)) return value.map(substituted);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, substituted(one)]));
}
