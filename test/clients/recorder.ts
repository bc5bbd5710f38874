/** A proxy before the SageMaker server that writes down what it answers, whatever client asks. */
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Recorder {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** One line of JSON an answer of the control plane: operation, status, body as it went over the wire. */
export async function startRecorder(target: string, file: string): Promise<Recorder> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const server = createServer((asked, answer) => {
    const { method, url: path, headers } = asked;
    const onward = request({ hostname, port, agent, method, path, headers }, async (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      const body = await read(got);
      const operation = String(headers['x-amz-target'] ?? '');
      if (operation)
        appendFileSync(file, `${JSON.stringify({ operation, status: got.statusCode, body: `${body}` })}\n`);
      answer.end(body);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await once(server, 'close');
    },
  };
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
