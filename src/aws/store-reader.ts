/** S3 as those use it who read only: what they may do is told by what they call (scripts/iam). */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, HeadObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectRef } from '../activities/types.ts';
import { permanent } from '../failures.ts';
import { requireBucket } from './bucket.ts';
import { type Content, hashing } from './content.ts';
import { call, callOrMissing } from './errors.ts';
import { parseS3Uri, s3Uri } from './uri.ts';

export interface StoredObject {
  readonly key: string;
  readonly uri: string;
  readonly bytes: number;
  readonly modified: Date;
}

export interface StoreReader {
  readonly bucket: string;
  uri(key: string): string;
  /** Downloads to a file, which appears whole or not at all; with a reference, throws when the content is another. */
  getFile(object: ObjectRef | string, path: string): Promise<void>;
  getText(object: ObjectRef | string): Promise<string>;
  /** Reads an object through; its text only when it is asked for. undefined when there is no such object. */
  content(uri: string, withText?: boolean): Promise<(Content & { text?: string }) | undefined>;
  /** undefined when there is no such object. */
  head(uri: string): Promise<{ bytes: number; modified: Date; versionId?: string } | undefined>;
  /** Everything under a key's beginning, in the order of the keys. */
  list(prefix: string): Promise<StoredObject[]>;
  /** The names of the folders right under a folder's key, which ends with `/`. */
  folders(prefix: string): Promise<string[]>;
}

export function createStoreReader(s3: S3Client, bucket: string): StoreReader {
  const uri = (key: string) => s3Uri(bucket, key);

  return {
    bucket,
    uri,

    async getFile(target, path) {
      await mkdir(dirname(path), { recursive: true });
      const half = `${path}.${randomUUID()}.part`;
      try {
        await read(target, () => createWriteStream(half));
        await rename(half, path);
      } finally {
        await rm(half, { force: true });
      }
    },

    async getText(target) {
      let chunks: Buffer[] = [];
      await read(target, () => {
        chunks = [];
        return new Writable({
          write(chunk: Buffer, _encoding, done) {
            chunks.push(chunk);
            done();
          },
        });
      });
      return Buffer.concat(chunks).toString('utf8');
    },

    async content(target, withText = false) {
      const { bucket: Bucket, key: Key } = parseS3Uri(target);
      return callOrMissing(`GetObject ${target}`, async () => {
        const answer = await s3.send(new GetObjectCommand({ Bucket, Key }));
        const hash = hashing();
        const chunks: Buffer[] = [];
        await pipeline(answer.Body instanceof Readable ? answer.Body : Readable.from([]), hash, async (read) => {
          for await (const chunk of read) if (withText) chunks.push(chunk as Buffer);
        });
        return { ...hash.content(), ...(withText && { text: Buffer.concat(chunks).toString('utf8') }) };
      });
    },

    async head(target) {
      const { bucket: Bucket, key: Key } = parseS3Uri(target);
      const found = await callOrMissing(`HeadObject ${target}`, () => s3.send(new HeadObjectCommand({ Bucket, Key })));
      // The answer to a HEAD has no body: it does not tell a missing object from a missing bucket.
      if (!found && Bucket === bucket) await requireBucket(s3, bucket);
      if (!found) return undefined;
      const { ContentLength: bytes = 0, LastModified: modified = new Date(0), VersionId: versionId } = found;
      return { bytes, modified, ...(versionId ? { versionId } : {}) };
    },

    async list(prefix) {
      const { bucket: Bucket, key: Prefix } = prefix.startsWith('s3://') ? parseS3Uri(prefix) : { bucket, key: prefix };
      return call(`ListObjectsV2 ${s3Uri(Bucket, Prefix)}`, async () => {
        const found: StoredObject[] = [];
        for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix }))
          for (const { Key: key = '', Size: bytes = 0, LastModified: modified = new Date(0) } of page.Contents ?? [])
            found.push({ key, uri: s3Uri(Bucket, key), bytes, modified });
        return found;
      });
    },

    async folders(prefix) {
      return call(`ListObjectsV2 ${uri(prefix)}`, async () => {
        const found: string[] = [];
        const query = { Bucket: bucket, Prefix: prefix, Delimiter: '/' };
        for await (const page of paginateListObjectsV2({ client: s3 }, query))
          for (const { Prefix = '' } of page.CommonPrefixes ?? []) found.push(Prefix.slice(prefix.length, -1));
        return found;
      });
    },
  };

  /** Reads an object into a sink; when another content than the one referred to arrives, it is read once more. */
  async function read(target: ObjectRef | string, sink: () => Writable, last = false): Promise<void> {
    const from = typeof target === 'string' ? target : target.uri;
    const { bucket: Bucket, key: Key } = parseS3Uri(from);
    const got = await call(`GetObject ${from}`, async () => {
      const answer = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const hash = hashing();
      await pipeline(answer.Body instanceof Readable ? answer.Body : Readable.from([]), hash, sink());
      return { ...hash.content(), due: answer.ContentLength };
    });
    const due = typeof target === 'string' ? { sha256: got.sha256, bytes: got.due ?? got.bytes } : target;
    if (got.sha256 === due.sha256 && got.bytes === due.bytes) return;
    if (!last) return read(target, sink, true);
    throw permanent(
      'DataUnusable',
      `${from}: the content is not the one referred to: expected ${shown(due)}, found ${shown(got)}; ` +
        'it was overwritten or damaged: bring that version of the object back',
    );
  }
}

const shown = ({ bytes, sha256 }: Content): string => `${bytes} bytes of sha256 ${sha256.slice(0, 12)}…`;
