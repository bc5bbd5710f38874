/** Free ports on loopback. */
import { createServer } from 'node:net';

/** The usual port, or the next free one after it; 0 asks for any free port. `taken` are ports already given away. */
export async function freePort(usual: number, taken: ReadonlySet<number> = new Set()): Promise<number> {
  if (usual === 0) return anyFreePort(taken);
  for (let port = usual; port < usual + 200; port += 1) {
    if (!taken.has(port) && (await bindable(port)) !== undefined) return port;
  }
  throw new Error(`no free port between ${usual} and ${usual + 199} on 127.0.0.1`);
}

async function anyFreePort(taken: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const port = await bindable(0);
    if (port !== undefined && !taken.has(port)) return port;
  }
}

const bindable = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
