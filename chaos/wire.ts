/** The wire between a worker and AWS: every call passes here by name, and may be refused, held, cut off or answered otherwise. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { callOf, type WireCall } from './calls.ts';

/** What becomes of a call: it goes on, its connection is cut without a word, it is kept waiting until its caller hangs up, or it gets this answer. */
export type Verdict = 'pass' | 'reset' | 'hold' | Answer;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WireHook {
  /** Before AWS hears of the call: anything but `pass` and it never will. */
  before?(call: WireCall): Verdict | Promise<Verdict>;
  /** AWS has done it; `answer` is what it said. */
  after?(call: WireCall, answer: Answer): Verdict | Promise<Verdict>;
}

export interface Wire {
  /** The variables of `env` that name addresses of AWS, with the wire's in their place. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const ADDRESS = /^AWS_ENDPOINT_URL/;

/** Opens one loopback port for each address that `env` names. */
export async function openWire(env: Readonly<Record<string, string>>, hook: WireHook): Promise<Wire> {
  const targets = [...new Set(Object.entries(env).flatMap(([name, value]) => (ADDRESS.test(name) ? [value] : [])))];
  const ends = await Promise.all(
    targets.map(async (target) => [target, await openEnd(new URL(target), hook)] as const),
  );
  const byTarget = new Map(ends);
  const moved = Object.entries(env).map(([name, value]) => [
    name,
    (ADDRESS.test(name) && byTarget.get(value)?.url) || value,
  ]);
  return {
    env: Object.fromEntries(moved) as Record<string, string>,
    close: async () => void (await Promise.all(ends.map(([, end]) => end.close()))),
  };
}

async function openEnd(target: URL, hook: WireHook): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((incoming, response) => {
    relay(incoming, response, target, hook).catch(() => incoming.socket.destroy());
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function relay(incoming: IncomingMessage, response: ServerResponse, target: URL, hook: WireHook): Promise<void> {
  const body = await all(incoming);
  const call = callOf(incoming, body);
  const first = (await hook.before?.(call)) ?? 'pass';
  if (first !== 'pass') return rule(incoming, response, first);
  const answer = await forward(incoming, body, target);
  const second = (await hook.after?.(call, answer)) ?? 'pass';
  rule(incoming, response, second === 'pass' ? answer : second);
}

function rule(incoming: IncomingMessage, response: ServerResponse, verdict: Exclude<Verdict, 'pass'>): void {
  if (verdict === 'hold') return;
  if (verdict === 'reset') incoming.socket.destroy();
  else say(response, verdict);
}

/** Rejects when nobody answers: the caller's connection is cut then, as if there were no wire. */
function forward(incoming: IncomingMessage, body: Buffer, target: URL): Promise<Answer> {
  const { 'transfer-encoding': _, connection: __, expect: ___, ...headers } = incoming.headers;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: target.hostname,
        port: target.port,
        method: incoming.method,
        path: incoming.url,
        agent: false,
        headers: { ...headers, 'content-length': String(body.length) },
      },
      (answer) => {
        all(answer).then(
          (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }),
          reject,
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function say(response: ServerResponse, { status, headers, body }: Answer): void {
  const { 'transfer-encoding': _, connection: __, 'content-length': length, ...kept } = headers;
  // The answer to a HEAD has no body, but the length of one.
  response.writeHead(status, {
    ...kept,
    'content-length': response.req.method === 'HEAD' ? (length ?? '0') : String(body.length),
  });
  response.end(body);
}

async function all(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
