/** Where Temporal is: read by Temporal's own envconfig (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TLS, API key, profiles). */
import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import { UserError } from '../errors.ts';

export interface TemporalSettings extends ClientConnectConfig {
  readonly address: string;
  readonly namespace: string;
}

export function temporalSettings(): TemporalSettings {
  try {
    const found = loadClientConnectConfig();
    const address = found.connectionOptions.address ?? 'localhost:7233';
    return {
      connectionOptions: { ...found.connectionOptions, address },
      address,
      namespace: found.namespace ?? 'default',
    };
  } catch (error) {
    throw new UserError(
      `the settings of the connection to Temporal cannot be read: ${(error as Error).message}`,
      'look at the TEMPORAL_… variables and the file that TEMPORAL_CONFIG_FILE names',
    );
  }
}

export const unreachable = (address: string, error: unknown): UserError =>
  new UserError(
    `Temporal does not answer at ${address}: ${error instanceof Error ? error.message : String(error)}`,
    'start it with "npx perennial up", or say where it is with TEMPORAL_ADDRESS',
  );
