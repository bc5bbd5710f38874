/** Two files of a story, taken through what a cycle does with data: collect, expectations, prepare. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { collectActivities } from '../../src/activities/collect.ts';
import { prepareActivities } from '../../src/activities/prepare.ts';
import type { CycleScope, Prepared, Snapshot } from '../../src/activities/types.ts';
import type { Problem } from '../../src/plan/schema.ts';
import { ANYWHERE, quiet, run, type World } from '../data/support.ts';
import { scopeFor } from './stories.ts';
import type { Format } from './table.ts';

export interface File {
  readonly format: Format;
  readonly bytes: Buffer;
}

export interface Files {
  readonly visits: File;
  readonly shops: File;
}

export interface Through {
  readonly scope: CycleScope;
  readonly snapshots: readonly Snapshot[];
  readonly prepared: Prepared;
}

/** Nothing that is asked here takes seconds: what takes a minute hangs. */
const HANGS_MS = 60_000;
let tried = 0;

/** The files lie in the store, so that the worker fetches them to a place of its own. `landed` sees the snapshots first. */
export async function through(
  world: World,
  problem: Problem,
  files: Files,
  landed: (snapshots: readonly Snapshot[], scope: CycleScope) => Promise<void> = async () => undefined,
): Promise<Through> {
  const folder = `in-${++tried}`;
  await mkdir(join(world.store.folder, folder));
  const put = async (name: keyof Files): Promise<string> => {
    const { format, bytes } = files[name];
    await writeFile(join(world.store.folder, folder, `${name}.${format}`), bytes);
    return world.store.uri(`${folder}/${name}.${format}`);
  };
  const scope = scopeFor(problem, { visits: await put('visits'), shops: await put('shops') });
  const { collectSource, checkExpectations } = collectActivities({ config: ANYWHERE, store: world.store, log: quiet });
  const snapshots: Snapshot[] = [];
  for (const source of ['visits', 'shops']) snapshots.push(await soon(run(collectSource, { ...scope, source })));
  await landed(snapshots, scope);
  await soon(run(checkExpectations, { ...scope, snapshots }));
  const { prepareData } = prepareActivities({ store: world.store, log: quiet });
  return { scope, snapshots, prepared: await soon(run(prepareData, { ...scope, snapshots })) };
}

/** Leaves nothing of the cases so far. */
export async function forget(world: World): Promise<void> {
  for (const folder of [world.store.folder, world.folder]) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
  }
}

function soon<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<never>((_, failed) => {
    timer = setTimeout(() => failed(new Error(`it hangs: no end after ${HANGS_MS / 1000} s`)), HANGS_MS);
  });
  return Promise.race([work, hang]).finally(() => clearTimeout(timer));
}
