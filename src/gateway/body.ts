/** The body of a request as JSON, bounded and checked before anything is looked at. Pure. */
import { Refusal } from './refusal.ts';

/** An HTTP request as the core sees it; `path` is the resource's, without stage or base path. Header names in any case. */
export interface GatewayRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string | null;
  readonly isBase64: boolean;
}

export const MAX_BYTES = 1024 * 1024;

/** What a route takes, for its refusals. */
export interface Taken {
  readonly path: string;
  /** One or more of what is in the list under this key, and nothing else. */
  readonly key: string;
  readonly atMost: number;
  readonly example: string;
}

/** The text as it came and the list in it. Throws `Refusal` with 400, 404, 405 or 413. */
export function readList(request: GatewayRequest, taken: Taken): { text: string; list: Record<string, unknown>[] } {
  const { path, example } = taken;
  if (request.path !== path) throw new Refusal(404, 'not-found', `there is nothing at this path; POST to ${path}`);
  if (request.method !== 'POST')
    throw new Refusal(405, 'method', `${path} answers POST, not ${request.method.slice(0, 10)}`, { allow: 'POST' });

  const encoding = header(request, 'content-encoding');
  if (encoding && encoding.toLowerCase() !== 'identity')
    throw new Refusal(400, 'encoding', 'the body is compressed (content-encoding); send it uncompressed');

  const text = bodyText(request, taken);
  return { text, list: listOf(parse(text, example), taken) };
}

function header(request: GatewayRequest, name: string): string | undefined {
  const found = Object.entries(request.headers).find(([key]) => key.toLowerCase() === name);
  return found?.[1];
}

function bodyText(request: GatewayRequest, { key, example }: Taken): string {
  const body = request.body ?? '';
  if (body.trim() === '') throw new Refusal(400, 'empty', `the body is empty; ${example}`);

  const bytes = Buffer.from(body, request.isBase64 ? 'base64' : 'utf8');
  if (bytes.length > MAX_BYTES)
    throw new Refusal(
      413,
      'too-large',
      `the body has ${bytes.length} bytes and at most ${MAX_BYTES} are taken; send fewer ${key} at a time`,
    );
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal(400, 'not-utf8', 'the body is not UTF-8; send JSON text encoded as UTF-8');
  }
}

function parse(text: string, example: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Only the place is told: V8's message quotes the payload.
    const place = / at position \d+/.exec((error as Error).message)?.[0] ?? '';
    throw new Refusal(400, 'not-json', `the body is not JSON: it cannot be read${place}; ${example}`);
  }
}

function listOf(body: unknown, { key, atMost, example }: Taken): Record<string, unknown>[] {
  if (!isObject(body)) throw new Refusal(400, 'shape', `expected an object, found ${kindOf(body)}; ${example}`);
  const extra = Object.keys(body).find((name) => name !== key);
  if (extra !== undefined)
    throw new Refusal(400, 'shape', `${JSON.stringify(extra.slice(0, 60))}: nothing of this name is taken; ${example}`);

  const list = body[key];
  if (!Array.isArray(list))
    throw new Refusal(400, 'shape', `${key}: expected an array, found ${kindOf(list)}; ${example}`);
  if (list.length === 0) throw new Refusal(400, 'shape', `${key}: it is empty; send 1 to ${atMost}`);
  if (list.length > atMost)
    throw new Refusal(
      413,
      'too-many',
      `${key}: ${list.length} were sent and at most ${atMost} are taken; send them in several requests`,
    );
  const wrong = list.findIndex((one) => !isObject(one));
  if (wrong >= 0) throw new Refusal(400, 'shape', `${key}[${wrong}]: expected an object, found ${kindOf(list[wrong])}`);
  return list;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value's kind in words: it is told instead of the value, which may be anything. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
