import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { keys } from '../../src/names.ts';

interface Policy {
  readonly Statement: readonly { readonly Action: string | readonly string[] }[];
}

/** Services whose actions are called after their operations; S3 and API Gateway call theirs otherwise. */
const PREFIXES: Readonly<Record<string, string>> = {
  'client-sagemaker': 'sagemaker',
  'client-sagemaker-runtime': 'sagemaker',
  'client-glue': 'glue',
  'client-lambda': 'lambda',
  'client-cloudwatch': 'cloudwatch',
  'client-sns': 'sns',
  'client-application-auto-scaling': 'application-autoscaling',
};
/** Needed to create with tags, and to hand roles on; no operation of ours has these names. */
const IMPLIED = [
  'cloudwatch:TagResource',
  'iam:CreateServiceLinkedRole',
  'iam:PassRole',
  'lambda:TagResource',
  'sagemaker:AddTags',
];

const actionsOf = async (file: string): Promise<string[]> => {
  const policy = JSON.parse(await readFile(`docs/iam/${file}`, 'utf8')) as Policy;
  return policy.Statement.flatMap(({ Action }) => Action).sort();
};

/** `service:Operation` of every command and paginator that a folder imports. */
async function used(folder: string): Promise<string[]> {
  const found = new Set<string>();
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.ts'))) {
    const text = await readFile(`${folder}/${name}`, 'utf8');
    for (const [, names = '', client = ''] of text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/([a-z0-9-]+)'/g)) {
      const prefix = PREFIXES[client];
      if (!prefix) continue;
      for (const [, command, paginated] of names.matchAll(/(?<!type )\b(?:(\w+)Command|paginate(\w+))\b/g))
        found.add(`${prefix}:${command ?? paginated}`);
    }
  }
  return [...found].sort();
}

describe('the IAM policies in docs', () => {
  it('allow the worker what src/aws calls, and nothing else', async () => {
    const allowed = (await actionsOf('worker.json')).filter((action) => !/^(s3|apigateway):/.test(action));
    assert.deepEqual(allowed, [...(await used('src/aws')), ...IMPLIED].sort());
  });

  it('allow the Lambda what src/gateway calls, and its log', async () => {
    const allowed = (await actionsOf('lambda.json')).filter((action) => !/^(logs|s3):/.test(action));
    assert.deepEqual(allowed, await used('src/gateway'));
  });

  it('allow the Lambda to write outcomes, and nothing else in the bucket', async () => {
    const policy = JSON.parse(await readFile('docs/iam/lambda.json', 'utf8')) as Policy;
    const s3 = policy.Statement.filter(({ Action }) => [Action].flat().some((action) => action.startsWith('s3:')));
    assert.deepEqual(s3, [
      { Effect: 'Allow', Action: 's3:PutObject', Resource: `arn:aws:s3:::BUCKET/${keys.groundTruth('*')}/*` },
    ]);
    const commands = (await readFile('src/gateway/index.ts', 'utf8')).match(
      /import \{([^}]*)\} from '@aws-sdk\/client-s3'/,
    );
    assert.equal(commands?.[1]?.trim(), 'PutObjectCommand, S3Client');
  });
});
