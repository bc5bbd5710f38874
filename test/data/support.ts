/** A small model's world: a plan, its sources as files, and the activities that work on them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { pino } from 'pino';
import { collectActivities } from '../../src/activities/collect.ts';
import type { CycleScope, Snapshot } from '../../src/activities/types.ts';
import { type Plan, planSchema } from '../../src/plan/schema.ts';
import { type FolderStore, folderStore } from '../support/folder-store.ts';

export interface World {
  readonly store: FolderStore;
  readonly folder: string;
  file(name: string, content: string | Buffer): Promise<string>;
  collectAll(scope: CycleScope): Promise<Snapshot[]>;
  remove(): Promise<void>;
}

/** Sources may be anything that the person who runs the tests may read. */
export const ANYWHERE = { sourceFolders: ['/'], sourceHosts: ['127.0.0.1', 'localhost'] } as const;
export const quiet = pino({ level: 'silent' });

export async function newWorld(): Promise<World> {
  const store = await folderStore();
  const folder = await mkdtemp(join(tmpdir(), 'perennial-world-'));
  const { collectSource } = collectActivities({ config: ANYWHERE, store, log: quiet });
  return {
    store,
    folder,
    file: async (name, content) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
    collectAll: async (scope) => {
      const snapshots: Snapshot[] = [];
      for (const source of Object.keys(scope.frozen.plan.collect.sources))
        snapshots.push(await run(collectSource, { ...scope, source }));
      return snapshots;
    },
    remove: async () => {
      await store.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Runs an activity as a worker would. */
export const run = <I, O>(activity: (input: I) => Promise<O>, input: I): Promise<O> =>
  new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(activity, input);

export interface Part {
  readonly problem?: string;

  readonly collect: Readonly<Record<string, unknown>>;
  readonly prepare: Readonly<Record<string, unknown>>;
  readonly evaluate?: Readonly<Record<string, unknown>>;
}

export const planOf = ({ problem = 'binary', collect, prepare, evaluate = {} }: Part): Plan =>
  planSchema.parse({
    model: 'rain',
    objective: 'Tell whether it will rain.',
    owner: { team: 'Weather', contact: 'ops@example.com' },
    problem,
    collect,
    prepare: { split: { by: 'random', validation: '20%', test: '20%' }, ...prepare },
    evaluate,
    train: {
      objective: problem === 'regression' ? { metric: 'rmse', goal: 'minimize' } : { metric: 'auc', goal: 'maximize' },
      candidates: [{ algorithm: 'xgboost' }],
    },
    deploy: {},
  });

export const scopeOf = (plan: Plan, features = '', asOf = '2026-01-01T00:00:00.000Z'): CycleScope => ({
  model: plan.model,
  cycle: 1,
  asOf,
  frozen: { plan, features, files: {}, hash: '0'.repeat(64) },
});

/** A check for `assert.rejects`: a permanent failure of that type whose message has every word. */
export const refuses =
  (type: string, ...words: readonly (string | RegExp)[]) =>
  (error: unknown): boolean => {
    if (!(error instanceof ApplicationFailure)) throw error;
    const lacking = words.filter((word) =>
      typeof word === 'string' ? !error.message.includes(word) : !word.test(error.message),
    );
    if (error.type === type && error.nonRetryable && lacking.length === 0) return true;
    throw new Error(`expected ${type} with ${words.join(', ')}; got ${error.type}: ${error.message}`);
  };
