/** One laptop cloud for a whole mocha run: started by the first test that asks for it, stopped after the last. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANY_PORTS, type Cloud, startCloud } from '../../local/cloud.ts';
import { type Clients, createClients } from '../../src/aws/clients.ts';
import { type Config, readConfig } from '../../src/config.ts';

export interface LaptopCloud {
  readonly env: Readonly<Record<string, string>>;
  readonly config: Config;
  readonly aws: Clients;
  readonly cloud: Cloud;
}

/** Mocha may load this module twice, once for files that it requires and once for those that it imports. */
const CLOUD = Symbol.for('perennial.laptopCloud');
const shared = globalThis as { [CLOUD]?: Promise<LaptopCloud> };

/** AWS and Temporal without a worker. The process's own environment points at it, too, as a user's shell would. */
export function laptopCloud(): Promise<LaptopCloud> {
  shared[CLOUD] ??= start();
  return shared[CLOUD];
}

/** Called once, after all tests: see test/support/hooks.ts. */
export async function stopLaptopCloud(): Promise<void> {
  if (!shared[CLOUD]) return;
  const { cloud, aws } = await shared[CLOUD];
  for (const client of Object.values(aws)) client.destroy();
  await cloud.stop();
  await rm(join(cloud.logs, '..'), { recursive: true, force: true });
}

async function start(): Promise<LaptopCloud> {
  const home = await mkdtemp(join(tmpdir(), 'perennial-test-'));
  const cloud = await startCloud({ home, ports: ANY_PORTS });
  Object.assign(process.env, cloud.env);
  const config = readConfig();
  return { env: cloud.env, config, aws: createClients(config.region), cloud };
}
