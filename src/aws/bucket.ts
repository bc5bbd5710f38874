/** Whether the bucket is there for us. */
import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { bucketGone, call, isMissing } from './errors.ts';

/** Throws as every call does when S3 cannot be reached or denies us. */
export async function lookAtBucket(s3: S3Client, bucket: string): Promise<'there' | 'missing' | 'elsewhere'> {
  return call(`HeadBucket ${bucket}`, async () => {
    try {
      await s3.send(new HeadBucketCommand({ Bucket: bucket }));
      return 'there';
    } catch (error) {
      if (isMissing(error)) return 'missing';
      if (statusOf(error) === 301) return 'elsewhere';
      throw error;
    }
  });
}

/** Throws what every other call to a bucket that is gone throws. */
export async function requireBucket(s3: S3Client, bucket: string): Promise<void> {
  if ((await lookAtBucket(s3, bucket)) === 'missing')
    throw bucketGone(`HeadBucket ${bucket}: The specified bucket does not exist (NoSuchBucket)`);
}

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
