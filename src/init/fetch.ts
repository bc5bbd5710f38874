/** The file that a plan begins with, on this machine: a path as it is, all else downloaded. */
import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { closeClients, createClients } from '../aws/clients.ts';
import { createStore } from '../aws/store.ts';
import { readSourceConfig } from '../config.ts';
import { fetchOriginal, localPath } from '../data/fetch.ts';

export interface Fetched {
  readonly path: string;
  /** As a plan names it: an absolute path, or the uri itself. */
  readonly uri: string;
  readonly local: boolean;
}

/** As much as a worker would take. */
const MOST_BYTES = 20 * 2 ** 30;

/** Throws the failures of `fetchOriginal`. `to` is where a download goes. */
export async function fetchData(
  data: string,
  to: string,
  { say, signal }: { say: (text: string) => void; signal: AbortSignal },
): Promise<Fetched> {
  const named = localPath(data);
  const { region, sourceHosts } = readSourceConfig();
  const aws = createClients(region, undefined, { tries: 2 });
  try {
    const file = named === undefined ? undefined : await realpath(named).catch(() => resolve(named));
    const { path } = await fetchOriginal({
      ...{ source: 'data', uri: data, model: '', file, path: to, maxBytes: MOST_BYTES, say, signal },
      ...{ reach: { sourceFolders: [], sourceHosts }, store: createStore(aws.s3, '') },
    });
    return { path, uri: named === undefined ? data : resolve(named), local: named !== undefined };
  } finally {
    closeClients(aws);
  }
}
