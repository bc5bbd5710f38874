/** Whether the bucket is there for us. */
import {
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { bucketGone, call, callOrMissing, isMissing } from './errors.ts';
import { parseS3Uri } from './uri.ts';

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

/** The size of an object; undefined when there is none. */
export async function bytesOfObject(s3: S3Client, uri: string): Promise<number | undefined> {
  const { bucket: Bucket, key: Key } = parseS3Uri(uri);
  const found = await callOrMissing(`HeadObject ${uri}`, () => s3.send(new HeadObjectCommand({ Bucket, Key })));
  return found && (found.ContentLength ?? 0);
}

export interface BucketSettings {
  readonly versioned: boolean;
  /** Nobody can open it to the world by mistake. */
  readonly closed: boolean;
}

export async function bucketSettings(s3: S3Client, bucket: string): Promise<BucketSettings> {
  const [versioning, closed] = await Promise.all([
    call(`GetBucketVersioning ${bucket}`, () => s3.send(new GetBucketVersioningCommand({ Bucket: bucket }))),
    call(`GetPublicAccessBlock ${bucket}`, () => publicAccessIsBlocked(s3, bucket)),
  ]);
  return { versioned: versioning.Status === 'Enabled', closed };
}

async function publicAccessIsBlocked(s3: S3Client, bucket: string): Promise<boolean> {
  try {
    const { PublicAccessBlockConfiguration: block } = await s3.send(
      new GetPublicAccessBlockCommand({ Bucket: bucket }),
    );
    return [
      ...[block?.BlockPublicAcls, block?.IgnorePublicAcls],
      ...[block?.BlockPublicPolicy, block?.RestrictPublicBuckets],
    ].every((one) => one === true);
  } catch (error) {
    if ((error as Error).name === 'NoSuchPublicAccessBlockConfiguration') return false;
    throw error;
  }
}

const statusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
