/** Opens a database, tells its folder, and works on until its parent lets go of it. */
import { once } from 'node:events';
import { withDuckDB } from '../../src/data/duckdb.ts';

await withDuckDB(async (duck) => {
  await duck.writeParquet('SELECT 1 AS a', duck.path('a.parquet'));
  process.send?.(duck.path());
  await once(process, 'disconnect');
});
