/** Whether the bucket is there for us. */
import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { callOrMissing } from './errors.ts';

/** False when there is no such bucket; throws as every call does when it cannot be reached. */
export async function bucketExists(s3: S3Client, bucket: string): Promise<boolean> {
  const found = await callOrMissing(`HeadBucket ${bucket}`, () => s3.send(new HeadBucketCommand({ Bucket: bucket })));
  return found !== undefined;
}
