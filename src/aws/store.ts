/** S3 as Perennial uses it: immutable objects, referred to by uri, sha256 and size. */
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { ObjectRef } from '../activities/types.ts';
import { contentOfFile, sha256OfText } from './content.ts';
import { call, callOrMissing } from './errors.ts';
import { createStoreReader, type StoreReader } from './store-reader.ts';
import { s3Uri } from './uri.ts';

export type { StoredObject } from './store-reader.ts';

export interface Store extends StoreReader {
  /** Uploads a file; gives its reference. An object of the same key and sha256 is left as it is. */
  putFile(key: string, path: string, contentType?: string): Promise<ObjectRef>;
  putText(key: string, text: string, contentType?: string): Promise<ObjectRef>;
  /**
   * Writes only where nothing is (If-None-Match); false when the key is taken. A write whose answer was lost is made
   * again and finds itself there: where that matters, compare the content.
   */
  putTextOnce(key: string, text: string, contentType?: string): Promise<boolean>;
}

/** Files up to this size go in one request, which can be repeated from memory; larger ones in parts of it. */
const PART_BYTES = 16 * 1024 * 1024;
const TEXT = 'text/plain; charset=utf-8';

export function createStore(s3: S3Client, bucket: string): Store {
  const uri = (key: string) => s3Uri(bucket, key);
  const object = (key: string, sha256: string, type: string) =>
    ({ Bucket: bucket, Key: key, ContentType: type, Metadata: { sha256 } }) as const;

  return {
    ...createStoreReader(s3, bucket),

    async putFile(key, path, type = 'application/octet-stream') {
      const content = await contentOfFile(path);
      const ref = { uri: uri(key), ...content };
      const there = await callOrMissing(`HeadObject ${ref.uri}`, () =>
        s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key })),
      );
      if (there?.Metadata?.sha256 === content.sha256 && there.ContentLength === content.bytes) return ref;
      if (content.bytes <= PART_BYTES) {
        await put(object(key, content.sha256, type), await readFile(path));
        return ref;
      }
      const params = {
        ...object(key, content.sha256, type),
        Body: createReadStream(path),
        ChecksumAlgorithm: 'SHA256' as const,
      };
      await call(`PutObject ${ref.uri}`, () =>
        new Upload({ client: s3, partSize: PART_BYTES, queueSize: 3, params }).done(),
      );
      return ref;
    },

    async putText(key, text, type = TEXT) {
      const body = Buffer.from(text);
      const sha256 = sha256OfText(body);
      await put(object(key, sha256, type), body);
      return { uri: uri(key), sha256, bytes: body.length };
    },

    async putTextOnce(key, text, type = TEXT) {
      const body = Buffer.from(text);
      return put({ ...object(key, sha256OfText(body), type), IfNoneMatch: '*' }, body);
    },
  };

  /** false when a condition of the write (`IfNoneMatch`) did not hold. */
  async function put(target: ReturnType<typeof object> & { IfNoneMatch?: '*' }, body: Buffer): Promise<boolean> {
    const checksum = Buffer.from(target.Metadata.sha256, 'hex').toString('base64');
    return call(`PutObject ${uri(target.Key)}`, async () => {
      try {
        await s3.send(new PutObjectCommand({ ...target, Body: body, ChecksumSHA256: checksum }));
        return true;
      } catch (error) {
        if (error instanceof Error && error.name === 'PreconditionFailed') return false;
        throw error;
      }
    });
  }
}
