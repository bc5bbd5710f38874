/** Temporal's protocol of remote codecs as a function: who may ask, and what `/encode` and `/decode` answer. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { UserError } from '../errors.ts';

/** Who may ask. */
export interface CodecRules {
  readonly codec: PayloadCodec;
  /** Of the pages whose scripts may ask, such as `http://127.0.0.1:8233`. */
  readonly origins: readonly string[];
  /** When there is one, every request must carry it as a bearer token; without one, a request must come from a page. */
  readonly token?: string;
}

export interface CodecRequest {
  readonly method: string;
  readonly path: string;
  readonly origin?: string;
  readonly authorization?: string;
}

export interface CodecReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `body` is read only when the request may be made. */
export async function reply(
  asked: CodecRequest,
  body: () => Promise<string | CodecReply>,
  rules: CodecRules,
): Promise<CodecReply> {
  const cors = corsOf(asked, rules);
  const answer = await answerTo(asked, body, rules);
  return { ...answer, headers: { ...answer.headers, ...cors } };
}

async function answerTo(
  asked: CodecRequest,
  body: () => Promise<string | CodecReply>,
  rules: CodecRules,
): Promise<CodecReply> {
  const { method, path, origin } = asked;
  if (path === '/health' && method === 'GET') return ok({ ok: true });
  // The last part counts: a server may be mounted at any depth.
  const what = /\/(encode|decode)$/.exec(path)?.[1];
  if (!what) return refuse(404, 'there is nothing here; POST to /encode or /decode');
  if (origin !== undefined && !rules.origins.includes(origin)) return refuse(403, 'this origin may not ask');
  if (method === 'OPTIONS') return { status: 204, headers: {}, body: '' };
  if (method !== 'POST') return refuse(405, `${path} answers POST`, { allow: 'POST, OPTIONS' });
  const denied = denial(asked, rules);
  if (denied) return denied;
  const text = await body();
  if (typeof text !== 'string') return text;
  const payloads = payloadsOf(text);
  if (!payloads) return refuse(400, 'expected {"payloads":[{"metadata":{…},"data":"…"}]} with bytes in base64');
  try {
    const done = what === 'encode' ? await rules.codec.encode(payloads) : await rules.codec.decode(payloads);
    return ok({ payloads: done.map(toJson) });
  } catch (error) {
    if (error instanceof UserError) return refuse(400, `${error.message}; ${error.hint}`);
    return refuse(400, 'a payload cannot be read');
  }
}

/** Why a request may not be made. */
function denial({ origin, authorization }: CodecRequest, { token }: CodecRules): CodecReply | undefined {
  if (token === undefined) return origin === undefined ? refuse(401, 'only pages of the Web UI may ask') : undefined;
  const given = /^bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
  if (timingSafeEqual(digest(given), digest(token))) return undefined;
  return refuse(401, 'send the token: Authorization: Bearer <token>', { 'www-authenticate': 'Bearer' });
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What a browser needs to let the page read the answer. */
function corsOf({ origin }: CodecRequest, { origins }: CodecRules): Record<string, string> {
  if (origin === undefined || !origins.includes(origin)) return { vary: 'origin' };
  return {
    vary: 'origin',
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'POST, OPTIONS',
    'access-control-allow-headers': 'content-type, x-namespace, authorization, caller-type',
    'access-control-max-age': '600',
  };
}

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' } as const;

const ok = (value: unknown): CodecReply => ({ status: 200, headers: JSON_HEADERS, body: JSON.stringify(value) });

export const refuse = (status: number, message: string, headers: Record<string, string> = {}): CodecReply => ({
  status,
  headers: { ...JSON_HEADERS, ...headers },
  body: JSON.stringify({ error: { message } }),
});

function payloadsOf(text: string): Payload[] | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  const payloads = isRecord(read) ? read.payloads : undefined;
  if (!Array.isArray(payloads)) return undefined;
  const found = payloads.map(fromJson);
  return found.every((one) => one !== undefined) ? found : undefined;
}

/** As protobuf's JSON has it: bytes in base64; what is empty may be left out. */
function fromJson(value: unknown): Payload | undefined {
  if (!isRecord(value)) return undefined;
  const { metadata = {}, data = '' } = value;
  if (!isRecord(metadata) || typeof data !== 'string') return undefined;
  const entries = Object.entries(metadata);
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return undefined;
  const bytes = entries.map(([name, text]) => [name, Buffer.from(text, 'base64')] as const);
  return { metadata: Object.fromEntries(bytes), data: Buffer.from(data, 'base64') };
}

const toJson = ({ metadata, data }: Payload): object => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)])),
  data: base64(data ?? new Uint8Array()),
});

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
