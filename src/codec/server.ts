/** The codec server: lets Temporal's Web UI and CLI show what is encrypted. Bounded in size, time and connections; on loopback unless told. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CodecReply, type CodecRules, refuse, reply } from './remote.ts';

export interface CodecServerOptions extends CodecRules {
  readonly host: string;
  /** 0 takes any. */
  readonly port: number;
}

export interface CodecServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A page of a history; Temporal's own limit of one message of gRPC is 4 MB, base64 makes a third more of it. */
const MOST_BYTES = 8 * 1024 * 1024;
const REQUEST_WITHIN_MS = 10_000;
const MOST_CONNECTIONS = 64;

/** Resolves when it listens; rejects with the error of `listen`. */
export async function startCodecServer(options: CodecServerOptions): Promise<CodecServer> {
  const { host, port, ...rules } = options;
  const server = createServer({ requestTimeout: REQUEST_WITHIN_MS, connectionsCheckingInterval: 1_000 });
  server.headersTimeout = REQUEST_WITHIN_MS / 2;
  server.maxConnections = MOST_CONNECTIONS;
  server.on('request', (request, response) => void serve(request, response, rules));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${taken}`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, rules: CodecRules): Promise<void> {
  const { method = '', url = '', headers } = request;
  const path = url.split('?')[0] ?? '';
  const asked = { method, path, origin: headers.origin, authorization: headers.authorization };
  const body = () => read(request);
  let answer: CodecReply;
  try {
    answer = await reply(asked, body, rules);
  } catch {
    // The connection broke while the body was on its way: nobody is there to answer.
    request.destroy();
    return;
  }
  // What was not read of a refused request is not read at all.
  const ends = request.complete ? {} : { connection: 'close' };
  response.writeHead(answer.status, { ...answer.headers, ...ends }).end(answer.body);
}

/** The text, or a refusal when it is longer than is taken. Rejects when the connection breaks. */
async function read(request: IncomingMessage): Promise<string | CodecReply> {
  const tooLarge = () => refuse(413, `the body has more than ${MOST_BYTES} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) return tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
