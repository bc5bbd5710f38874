import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { withDuckDB } from '../../src/data/duckdb.ts';

describe('a database of one activity', () => {
  it('reaches no file but its own and those it is given', () =>
    withDuckDB(async (duck) => {
      await assert.rejects(duck.rows(`SELECT * FROM read_text('/etc/hostname')`), /Permission Error|disabled/);
      await assert.rejects(
        duck.run(`COPY (SELECT 1) TO '/tmp/perennial-should-not-be.csv'`),
        /Permission Error|disabled/,
      );
      await duck.writeParquet('SELECT 1 AS a', duck.path('a.parquet'));
      await assert.rejects(duck.run('SET enable_external_access = true'), /Cannot/);
    }));

  it('leaves no folder behind, also when its work fails', async () => {
    let folder = '';
    await assert.rejects(
      withDuckDB(async (duck) => {
        folder = duck.path();
        await duck.run('SELECT nothing');
      }),
      /nothing/,
    );
    await assert.rejects(stat(folder), { code: 'ENOENT' });
  });

  it('stops a running statement when its signal aborts', async () => {
    const stop = new AbortController();
    const asked = withDuckDB((duck) => duck.rows('SELECT sum(i * i) FROM range(100000000000) t(i)'), {
      signal: stop.signal,
    });
    setImmediate(() => setImmediate(() => stop.abort(new Error('enough'))));
    await assert.rejects(asked, /enough/);
  });

  it('removes what a killed process left behind', async () => {
    const child = fork(join(import.meta.dirname, 'unfinished.ts'), { execArgv: ['--import', 'tsx'] });
    const [folder] = (await once(child, 'message')) as [string];
    await stat(folder);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const next = fork(join(import.meta.dirname, 'unfinished.ts'), { execArgv: ['--import', 'tsx'] });
    const [other] = (await once(next, 'message')) as [string];
    await assert.rejects(stat(folder), { code: 'ENOENT' });
    await stat(other);
    next.disconnect();
    await once(next, 'exit');
    await assert.rejects(stat(other), { code: 'ENOENT' });
  });
});
