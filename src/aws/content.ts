/** Content by its sha256. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Content {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly bytes: number;
}

export const sha256OfText = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

/** Streams the file: memory does not grow with it. */
export async function contentOfFile(path: string): Promise<Content> {
  const hash = hashing();
  await pipeline(createReadStream(path), hash, async (chunks) => {
    for await (const _ of chunks);
  });
  return hash.content();
}

/** A stream that passes everything on and knows afterwards what went through. */
export function hashing(): Transform & { content(): Content } {
  const hash = createHash('sha256');
  let bytes = 0;
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return Object.assign(through, { content: () => ({ sha256: hash.digest('hex'), bytes }) });
}
