/** One GET of a source: of allowed hosts only, at the address that was looked at, and with every redirect looked at again. */
import { lookup } from 'node:dns';
import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { addressOf, isNamed, isPrivate, type Reach } from './allowed.ts';

export interface Answered {
  readonly status: number;
  /** Of the body as it is sent, where the server says it and the body is not packed. */
  readonly bytes?: number;
  readonly etag?: string;
  /** Unpacked. */
  readonly body: Readable;
}

/** What no retry mends: a place that may not be asked. */
export class PlaceRefused extends Error {}

const MOST_REDIRECTS = 5;
const UNPACKED: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Throws `PlaceRefused`, and what the network says. */
export async function get(uri: string, reach: Reach, signal: AbortSignal): Promise<Answered> {
  let url = allowed(new URL(uri), reach);
  for (let redirects = 0; ; redirects++) {
    const answer = await once(url, reach, signal);
    const { statusCode: status = 0, headers } = answer;
    if (![301, 302, 303, 307, 308].includes(status) || !headers.location) return answered(answer, status);
    answer.destroy();
    if (redirects === MOST_REDIRECTS) throw new PlaceRefused(`it was redirected more than ${MOST_REDIRECTS} times`);
    const next = URL.canParse(headers.location, url.href) ? new URL(headers.location, url.href) : undefined;
    if (!next) throw new PlaceRefused('it was redirected to no uri');
    if (url.protocol === 'https:' && next.protocol === 'http:')
      throw new PlaceRefused('it was redirected from https to http');
    url = allowed(next, reach);
  }
}

/** A name is looked at again when its addresses are known: see `guarded`. */
function allowed(url: URL, reach: Reach): URL {
  if (!['http:', 'https:'].includes(url.protocol)) throw new PlaceRefused(`it leads to ${url.protocol}`);
  if (url.username || url.password)
    throw new PlaceRefused('it holds a user or password, which everyone who may read the plan would see');
  const address = addressOf(url);
  if (address && isPrivate(address) && !isNamed(url, reach)) throw notPublic(url.host);
  return url;
}

function once(url: URL, reach: Reach, signal: AbortSignal): Promise<IncomingMessage> {
  const ask = url.protocol === 'https:' ? overHttps : overHttp;
  const options = {
    signal,
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'perennial' },
    // A connection of its own: one that is kept may lead to an address that was allowed to another.
    agent: false,
    ...(isNamed(url, reach) ? {} : { lookup: guarded }),
  } as const;
  return new Promise((resolve, reject) => {
    ask(url, options, resolve).once('error', reject).end();
  });
}

/** Names are resolved once, and the connection goes to what was looked at: no second answer can lead elsewhere. */
const guarded: LookupFunction = (hostname, options, done) =>
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, []);
    if (addresses.some(({ address }) => isPrivate(address))) return done(notPublic(hostname), []);
    const [first] = addresses;
    return options.all ? done(null, addresses) : done(null, first?.address ?? '', first?.family);
  });

const notPublic = (host: string): PlaceRefused =>
  new PlaceRefused(`${host} is no public address, which only hosts that PERENNIAL_SOURCE_HOSTS names may be`);

function answered(answer: IncomingMessage, status: number): Answered {
  const { 'content-encoding': packed = 'identity', 'content-length': length, etag } = answer.headers;
  if (packed === 'identity')
    return { status, bytes: length === undefined ? undefined : Number(length), etag, body: answer };
  const unpack = Object.hasOwn(UNPACKED, packed) ? UNPACKED[packed] : undefined;
  if (!unpack) {
    answer.destroy();
    throw new PlaceRefused('its server sends it packed in a way that was not asked for');
  }
  const body = unpack();
  answer.once('error', (error) => body.destroy(error)).pipe(body);
  return { status, etag, body };
}
