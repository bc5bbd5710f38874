import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { PRINCIPAL_NAMES, policyOf } from '../../scripts/iam/policies.ts';
import { stackText } from '../../scripts/iam/stack.ts';

/** IAM's own bound on the characters of a managed policy, and on how many a role may hold. */
const MOST = { chars: 6_144, policies: 10 };
/** As long as such names get. */
const LONG: Readonly<Record<string, string>> = {
  'AWS::AccountId': '1'.repeat(12),
  'AWS::Region': 'ap-southeast-99',
  Bucket: 'b'.repeat(63),
  'JobRole.Arn': `arn:aws:iam::${'1'.repeat(12)}:role/${'j'.repeat(64)}`,
  'LambdaRole.Arn': `arn:aws:iam::${'1'.repeat(12)}:role/${'l'.repeat(64)}`,
};
type Resource = { Type: string; Properties: { PolicyDocument?: { Statement: { Sid: string }[] }; Roles?: object[] } };

describe('the CloudFormation template', () => {
  let text: string;
  let policies: [string, Resource][];
  before(async () => {
    text = await stackText();
    const { Resources } = JSON.parse(text) as { Resources: Record<string, Resource> };
    policies = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::IAM::ManagedPolicy');
  });

  it('in docs is the one that the code gives: "npm run docs" writes it', async () => {
    assert.equal(await readFile('docs/aws-stack.json', 'utf8'), text);
  });

  it('gives each its whole policy, once', async () => {
    for (const name of PRINCIPAL_NAMES) {
      const parts = policies.filter(([id]) => id.replace(/Policy\d*$/, '').toLowerCase() === name);
      const sids = parts.flatMap(([, { Properties }]) => Properties.PolicyDocument?.Statement.map(({ Sid }) => Sid));
      assert.deepEqual(
        sids,
        (await policyOf(name)).Statement.map(({ Sid }) => Sid),
        name,
      );
    }
  });

  it('leaves nothing to be filled in, and keeps to the bounds of IAM however long the names are', () => {
    for (const [id, { Properties }] of policies) {
      const document = JSON.stringify(Properties.PolicyDocument)
        .replace(/\{"Fn::Sub":("[^"]*")\}/g, '$1')
        .replace(/\$\{([^}]+)\}/g, (_, name: string) => LONG[name] ?? assert.fail(`${id}: ${name}`));
      assert.ok(document.length <= MOST.chars, `${id}: ${document.length} characters`);
      assert.doesNotMatch(document, /\b(ACCOUNT|REGION|BUCKET|JOB_ROLE_ARN|LAMBDA_ROLE_ARN)\b/);
    }
    const ofWorker = policies.filter(([, { Properties }]) => JSON.stringify(Properties.Roles)?.includes('WorkerRole'));
    assert.ok(ofWorker.length > 1 && ofWorker.length <= MOST.policies);
  });
});
