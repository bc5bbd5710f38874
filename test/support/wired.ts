/** Activities whose AWS is the laptop cloud behind a wire of their own. */
import pino from 'pino';
import { openWire, type Wire, type WireHook } from '../../chaos/wire.ts';
import type { Deps } from '../../src/activities/deps.ts';
import { type Clients, createClients, type Patience } from '../../src/aws/clients.ts';
import { createStore } from '../../src/aws/store.ts';
import { laptopCloud } from './cloud.ts';

export interface Wired {
  readonly deps: Deps;
  close(): Promise<void>;
}

/** One try a call and half a second for an answer, unless told otherwise: what the wire does is what the activity meets. */
export async function wired(hook: WireHook, patience: Patience = {}): Promise<Wired> {
  const { env, config } = await laptopCloud();
  const wire = await openWire(env, hook);
  const aws = createClients(config.region, undefined, { tries: 1, quick: 500, slow: 500, ...patience });
  for (const client of Object.values(aws)) point(client, wire);
  return {
    deps: { config, aws, store: createStore(aws.s3, config.bucket), log: pino({ level: 'silent' }) },
    close: async () => {
      for (const client of Object.values(aws)) client.destroy();
      await wire.close();
    },
  };
}

/** As the SDK's own variables would, which all clients of this process share. */
function point(client: Clients[keyof Clients], { env }: Wire): void {
  const own = `AWS_ENDPOINT_URL_${client.config.serviceId.replaceAll(' ', '_').toUpperCase()}`;
  const { protocol, hostname, port } = new URL(env[own] ?? env.AWS_ENDPOINT_URL ?? '');
  const endpoint = async () => ({ protocol, hostname, port: Number(port), path: '/' });
  Object.assign(client.config, { endpoint, isCustomEndpoint: true });
}
