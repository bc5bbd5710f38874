/** A source's original, brought to a local file: from a path, from S3, or over HTTP. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { Store } from '../aws/store.ts';
import { permanent, unavailable } from '../failures.ts';
import { isDiskFull } from './duckdb.ts';
import { bytesText, placeOf } from './words.ts';

export interface Original {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** S3's version id or HTTP's ETag, where there is one. */
  readonly versionId?: string;
  readonly etag?: string;
}

export interface FetchOptions {
  readonly source: string;
  readonly uri: string;
  /** Where a download goes. */
  readonly path: string;
  readonly maxBytes: number;
  readonly store: Pick<Store, 'head' | 'getFile'>;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** No byte for so long, and the download is given up (and tried again by Temporal). */
const STALL_MS = 30_000;
const AGAIN = new Set([408, 425, 429]);

/** Throws permanent `SourceUnusable` where only a person can mend it, retryable `Unavailable` where time may. */
export async function fetchOriginal(options: FetchOptions): Promise<Original> {
  const { source, uri } = options;
  if (/^https?:/i.test(uri)) return fromHttp(options);
  if (/^s3:/i.test(uri)) return fromS3(options);
  const path = localPath(uri);
  if (path !== undefined) return fromFile({ ...options, uri: path });
  const kind = uri.slice(0, uri.indexOf(':'));
  const mend = 'use a path, file:///, s3://, http:// or https://';
  throw unusable(source, uri, `"${kind}:" is no kind of place that rows are fetched from; ${mend}`);
}

/** The path that a uri names on this machine, if it names one. */
export function localPath(uri: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) return uri;
  try {
    return /^file:/i.test(uri) ? fileURLToPath(uri) : undefined;
  } catch {
    return undefined;
  }
}

async function fromFile({ source, uri, maxBytes, signal }: FetchOptions): Promise<Original> {
  const found = await stat(uri).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' || error.code === 'ENOTDIR' ? 'there is no such file' : error.message;
    throw unusable(source, uri, `${why}; correct the uri in the plan, or put the file where the worker can read it`);
  });
  if (!found.isFile()) throw unusable(source, uri, 'it is no file; name one file of rows');
  bounded(source, uri, found.size, maxBytes);
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(uri, { signal })) hash.update(chunk);
  } catch (error) {
    signal.throwIfAborted();
    if (!/EACCES|EPERM/.test(String((error as NodeJS.ErrnoException).code))) throw error;
    throw unusable(source, uri, 'the worker may not read it; give it the right to');
  }
  return { path: uri, bytes: found.size, sha256: hash.digest('hex') };
}

async function fromS3(options: FetchOptions): Promise<Original> {
  const { source, uri, path, maxBytes, store, say } = options;
  if (!/^s3:\/\/[^/]+\/.*[^/]$/.test(uri)) throw unusable(source, uri, 'it names no object; write s3://bucket/key');
  const head = await store.head(uri);
  if (!head) throw unusable(source, uri, 'there is no such object; correct the uri in the plan, or put it there');
  bounded(source, uri, head.bytes, maxBytes);
  say(`${source}: downloading ${bytesText(head.bytes)} from S3`);
  await store.getFile(uri, path);
  const file = await fromFile({ ...options, uri: path });
  return { ...file, versionId: head.versionId };
}

async function fromHttp(options: FetchOptions): Promise<Original> {
  const { source, uri, path, maxBytes, say, signal } = options;
  const stalled = new AbortController();
  const stall = () => stalled.abort(new Error(`no byte for ${STALL_MS / 1000} s`));
  const timer = setTimeout(stall, STALL_MS);
  const hash = createHash('sha256');
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      timer.refresh();
      bytes += chunk.length;
      hash.update(chunk);
      if (chunksOf(bytes) !== chunksOf(bytes - chunk.length)) say(`${source}: ${bytesText(bytes)} downloaded`);
      done(bytes > maxBytes ? tooLarge(source, uri, bytes, maxBytes) : null, chunk);
    },
  });
  try {
    const answer = await fetch(uri, { signal: AbortSignal.any([signal, stalled.signal]), redirect: 'follow' });
    if (!answer.ok) {
      await answer.body?.cancel();
      throw refusedByServer(source, uri, answer.status);
    }
    const announced = Number(answer.headers.get('content-length') ?? Number.NaN);
    if (announced > maxBytes) {
      await answer.body?.cancel();
      throw tooLarge(source, uri, announced, maxBytes);
    }
    say(`${source}: downloading ${Number.isNaN(announced) ? 'the file' : bytesText(announced)}`);
    await pipeline(Readable.fromWeb(answer.body as never), count, createWriteStream(path));
    return { path, bytes, sha256: hash.digest('hex'), etag: answer.headers.get('etag') ?? undefined };
  } catch (error) {
    signal.throwIfAborted();
    if (isDiskFull(error) || (error instanceof Error && error.name === 'ApplicationFailure')) throw error;
    throw unavailable(`${source} (${placeOf(uri)}): the download broke off: ${causeOf(error)}`, { reason: 'network' });
  } finally {
    clearTimeout(timer);
  }
}

function refusedByServer(source: string, uri: string, status: number): Error {
  if (status >= 500 || AGAIN.has(status))
    return unavailable(`${source} (${placeOf(uri)}): the server answered ${status}`, { reason: 'service', status });
  const mend =
    status === 401 || status === 403
      ? 'it asks for a right that the worker has not; copy the file to S3 and name it there'
      : 'correct the uri in the plan';
  return unusable(source, uri, `the server answered ${status}; ${mend}`);
}

/** A source that no retry mends. */
export const unusable = (source: string, uri: string, what: string): Error =>
  permanent('SourceUnusable', `collect.sources.${source} (${placeOf(uri)}): ${what}`);

const tooLarge = (source: string, uri: string, bytes: number, most: number): Error =>
  unusable(
    source,
    uri,
    `it has ${bytesText(bytes)}, and one source may have ${bytesText(most)}; split it or cut it down before`,
  );

function bounded(source: string, uri: string, bytes: number, most: number): void {
  if (bytes > most) throw tooLarge(source, uri, bytes, most);
  if (bytes === 0) throw unusable(source, uri, 'it is empty; put the rows there');
}

/** Whole steps of 16 MiB: how often progress is told. */
const chunksOf = (bytes: number): number => Math.floor(bytes / 2 ** 24);

const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
};
