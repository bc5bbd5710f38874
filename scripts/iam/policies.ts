/** The policies of who acts in AWS: of each, what its code calls and nothing else. */
import { keys, TAG_MODEL } from '../../src/names.ts';
import { callsOf } from './calls.ts';
import { type Condition, RULES, type Rule } from './rules.ts';

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Condition;
}
export interface Policy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** Its own rules come before those of all, where an operation of it may do less. */
interface Principal {
  readonly entries: readonly string[];
  readonly rules: readonly Rule[];
  /** For what is called by AWS's own code in its name. */
  readonly more?: readonly Statement[];
}

const bucket = (...places: string[]) => places.map((place) => `arn:aws:s3:::BUCKET/${keys.model('*')}/${place}/*`);
const logs = (group: string) => [
  `arn:aws:logs:REGION:ACCOUNT:log-group:${group}`,
  `arn:aws:logs:REGION:ACCOUNT:log-group:${group}:log-stream:*`,
];

/** The operations that read what models left in AWS. */
export const READING_VERBS = [
  ...['archive', 'history', 'audit', 'verify', 'report', 'compare', 'explain', 'logs', 'score', 'views'],
].map((verb) => `src/operations/${verb}.ts`);

const PRINCIPALS: Readonly<Record<string, Principal>> = {
  worker: { entries: ['src/worker.ts'], rules: RULES },
  person: { entries: ['src/operations/predict.ts', 'src/operations/labels.ts'], rules: RULES },
  /** Who looks at what models left: it changes nothing, and asks an endpoint only for what it would answer anybody. */
  reader: {
    entries: READING_VERBS,
    rules: [
      {
        sid: 'ListObjects',
        calls: ['ListObjectsV2', 'HeadObject', 'HeadBucket'].map((one) => `s3:${one}>s3:ListBucket`),
        resources: ['arn:aws:s3:::BUCKET'],
        condition: { StringLikeIfExists: { 's3:prefix': `${keys.model('*')}` } },
      },
      {
        sid: 'ReadObjects',
        calls: ['GetObject', 'HeadObject'].map((one) => `s3:${one}>s3:GetObject`),
        resources: [`arn:aws:s3:::BUCKET/${keys.model('*')}`],
      },
      {
        sid: 'Ask',
        calls: ['sagemaker:InvokeEndpoint'],
        resources: ['arn:aws:sagemaker:REGION:ACCOUNT:endpoint/*'],
        condition: { Null: { [`aws:ResourceTag/${TAG_MODEL}`]: 'false' } },
      },
      {
        sid: 'ReadLogs',
        calls: ['logs:DescribeLogStreams', 'logs:GetLogEvents'],
        resources: [...logs('/aws/sagemaker/*'), ...logs('/aws/lambda/perennial-*')],
      },
      {
        sid: 'ReadAlarms',
        calls: ['cloudwatch:DescribeAlarms'],
        resources: ['arn:aws:cloudwatch:REGION:ACCOUNT:alarm:*'],
      },
    ],
  },
  /** Who looks only: `perennial doctor`. */
  doctor: {
    entries: ['src/operations/doctor/index.ts'],
    rules: [
      ...RULES,
      {
        sid: 'LookAtBucket',
        calls: ['s3:GetBucketVersioning', 's3:GetPublicAccessBlock>s3:GetBucketPublicAccessBlock'],
        resources: ['arn:aws:s3:::BUCKET'],
      },
      { sid: 'LookAtRoles', calls: ['iam:GetRole'], resources: ['JOB_ROLE_ARN', 'LAMBDA_ROLE_ARN'] },
      {
        sid: 'LookAtRights',
        calls: ['iam:SimulatePrincipalPolicy'],
        resources: ['arn:aws:iam::ACCOUNT:role/*', 'arn:aws:iam::ACCOUNT:user/*'],
      },
      {
        sid: 'LookAtQuotas',
        calls: ['servicequotas:ListServiceQuotas', 'sts:GetCallerIdentity'],
        resources: ['*'],
      },
    ],
  },
  lambda: {
    entries: ['src/gateway/index.ts'],
    rules: [
      {
        sid: 'Ask',
        calls: ['sagemaker:InvokeEndpoint'],
        resources: ['arn:aws:sagemaker:REGION:ACCOUNT:endpoint/*'],
        condition: { Null: { [`aws:ResourceTag/${TAG_MODEL}`]: 'false' } },
      },
      { sid: 'KeepOutcomes', calls: ['s3:PutObject'], resources: bucket('ground-truth') },
    ],
    more: [
      {
        Sid: 'Log',
        Effect: 'Allow',
        Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: logs('/aws/lambda/perennial-*'),
      },
    ],
  },
  /** SageMaker's containers: the channels, the model, the transform's input; the artifact, its output, the capture. */
  jobs: {
    entries: [],
    rules: [],
    more: [
      {
        Sid: 'List',
        Effect: 'Allow',
        Action: ['s3:ListBucket'],
        Resource: ['arn:aws:s3:::BUCKET'],
        Condition: { StringLikeIfExists: { 's3:prefix': [`${keys.model('*')}`, 'code/*'] } },
      },
      {
        Sid: 'Read',
        Effect: 'Allow',
        Action: ['s3:GetObject'],
        Resource: [...bucket('cycles', 'backtest'), 'arn:aws:s3:::BUCKET/code/*'],
      },
      {
        Sid: 'Write',
        Effect: 'Allow',
        Action: ['s3:AbortMultipartUpload', 's3:PutObject'],
        Resource: bucket('cycles', 'backtest', 'capture'),
      },
      {
        Sid: 'Log',
        Effect: 'Allow',
        Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        Resource: logs('/aws/sagemaker/*'),
      },
      {
        Sid: 'Measure',
        Effect: 'Allow',
        Action: ['cloudwatch:PutMetricData'],
        Resource: ['*'],
        Condition: { StringLike: { 'cloudwatch:namespace': ['AWS/SageMaker', '/aws/sagemaker/*'] } },
      },
      { Sid: 'EnterRegistry', Effect: 'Allow', Action: ['ecr:GetAuthorizationToken'], Resource: ['*'] },
      {
        Sid: 'PullImage',
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Resource: ['arn:aws:ecr:REGION:*:repository/sagemaker-xgboost'],
      },
    ],
  },
};

export const PRINCIPAL_NAMES = Object.keys(PRINCIPALS);

/** Throws naming an operation for which there is no rule. */
export async function policyOf(name: string): Promise<Policy> {
  const principal = PRINCIPALS[name];
  if (!principal) throw new Error(`there is no policy "${name}", only ${PRINCIPAL_NAMES.join(', ')}`);
  const called = new Set((await Promise.all(principal.entries.map(callsOf))).flat());
  const known = new Set(principal.rules.flatMap(({ calls }) => calls.map((call) => call.split('>')[0])));
  const unknown = [...called].filter((call) => !known.has(call));
  if (unknown.length > 0) throw new Error(`${name} calls ${unknown.join(', ')}: add a rule to scripts/iam/rules.ts`);
  return { Version: '2012-10-17', Statement: [...statementsOf(principal.rules, called), ...(principal.more ?? [])] };
}

/** A rule of which nothing is called gives no statement. */
function statementsOf(rules: readonly Rule[], called: ReadonlySet<string>): Statement[] {
  return rules.flatMap(({ sid, calls, resources, condition }) => {
    const actions = calls.flatMap((call) => {
      const [operation = '', action = operation] = call.split('>');
      return called.has(operation) ? [action] : [];
    });
    if (actions.length === 0) return [];
    const Action = [...new Set(actions)].sort();
    return [
      { Sid: sid, Effect: 'Allow' as const, Action, Resource: resources, ...(condition && { Condition: condition }) },
    ];
  });
}

/** What an account fills in: each word in capitals and its value. */
export function filled(policy: Policy, values: Readonly<Record<string, string>>): Policy {
  const words = new RegExp(`\\b(${Object.keys(values).join('|')})\\b`, 'g');
  return JSON.parse(JSON.stringify(policy).replace(words, (word) => values[word] ?? word)) as Policy;
}

export const policyText = (policy: Policy): string => `${JSON.stringify(policy, undefined, 2)}\n`;
