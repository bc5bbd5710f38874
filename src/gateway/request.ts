/** What the prediction API takes, checked before anything is asked of the model. Pure. */
import { Refusal } from './refusal.ts';

/** An HTTP request as the core sees it; `path` is the resource's, without stage or base path. Header names in any case. */
export interface GatewayRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string | null;
  readonly isBase64: boolean;
}

export const PATH = '/predictions';
export const MAX_BYTES = 1024 * 1024;
export const MAX_INSTANCES = 1000;
const EXAMPLE = 'send {"instances":[{…}, …]}';

/**
 * The request's JSON text, as it came, and how many instances it holds. Throws `Refusal` with 400, 404, 405 or 413.
 * The text goes on unchanged, so that a number keeps all its digits.
 */
export function readRequest(request: GatewayRequest): { text: string; rows: number } {
  if (request.path !== PATH) throw new Refusal(404, 'not-found', `there is nothing at this path; POST to ${PATH}`);
  if (request.method !== 'POST')
    throw new Refusal(405, 'method', `${PATH} answers POST, not ${request.method}`, { allow: 'POST' });

  const encoding = header(request, 'content-encoding');
  if (encoding && encoding.toLowerCase() !== 'identity')
    throw new Refusal(400, 'encoding', `the body is compressed (content-encoding: ${encoding}); send it uncompressed`);

  const text = bodyText(request);
  return { text, rows: countInstances(parse(text)) };
}

function header(request: GatewayRequest, name: string): string | undefined {
  const found = Object.entries(request.headers).find(([key]) => key.toLowerCase() === name);
  return found?.[1];
}

function bodyText(request: GatewayRequest): string {
  const body = request.body ?? '';
  if (body.trim() === '') throw new Refusal(400, 'empty', `the body is empty; ${EXAMPLE}`);

  const bytes = Buffer.from(body, request.isBase64 ? 'base64' : 'utf8');
  if (bytes.length > MAX_BYTES)
    throw new Refusal(
      413,
      'too-large',
      `the body has ${bytes.length} bytes and at most ${MAX_BYTES} are taken; send fewer instances at a time`,
    );
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal(400, 'not-utf8', 'the body is not UTF-8; send JSON text encoded as UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Only the place is told: V8's message quotes the payload.
    const place = / at position \d+/.exec((error as Error).message)?.[0] ?? '';
    throw new Refusal(400, 'not-json', `the body is not JSON: it cannot be read${place}; ${EXAMPLE}`);
  }
}

function countInstances(body: unknown): number {
  if (!isObject(body)) throw new Refusal(400, 'shape', `expected an object, found ${kindOf(body)}; ${EXAMPLE}`);
  const extra = Object.keys(body).find((key) => key !== 'instances');
  if (extra !== undefined)
    throw new Refusal(400, 'shape', `${JSON.stringify(extra.slice(0, 60))}: nothing of this name is taken; ${EXAMPLE}`);

  const { instances } = body;
  if (!Array.isArray(instances))
    throw new Refusal(400, 'shape', `instances: expected an array, found ${kindOf(instances)}; ${EXAMPLE}`);
  if (instances.length === 0) throw new Refusal(400, 'shape', `instances: it is empty; send 1 to ${MAX_INSTANCES}`);
  if (instances.length > MAX_INSTANCES)
    throw new Refusal(
      413,
      'too-many',
      `instances: ${instances.length} were sent and at most ${MAX_INSTANCES} are taken; send them in several requests`,
    );

  const wrong = instances.findIndex((instance) => !isObject(instance));
  if (wrong >= 0)
    throw new Refusal(400, 'shape', `instances[${wrong}]: expected an object, found ${kindOf(instances[wrong])}`);
  return instances.length;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
