/** A client of Temporal that gives up soon when nobody answers. */
import { Client, Connection } from '@temporalio/client';
import { dataConverter } from '../codec/converter.ts';
import { readCodecKeys } from '../codec/keys.ts';
import { readClientConfig } from '../config.ts';
import { temporalSettings, unreachable } from './settings.ts';

export interface ConnectOptions {
  /** Longest wait in milliseconds. */
  readonly timeoutMs?: number;
}

/** Throws `UserError` when the server cannot be reached in time. Close `client.connection` when done. */
export async function connectClient({ timeoutMs = 10_000 }: ConnectOptions = {}): Promise<Client> {
  const { connectionOptions, address, namespace } = temporalSettings();
  const { apiKey, metadata, tls } = connectionOptions;
  // A client writes no failures, and reads encrypted ones by the codec alone.
  const { payloadCodecs } = dataConverter(readCodecKeys(readClientConfig().codecKeysFile));
  try {
    const connection = await Connection.connect({
      address,
      tls,
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata: metadata as Record<string, string> }),
      connectTimeout: timeoutMs,
    });
    return new Client({ connection, namespace, dataConverter: { payloadCodecs } });
  } catch (error) {
    throw unreachable(address, error);
  }
}
