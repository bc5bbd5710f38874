/** What an account has before Perennial comes: a bucket that keeps versions and is never public, and two roles. Done again, it changes nothing. */
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { BUCKET, JOB_ROLE, LAMBDA_ROLE, REGION } from './environment.ts';

export async function provision(endpoint: string): Promise<void> {
  const options = { endpoint, region: REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  const iam = new IAMClient(options);
  try {
    await unlessThere(s3.send(new CreateBucketCommand({ Bucket: BUCKET })));
    const on = { Status: 'Enabled' } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: on }));
    await s3.send(new PutPublicAccessBlockCommand({ Bucket: BUCKET, PublicAccessBlockConfiguration: NEVER_PUBLIC }));
    await unlessThere(iam.send(role(JOB_ROLE, 'sagemaker.amazonaws.com')));
    await unlessThere(iam.send(role(LAMBDA_ROLE, 'lambda.amazonaws.com')));
  } finally {
    s3.destroy();
    iam.destroy();
  }
}

const NEVER_PUBLIC = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

const role = (name: string, service: string) =>
  new CreateRoleCommand({
    RoleName: name,
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    }),
  });

const THERE = new Set([
  'BucketAlreadyOwnedByYou',
  'BucketAlreadyExists',
  'EntityAlreadyExists',
  'EntityAlreadyExistsException',
]);

async function unlessThere(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!THERE.has((error as Error).name)) throw error;
  }
}
