/** Snapshots as tables: downloaded once, under the names of their sources. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../aws/store.ts';
import { type Duck, viewOf } from '../data/duckdb.ts';
import { bytesText } from '../data/words.ts';
import { permanent } from '../failures.ts';
import type { FrozenPlan, Snapshot } from './types.ts';

/** The folder of their files, one `<source>.parquet` each. */
export const SOURCES = 'sources';

/** The source that rows are predicted for: the one that is no reference. */
export function mainSource({ plan }: FrozenPlan): string {
  const [main, ...others] = Object.entries(plan.collect.sources).filter(([, source]) => !source.reference);
  if (main && others.length === 0) return main[0];
  throw permanent(
    'PlanRefused',
    `collect.sources: exactly one source must be no reference, ${others.length + (main ? 1 : 0)} are; mark the others \`reference: true\``,
  );
}

export async function loadSnapshots(
  duck: Duck,
  store: Pick<Store, 'getFile'>,
  snapshots: readonly Snapshot[],
  say: (text: string) => void,
): Promise<void> {
  await mkdir(duck.path(SOURCES));
  for (const { source, data } of snapshots) {
    say(`${source}: reading ${bytesText(data.bytes)}`);
    const path = join(duck.path(SOURCES), `${source}.parquet`);
    await store.getFile(data, path);
    await duck.run(viewOf(source, path));
  }
}
