/** What activities are given; nothing connects at import time. */
import type { Logger } from 'pino';
import type { Clients } from '../aws/clients.ts';
import type { Store } from '../aws/store.ts';
import type { Config } from '../config.ts';

export interface Deps {
  readonly config: Config;
  readonly aws: Clients;
  readonly store: Store;
  readonly log: Logger;
}
