/** Collect: the snapshots in the Glue Data Catalog. */
import { ensureDatabase, ensureTable } from '../aws/catalog.ts';
import { keys } from '../names.ts';
import type { Deps } from './deps.ts';
import type { Activities } from './interface.ts';
import type { Snapshot } from './types.ts';

export const catalogActivities = ({ aws, store, log }: Deps): Pick<Activities, 'catalogSnapshots'> => ({
  async catalogSnapshots({ model, cycle, asOf, snapshots }) {
    const database = await ensureDatabase(aws.glue, model);
    const tables: string[] = [];
    for (const snapshot of snapshots) {
      const folder = folderOf(model, snapshot);
      await store.putTextOnce(`${folder}/symlink.txt`, `${snapshot.data.uri}\n`);
      const location = `${store.uri(folder)}/`;
      tables.push(await ensureTable(aws.glue, database, { model, snapshot, asOf, cycle, location }));
    }
    log.info({ model, cycle, tables }, 'snapshots are in the catalog');
    return tables;
  },
});

/** A folder of its own for each content: a query that runs while the next snapshot arrives still reads one of them. */
const folderOf = (model: string, { source, data }: Snapshot): string =>
  `${keys.model(model)}/catalog/${source}/${data.sha256}`;
