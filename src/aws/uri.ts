/** s3://bucket/key and its parts. */
import { permanent } from '../failures.ts';

export const s3Uri = (bucket: string, key: string): string => `s3://${bucket}/${key}`;

/** Permanent `InvalidRequest` when it is no S3 uri. */
export function parseS3Uri(uri: string): { bucket: string; key: string } {
  const found = /^s3:\/\/([^/]+)\/(.*)$/s.exec(uri);
  if (!found?.[1]) throw permanent('InvalidRequest', `"${uri}" is no S3 uri; write s3://bucket/key`);
  return { bucket: found[1], key: found[2] ?? '' };
}
