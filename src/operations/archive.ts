/** What models leave behind in AWS, for those who read: ledger, plans, reports and captures in the bucket, and logs. */
import { ApplicationFailure } from '@temporalio/common';
import type { FrozenPlan, LedgerEntry } from '../activities/types.ts';
import { type Clients, closeClients, createClients } from '../aws/clients.ts';
import { readLedger } from '../aws/ledger.ts';
import { createStoreReader, type StoreReader } from '../aws/store-reader.ts';
import type { Config } from '../config.ts';
import { UserError } from '../errors.ts';
import { keys } from '../names.ts';
import { closest } from '../plan/problems.ts';

export type ArchiveConfig = Pick<Config, 'region' | 'bucket'>;

/** Opened by `openArchive`; close it when done. */
export interface Archive {
  readonly store: StoreReader;
  readonly clients: Clients;
  close(): void;
}

export function openArchive({ region, bucket }: ArchiveConfig): Archive {
  const clients = createClients(region);
  return {
    store: createStoreReader(clients.s3, bucket),
    clients,
    close: () => closeClients(clients),
  };
}

/** What AWS refuses, or does not answer, as a person can mend it. */
export async function reading<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    const denied = error.type === 'AccessDenied';
    const message = error.message.replace(/; let the worker's identity make this call$/, '');
    if (denied) throw new UserError(message, 'docs/iam/reader.json is what this needs', 'elsewhere');
    const kind = error.type === 'Unavailable' ? 'unanswered' : 'elsewhere';
    throw new UserError(message, 'check AWS_PROFILE, AWS_ENDPOINT_URL and PERENNIAL_BUCKET, or try again', kind);
  }
}

/** What a cycle, a pass or a backtest wrote as JSON; undefined when it is not there. */
export async function jsonAt<T>({ store }: Archive, uri: string): Promise<T | undefined> {
  const there = await reading(() => store.content(uri, true));
  return there?.text === undefined ? undefined : (JSON.parse(there.text) as T);
}

/** A model's ledger, in order. Throws `UserError` when nothing was ever decided of it. */
export async function ledgerOf({ store }: Archive, model: string): Promise<LedgerEntry[]> {
  const entries = await reading(() => readLedger(store, model));
  if (entries.length > 0) return entries;
  const known = await reading(() => store.folders(`${keys.model('')}`));
  const near = closest(model, known);
  throw new UserError(
    `there is no model "${model}" in ${store.uri('')}`,
    near ? `did you mean ${near}?` : 'apply its plan first: "perennial apply <folder>"',
    'missing',
  );
}

/** A plan that was in force, by its hash. Plans do not change: what was read once is read once. */
export function planReader({ store }: Archive, model: string): (hash: string) => Promise<FrozenPlan | undefined> {
  const read = new Map<string, Promise<FrozenPlan | undefined>>();
  const find = async (hash: string) => {
    const uri = store.uri(keys.plan(model, hash));
    return (await store.head(uri)) ? (JSON.parse(await store.getText(uri)) as FrozenPlan) : undefined;
  };
  return (hash) => {
    const known = read.get(hash) ?? reading(() => find(hash));
    read.set(hash, known);
    return known;
  };
}
