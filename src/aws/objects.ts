/** Deleting objects. In a versioned bucket they are marked as deleted, and can be brought back. */
import { DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3';
import { unavailable } from '../failures.ts';
import { call } from './errors.ts';

const AT_ONCE = 1_000;

export async function deleteObjects(s3: S3Client, bucket: string, objects: readonly string[]): Promise<void> {
  for (let at = 0; at < objects.length; at += AT_ONCE) {
    const Objects = objects.slice(at, at + AT_ONCE).map((Key) => ({ Key }));
    const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
    const { Errors: [failed] = [] } = await call(`DeleteObjects in ${bucket}`, () => s3.send(command));
    if (failed)
      throw unavailable(`DeleteObjects ${failed.Key}: ${failed.Message ?? failed.Code}`, { reason: 'service' });
  }
}
