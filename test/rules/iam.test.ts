import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { callsOf } from '../../scripts/iam/calls.ts';
import { filled, type Policy, PRINCIPAL_NAMES, policyOf, READING_VERBS } from '../../scripts/iam/policies.ts';
import { RULES } from '../../scripts/iam/rules.ts';
import { allows, type IamRequest } from '../support/iam.ts';
import { gatewayRequest } from '../support/iam-requests.ts';

const VALUES = {
  ACCOUNT: '111122223333',
  REGION: 'eu-west-1',
  BUCKET: 'mine',
  JOB_ROLE_ARN: 'arn:aws:iam::111122223333:role/jobs',
  LAMBDA_ROLE_ARN: 'arn:aws:iam::111122223333:role/gateway',
};
const OURS = { 'aws:ResourceTag/perennial:model': 'rides' };
const MADE = { 'aws:RequestTag/perennial:model': 'rides' };
const sagemaker = (thing: string) => `arn:aws:sagemaker:eu-west-1:111122223333:${thing}`;
const lambda = 'arn:aws:lambda:eu-west-1:111122223333:function:perennial-rides';

describe('the IAM policies', () => {
  const policies: Record<string, Policy> = {};
  before(async () => {
    for (const name of PRINCIPAL_NAMES) policies[name] = filled(await policyOf(name), VALUES);
  });
  const judged = (who: string, action: string, resource: string, context?: IamRequest['context']) =>
    allows(policies[who] as Policy, { action, resource, context });

  it('in docs are those that the code gives: "npm run docs" writes them', async () => {
    for (const name of PRINCIPAL_NAMES)
      assert.deepEqual(JSON.parse(await readFile(`docs/iam/${name}.json`, 'utf8')), await policyOf(name), name);
    assert.deepEqual((await readdir('docs/iam')).sort(), PRINCIPAL_NAMES.map((name) => `${name}.json`).sort());
  });

  it('hold every operation that src names, and no rule is of one that nobody calls', async () => {
    const own = ['src/worker.ts', 'src/operations/predict.ts', 'src/operations/labels.ts'];
    const entries = [...own, 'src/operations/doctor/index.ts', ...READING_VERBS];
    const reached = new Set((await Promise.all(entries.map(callsOf))).flat());
    for (const file of (await readdir('src/aws')).filter((name) => name.endsWith('.ts'))) {
      const text = await readFile(`src/aws/${file}`, 'utf8');
      for (const [, operation] of text.matchAll(/\bnew (\w+)Command\(/g))
        assert.ok(
          [...reached].some((call) => call.endsWith(`:${operation}`)),
          `${file} makes ${operation}, which nobody reaches`,
        );
    }
    for (const { sid, calls } of RULES)
      for (const call of calls) assert.ok(reached.has(call.split('>')[0] ?? ''), `rule ${sid}: nobody calls ${call}`);
  });

  it('let who reads see what models left, and change or see nothing else', () => {
    const object = (key: string) => `arn:aws:s3:::mine/${key}`;
    assert.ok(judged('reader', 's3:GetObject', object('models/rides/ledger/00000001.json')));
    assert.ok(!judged('reader', 's3:GetObject', object('code/abc/sourcedir.tar.gz')));
    assert.ok(!judged('reader', 's3:GetObject', 'arn:aws:s3:::others/models/rides/ledger/00000001.json'));
    for (const action of ['s3:PutObject', 's3:DeleteObject'])
      assert.ok(!judged('reader', action, object('models/rides/ledger/00000001.json')), action);
    assert.ok(judged('reader', 'sagemaker:InvokeEndpoint', sagemaker('endpoint/rides'), OURS));
    assert.ok(!judged('reader', 'sagemaker:InvokeEndpoint', sagemaker('endpoint/rides')));
    const group = 'arn:aws:logs:eu-west-1:111122223333:log-group';
    assert.ok(judged('reader', 'logs:GetLogEvents', `${group}:/aws/sagemaker/TrainingJobs:log-stream:rides-1-train-1`));
    assert.ok(!judged('reader', 'logs:GetLogEvents', `${group}:/aws/lambda/others:log-stream:x`));
  });

  it("name API Gateway's actions and paths as its own model does", async () => {
    const calls = RULES.flatMap(({ sid, calls, resources }) => calls.map((call) => ({ sid, call, resources })));
    for (const { sid, call, resources } of calls.filter(({ call }) => call.startsWith('apigateway:'))) {
      const [operation = '', action] = call.split('>');
      if (sid === 'TagApi') continue;
      const { method, path } = gatewayRequest(operation.slice('apigateway:'.length), {});
      const policy = {
        Version: '2012-10-17',
        Statement: [{ Sid: sid, Effect: 'Allow', Action: [action ?? ''], Resource: resources }],
      } as const;
      assert.ok(
        allows(policy, { action: `apigateway:${method}`, resource: `arn:aws:apigateway:REGION::${path}` }),
        call,
      );
    }
  });

  it('give no action by a pattern, and all resources only where AWS knows no other', () => {
    const everywhere: string[] = [];
    for (const [name, { Statement }] of Object.entries(policies))
      for (const { Sid, Action, Resource, Condition } of Statement) {
        for (const action of Action) assert.match(action, /^[a-z0-9-]+:[A-Za-z]+$/, `${name} ${Sid}`);
        if (Resource.includes('*') && !Condition) everywhere.push(`${name} ${Sid}`);
      }
    assert.deepEqual(everywhere, [
      ...['worker WhatThereIs', 'doctor WhatThereIs', 'doctor LookAtQuotas'],
      'jobs EnterRegistry',
    ]);
  });

  it('let everyone do their own work', () => {
    const allowed: [who: string, action: string, resource: string, context?: IamRequest['context']][] = [
      ['worker', 's3:PutObject', 'arn:aws:s3:::mine/models/rides/ledger/00000001.json'],
      ['worker', 's3:GetObject', 'arn:aws:s3:::mine/any/source.csv'],
      ['worker', 's3:ListBucket', 'arn:aws:s3:::mine'],
      ['worker', 'sagemaker:CreateTrainingJob', sagemaker('training-job/rides-1-train-1'), MADE],
      ['worker', 'sagemaker:DeleteEndpoint', sagemaker('endpoint/rides'), OURS],
      ['worker', 'sagemaker:DescribeEndpoint', sagemaker('endpoint/nobody-knows')],
      ['worker', 'iam:PassRole', VALUES.JOB_ROLE_ARN, { 'iam:PassedToService': 'sagemaker.amazonaws.com' }],
      ['lambda', 'sagemaker:InvokeEndpoint', sagemaker('endpoint/rides'), OURS],
      ['lambda', 's3:PutObject', 'arn:aws:s3:::mine/models/rides/ground-truth/2026/01/01/00/a.jsonl'],
      ['jobs', 's3:GetObject', 'arn:aws:s3:::mine/models/rides/cycles/1/prepared/train.parquet'],
      ['jobs', 's3:PutObject', 'arn:aws:s3:::mine/models/rides/capture/rides/v1/2026/01/01/00/a.jsonl'],
      ['person', 'apigateway:GET', 'arn:aws:apigateway:eu-west-1::/apikeys/abc'],
      ['doctor', 'iam:GetRole', VALUES.JOB_ROLE_ARN],
      ['doctor', 's3:GetBucketVersioning', 'arn:aws:s3:::mine'],
    ];
    for (const one of allowed) assert.ok(judged(...one), JSON.stringify(one));
  });

  it('deny what is not their work', () => {
    const others = { 'aws:ResourceTag/team': 'other' };
    const denied: [who: string, action: string, resource: string, context?: IamRequest['context']][] = [
      ['worker', 's3:GetObject', 'arn:aws:s3:::other/models/rides/a'],
      ['worker', 's3:PutObject', 'arn:aws:s3:::mine/other/a'],
      ['worker', 's3:ListBucket', 'arn:aws:s3:::mine', { 's3:prefix': 'other/' }],
      ['worker', 's3:DeleteObject', 'arn:aws:s3:::mine/models/rides/ledger/00000001.json'],
      ['worker', 's3:DeleteObject', 'arn:aws:s3:::mine/models/rides/snapshots/a.parquet'],
      ['worker', 's3:DeleteObjectVersion', 'arn:aws:s3:::mine/models/rides/cycles/1/a'],
      ['worker', 's3:PutBucketPolicy', 'arn:aws:s3:::mine'],
      ['worker', 'sagemaker:CreateTrainingJob', sagemaker('training-job/rides-1-train-1')],
      ['worker', 'sagemaker:CreateNotebookInstance', sagemaker('notebook-instance/a'), MADE],
      ['worker', 'sagemaker:DeleteEndpoint', sagemaker('endpoint/other'), others],
      ['worker', 'sagemaker:UpdateEndpoint', sagemaker('endpoint/other')],
      ['worker', 'sagemaker:StopTrainingJob', sagemaker('training-job/other'), others],
      ['worker', 'sagemaker:AddTags', sagemaker('endpoint/other'), MADE],
      ['worker', 'sagemaker:DeleteModelPackage', sagemaker('model-package/rides/1')],
      ['worker', 'lambda:UpdateFunctionCode', 'arn:aws:lambda:eu-west-1:111122223333:function:other', OURS],
      ['worker', 'lambda:UpdateFunctionCode', lambda],
      ['worker', 'lambda:InvokeFunction', lambda, OURS],
      ['worker', 'lambda:AddPermission', lambda, { ...OURS, 'lambda:Principal': '*' }],
      ['worker', 'iam:PassRole', VALUES.JOB_ROLE_ARN, { 'iam:PassedToService': 'ec2.amazonaws.com' }],
      ['worker', 'iam:PassRole', VALUES.LAMBDA_ROLE_ARN, { 'iam:PassedToService': 'sagemaker.amazonaws.com' }],
      [
        'worker',
        'iam:PassRole',
        'arn:aws:iam::111122223333:role/admin',
        { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
      ],
      ['worker', 'iam:CreateRole', 'arn:aws:iam::111122223333:role/new'],
      ['worker', 'iam:AttachRolePolicy', VALUES.JOB_ROLE_ARN],
      ['worker', 'sts:AssumeRole', VALUES.JOB_ROLE_ARN],
      ['worker', 'apigateway:GET', 'arn:aws:apigateway:eu-west-1::/apikeys/abc'],
      ['worker', 'apigateway:POST', 'arn:aws:apigateway:eu-west-1::/restapis'],
      ['worker', 'apigateway:PATCH', 'arn:aws:apigateway:eu-west-1::/account'],
      ['worker', 'cloudwatch:PutMetricData', '*', { 'cloudwatch:namespace': 'AWS/SageMaker' }],
      ['worker', 'cloudwatch:DeleteAlarms', 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:billing'],
      ['worker', 'sns:Publish', 'arn:aws:sns:eu-west-1:111122223333:other', OURS],
      ['worker', 'glue:DeleteTable', 'arn:aws:glue:eu-west-1:111122223333:table/perennial_rides/rides'],
      ['worker', 'glue:UpdateTable', 'arn:aws:glue:eu-west-1:111122223333:table/sales/orders'],
      ['lambda', 'sagemaker:InvokeEndpoint', sagemaker('endpoint/other')],
      ['lambda', 's3:GetObject', 'arn:aws:s3:::mine/models/rides/ground-truth/a.jsonl'],
      ['lambda', 's3:PutObject', 'arn:aws:s3:::mine/models/rides/ledger/00000001.json'],
      ['lambda', 's3:PutObject', 'arn:aws:s3:::mine/models/rides/cycles/1/train/model.tar.gz'],
      ['jobs', 's3:PutObject', 'arn:aws:s3:::mine/models/rides/ledger/00000001.json'],
      ['jobs', 's3:PutObject', 'arn:aws:s3:::mine/models/rides/plans/a.json'],
      ['jobs', 's3:PutObject', 'arn:aws:s3:::mine/models/rides/ground-truth/a.jsonl'],
      ['jobs', 's3:PutObject', 'arn:aws:s3:::mine/code/a/sourcedir.tar.gz'],
      ['jobs', 's3:GetObject', 'arn:aws:s3:::mine/models/rides/ledger/00000001.json'],
      ['jobs', 's3:GetObject', 'arn:aws:s3:::other/a'],
      ['jobs', 'sagemaker:CreateTrainingJob', sagemaker('training-job/a'), MADE],
      ['jobs', 'iam:PassRole', VALUES.JOB_ROLE_ARN, { 'iam:PassedToService': 'sagemaker.amazonaws.com' }],
      ['person', 'apigateway:DELETE', 'arn:aws:apigateway:eu-west-1::/apikeys/abc'],
      ['person', 'sagemaker:InvokeEndpoint', sagemaker('endpoint/rides'), OURS],
    ];
    for (const one of denied) assert.ok(!judged(...one), JSON.stringify(one));
  });

  it('are judged as IAM does: a pattern crosses slashes, a missing key holds only where it is asked to', () => {
    const of = (statement: object) =>
      ({
        Version: '2012-10-17',
        Statement: [{ Sid: 'A', Effect: 'Allow', Action: ['s3:Get*'], Resource: ['a/*/c'], ...statement }],
      }) as Policy;
    const request = { action: 'S3:getobject', resource: 'a/b/b/c' };
    assert.ok(allows(of({}), request));
    assert.ok(!allows(of({}), { ...request, resource: 'a/b/d' }));
    assert.ok(!allows(of({}), { ...request, action: 's3:PutObject' }));
    assert.ok(!allows(of({ Condition: { StringEquals: { k: 'v' } } }), request));
    assert.ok(allows(of({ Condition: { StringEquals: { k: ['u', 'v'] } } }), { ...request, context: { k: 'v' } }));
    assert.ok(allows(of({ Condition: { StringLikeIfExists: { k: 'v*' } } }), request));
    assert.ok(!allows(of({ Condition: { StringLikeIfExists: { k: 'v*' } } }), { ...request, context: { k: 'w' } }));
    assert.ok(!allows(of({ Condition: { Null: { k: 'false' } } }), request));
    assert.throws(() => allows(of({ Condition: { IpAddress: { k: 'v' } } }), request), /IpAddress is not known/);
  });
});
