/** Free ports on loopback, the same as last time where they can be. */
import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Ports } from './environment.ts';

/** Above the usual services, below the ports of connections (from 32768 on Linux, 49152 elsewhere). */
const NOT_EPHEMERAL = [12_000, 32_000] as const;

/** The usual port, or the next free one after it; 0 asks for any free port. `taken` are ports already given away. */
export async function freePort(usual: number, taken: ReadonlySet<number> = new Set()): Promise<number> {
  if (usual === 0) return anyFreePort(taken);
  for (let port = usual; port < usual + 200; port += 1) {
    if (!taken.has(port) && (await bindable(port))) return port;
  }
  throw new Error(`no free port between ${usual} and ${usual + 199} on 127.0.0.1`);
}

/** The ports of the last start: addresses that were given away stay good. */
export function lastPorts(file: string): Ports | undefined {
  try {
    // A home of earlier knows no port of the API.
    const ports = { api: 8235, ...(JSON.parse(readFileSync(file, 'utf8')) as Omit<Ports, 'api'> & Partial<Ports>) };
    const whole = [ports.temporal, ports.ui, ports.aws, ports.sagemaker, ports.codec, ports.api].every(
      (port) => port > 0 && port < 65_000,
    );
    return whole ? ports : undefined;
  } catch {
    return undefined;
  }
}

export const keepPorts = (file: string, ports: Ports): void => writeFileSync(file, JSON.stringify(ports));

/** A free port for each part, the usual ones where they are free. */
export async function choosePorts(usual: Ports): Promise<Ports> {
  const taken = new Set<number>();
  const next = async (port: number): Promise<number> => {
    const free = await freePort(port, taken);
    taken.add(free);
    return free;
  };
  return {
    temporal: await next(usual.temporal),
    ui: await next(usual.ui),
    aws: await next(usual.aws),
    sagemaker: await next(usual.sagemaker),
    codec: await next(usual.codec),
    api: await next(usual.api),
  };
}

/**
 * One that systems do not give away by themselves: until who asked listens on it, seconds later, a connection of any other
 * program may have taken one that they do.
 */
async function anyFreePort(taken: ReadonlySet<number>): Promise<number> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    const port = randomInt(...NOT_EPHEMERAL);
    if (!taken.has(port) && (await bindable(port))) return port;
  }
  throw new Error(`no free port between ${NOT_EPHEMERAL.join(' and ')} on 127.0.0.1`);
}

const bindable = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
