import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ApplicationFailure } from '@temporalio/common';
import { collectActivities } from '../../src/activities/collect.ts';
import type { CycleScope, Snapshot } from '../../src/activities/types.ts';
import { withDuckDB } from '../../src/data/duckdb.ts';
import { text } from '../../src/data/sql.ts';
import { ANYWHERE, newWorld, planOf, quiet, refuses, run, scopeOf, type World } from './support.ts';

const VEGA = join(import.meta.dirname, '../../node_modules/vega-datasets/data');

describe('collecting a source', () => {
  let world: World;
  before(async () => {
    world = await newWorld();
  });
  after(() => world.remove());

  const scope = (uri: string, source: object = {}, window?: string): CycleScope =>
    scopeOf(
      planOf({
        collect: { sources: { rows: { uri, ...source } }, ...(window && { window }) },
        prepare: { label: 'y', inputs: ['x'] },
      }),
    );
  const collect = (input: CycleScope, source = 'rows', maxSourceBytes?: number): Promise<Snapshot> =>
    run(collectActivities({ config: ANYWHERE, store: world.store, log: quiet, maxSourceBytes }).collectSource, {
      ...input,
      source,
    });
  const read = async <T>(snapshot: Snapshot): Promise<T[]> => {
    const path = join(world.store.folder, snapshot.data.uri.replace('s3://test-bucket/', ''));
    return withDuckDB((duck) => duck.rows<T>(`SELECT * FROM read_parquet(${text(path)})`), { reads: [path] });
  };
  const typesOf = ({ columns }: Snapshot) => Object.fromEntries(columns.map(({ name, type }) => [name, type]));

  it('keeps CSV text that only looks like something else as text, and types what every row agrees on', async () => {
    const uri = await world.file(
      'types.csv',
      'state,code,whole,number,flag,day,instant,long\nNA,007,1,1.5,true,2025-01-01,2025-01-01T10:00:00Z,12345678901234567890\nTX,010,-2,3,false,2025-01-02,2025-01-01 10:00:00.25+02:00,1\n,011,,nan,,,,2\n',
    );
    const snapshot = await collect(scope(uri));
    assert.deepEqual(typesOf(snapshot), {
      ...{ row_id: 'BIGINT', state: 'VARCHAR', code: 'VARCHAR', whole: 'BIGINT', number: 'DOUBLE', flag: 'BOOLEAN' },
      ...{ day: 'DATE', instant: 'TIMESTAMP', long: 'VARCHAR' },
    });
    const rows = await read<{ state: string | null; code: string; number: number | null; instant: Date | null }>(
      snapshot,
    );
    assert.deepEqual(
      rows.map(({ state }) => state),
      ['NA', 'TX', null],
    );
    assert.deepEqual(
      rows.map(({ number }) => number),
      [1.5, 3, null],
    );
    assert.equal(rows[1]?.instant?.toISOString(), '2025-01-01T08:00:00.250Z');
  });

  it('keeps the state of the real airports "NA" as text', async () => {
    const snapshot = await collect(scope(join(VEGA, 'airports.csv'), { reference: true }));
    const rows = await read<{ state: string }>(snapshot);
    assert.ok(rows.some(({ state }) => state === 'NA'));
    assert.ok(!('row_id' in typesOf(snapshot)), 'a reference needs no row_id');
  });

  it('lands the same rows of the real flights as the same bytes, numbered in order, within the window', async () => {
    const input = {
      ...scope(join(VEGA, 'flights-3m.parquet'), { time: 'date' }, '3 days'),
      asOf: '2001-03-01T00:00:00.000Z',
    };
    const [first, second] = [await collect(input), await collect(input)];
    assert.deepEqual(second, first);
    const rows = await read<{ row_id: bigint; date: Date }>(first);
    assert.equal(rows.length, first.rows);
    assert.ok(first.rows > 10_000);
    assert.ok(rows.every(({ row_id }, at) => row_id === BigInt(at)));
    assert.ok(rows.every(({ date }) => date > new Date('2001-02-26') && date <= new Date('2001-03-01')));
    const manifest = JSON.parse(await world.store.getText(first.manifest));
    assert.equal(manifest.original.sha256.length, 64);
    assert.deepEqual(manifest.data, first.data);
    assert.equal(first.data.uri, `s3://test-bucket/models/rain/snapshots/rows/${first.data.sha256}.parquet`);
  });

  it('reads JSON, JSON Lines, TSV and what is packed with gzip', async () => {
    const forms: Record<string, string | Buffer> = {
      'a.json': '[{"x":1,"t":"2025-01-01T00:00:00Z","s":"12"},{"x":2.5,"t":null,"s":"y"}]',
      'a.jsonl': '{"x":1,"t":"2025-01-01T00:00:00Z","s":"12"}\n{"x":2.5,"s":"y"}\n',
      'a.tsv': 'x\tt\ts\n1\t2025-01-01T00:00:00Z\t12\n2.5\t\ty\n',
      'a.csv.gz': gzipSync('x;t;s\n1;2025-01-01T00:00:00Z;"12"\n2.5;;"y"\n'),
      'b.jsonl.gz': gzipSync('{"x":1,"t":"2025-01-01T00:00:00Z","s":"12"}\n{"x":2.5,"s":"y"}\n'),
    };
    for (const [name, content] of Object.entries(forms)) {
      const snapshot = await collect(scope(await world.file(name, content)));
      assert.deepEqual(typesOf(snapshot), { row_id: 'BIGINT', x: 'DOUBLE', t: 'TIMESTAMP', s: 'VARCHAR' }, name);
      assert.deepEqual(
        (await read<{ x: number; s: string }>(snapshot)).map(({ x, s }) => [x, s]),
        [
          [1, '12'],
          [2.5, 'y'],
        ],
        name,
      );
    }
  });

  it('reads quotes, line breaks inside quotes, a byte order mark and strange column names', async () => {
    const uri = await world.file('quotes.csv', '\ufeff"a ""b"", c",z\n"one\ntwo","say ""hi"""\n');
    const rows = await read<Record<string, string>>(await collect(scope(uri)));
    assert.deepEqual(
      rows.map(({ row_id, ...rest }) => rest),
      [{ 'a "b", c': 'one\ntwo', z: 'say "hi"' }],
    );
  });

  it('turns the many types of Parquet into six, and what no request could carry into missing values', async () => {
    const path = await withDuckDB(async (duck) => {
      const cells = [
        ...[
          '1::UTINYINT AS tiny',
          '7::UBIGINT AS big',
          '1.25::DECIMAL(9, 2) AS money',
          "'nan'::FLOAT AS hole",
          "'inf'::DOUBLE AS endless",
        ],
        ...[
          "'b'::ENUM('a', 'b') AS grade",
          "TIMESTAMPTZ '2025-01-01 10:00:00+02' AS zoned",
          "TIMESTAMP_NS '2025-01-01 10:00:00.000001' AS fine",
        ],
        ...['[1, 2] AS many', "{'k': 'v'} AS nested", "TIME '10:00' AS clock", "'007' AS code"],
      ];
      await duck.writeParquet(`SELECT ${cells.join(', ')}`, duck.path('types.parquet'));
      return world.file('types.parquet', await readFile(duck.path('types.parquet')));
    });
    const snapshot = await collect(scope(path));
    assert.deepEqual(typesOf(snapshot), {
      ...{
        row_id: 'BIGINT',
        tiny: 'BIGINT',
        big: 'BIGINT',
        money: 'DOUBLE',
        hole: 'DOUBLE',
        endless: 'DOUBLE',
        grade: 'VARCHAR',
      },
      ...{
        zoned: 'TIMESTAMP',
        fine: 'TIMESTAMP',
        many: 'VARCHAR',
        nested: 'VARCHAR',
        clock: 'VARCHAR',
        code: 'VARCHAR',
      },
    });
    const [row] = await read<Record<string, unknown>>(snapshot);
    assert.deepEqual(
      { ...row, zoned: String(row?.zoned && (row.zoned as Date).toISOString()), fine: undefined },
      {
        ...{
          row_id: 0n,
          tiny: 1n,
          big: 7n,
          money: 1.25,
          hole: null,
          endless: null,
          grade: 'b',
          zoned: '2025-01-01T08:00:00.000Z',
          fine: undefined,
        },
        ...{ many: '[1,2]', nested: '{"k":"v"}', clock: '10:00:00', code: '007' },
      },
    );
  });

  it('calls a column of a header without a name by its place', async () => {
    const snapshot = await collect(scope(await world.file('frame.csv', '"",Column_3,,b,\n1,x,2,3,\n')));
    assert.deepEqual(Object.keys(typesOf(snapshot)), ['row_id', 'column_1', 'Column_3', 'column_3_', 'b', 'column_5']);
  });

  it('refuses what cannot be used, naming the place and the mend', async () => {
    const whole = await readFile(join(VEGA, 'flights-3m.parquet'));
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 1000, 200_000);
    const cases: [string, string | Buffer, (string | RegExp)[]][] = [
      ['empty.csv', '', ['it is empty']],
      ['header.csv', 'a,b\n', ['no rows']],
      ['twice.csv', 'a,b,a\n1,2,3\n', ['two columns are called "a"', 'rename']],
      ['blank.csv', '\na,b\n1,2\n', ['first line is blank']],
      ['nameless.json', '{"":1,"a":2}', ['under no name']],
      ['short.csv', 'a,b\n1,2\n3\n', ['cannot be read as csv', /line: 3/i]],
      ['long.csv', 'a,b\n1,2\n3,4,5\n', ['cannot be read as csv', /line: 3/i]],
      ['open.csv', 'a,b\n1,"x\n', ['cannot be read as csv']],
      ['latin.csv', Buffer.from('a,b\n1,caf\xe9\n', 'latin1'), ['UTF-8']],
      ['page.csv', '<!DOCTYPE html><html></html>', ['page of HTML']],
      ['short.json', '{"a":1}\n{"a":', ['cannot be read as json', 'end of data']],
      ['list.json', '[1,2]', ['cannot be read as json']],
      ['text.parquet', 'a,b\n1,2\n', ['no Parquet file']],
      ['cut.parquet', whole.subarray(0, 5_000_000), ['cut short']],
      ['damaged.parquet', damaged, ['cannot be read as parquet']],
      ['numbered.csv', 'row_id,b\n1,2\n', ['row_id', 'rename']],
      ['rows.data', 'a,b\n1,2\n', ['tells no format', 'format:']],
      ['rows.xlsx', 'PK\x03\x04', ['a spreadsheet', 'save its sheet as CSV']],
      ['zip.csv', 'PK\x03\x04', ['a zip archive', 'unpack']],
    ];
    for (const [name, content, words] of cases)
      await assert.rejects(
        collect(scope(await world.file(name, content))),
        refuses('SourceUnusable', 'collect.sources.rows', name, ...words),
      );
    await assert.rejects(collect(scope(join(world.folder, 'none.csv'))), refuses('SourceUnusable', 'no such file'));
    await assert.rejects(collect(scope(world.folder), 'rows'), refuses('SourceUnusable', 'format'));
    await assert.rejects(collect(scope('s3://test-bucket/none.csv')), refuses('SourceUnusable', 'no such object'));
    await assert.rejects(collect(scope('ftp://host/rows.csv')), refuses('SourceUnusable', '"ftp:"'));
    await assert.rejects(
      collect(scope(await world.file('big.csv', 'a\n1\n')), 'rows', 2),
      refuses('SourceUnusable', '4 bytes', 'split'),
    );
  });

  it('refuses a time column that is not there, holds no instants, or leaves no row in the window', async () => {
    const uri = await world.file('times.csv', 'when,x\n2025-01-01,1\n2025-06-01,2\n');
    const mixed = await world.file('mixed.csv', 'when,x\n2025-01-01,1\nsoon,2\n');
    await assert.rejects(
      collect(scope(uri, { time: 'date' })),
      refuses('SourceUnusable', 'no column "date"', 'when, x'),
    );
    await assert.rejects(collect(scope(uri, { time: 'x' })), refuses('SourceUnusable', '"x"', 'BIGINT'));
    await assert.rejects(collect(scope(mixed, { time: 'when' })), refuses('SourceUnusable', '"soon"', 'ISO 8601'));
    await assert.rejects(
      collect(scope(uri, { time: 'when' }, '7 days')),
      refuses('SourceUnusable', 'no row lies after 2025-12-25', '2025-06-01'),
    );
  });

  it("takes rows after the window's start and up to its end", async () => {
    const uri = await world.file(
      'edges.csv',
      'when,x\n2025-12-31T00:00:00Z,1\n2025-12-31T00:00:01Z,2\n2026-01-01T00:00:00Z,3\n2026-01-01T00:00:01Z,4\n,5\n',
    );
    const snapshot = await collect(scope(uri, { time: 'when' }, '1 day'));
    assert.deepEqual(
      (await read<{ x: bigint }>(snapshot)).map(({ x }) => Number(x)),
      [2, 3],
    );
    assert.equal(snapshot.from, '2025-12-31T00:00:01.000Z');
    assert.equal(snapshot.to, '2026-01-01T00:00:00.000Z');
    assert.equal(JSON.parse(await world.store.getText(snapshot.manifest)).rowsWithoutTime, 1);
  });

  it('leaves nothing behind when a source is refused', async () => {
    const before = (await world.store.list('models/')).length;
    await assert.rejects(collect(scope(await world.file('half.csv', 'a,b\n1,2\n3\n'))));
    assert.equal((await world.store.list('models/')).length, before);
  });

  describe('over HTTP', () => {
    let server: Server;
    let answer: RequestListener;
    let at: string;
    before(async () => {
      server = createServer((request, response) => answer(request, response));
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => server.closeAllConnections() ?? server.close());

    it('downloads, remembers the ETag, and keeps what is secret in a uri out of manifests', async () => {
      answer = (_, response) => response.setHeader('etag', '"v1"').end('x,y\n1,2\n');
      const snapshot = await collect(scope(`${at}/rows.csv?token=secret`));
      const text = await world.store.getText(snapshot.manifest);
      assert.equal(JSON.parse(text).original.etag, '"v1"');
      assert.ok(!text.includes('secret'));
      assert.equal(snapshot.rows, 1);
    });

    it('refuses 404, 403, a page and a too large file for good', async () => {
      answer = (_, response) => response.writeHead(404).end('none');
      await assert.rejects(collect(scope(`${at}/rows.csv`)), refuses('SourceUnusable', '404', 'rows.csv'));
      answer = (_, response) => response.writeHead(403).end();
      await assert.rejects(collect(scope(`${at}/rows.csv`)), refuses('SourceUnusable', '403'));
      answer = (_, response) => response.end('<html><body>log in</body></html>');
      await assert.rejects(collect(scope(`${at}/rows.csv`)), refuses('SourceUnusable', 'page of HTML'));
      answer = (_, response) => response.end('x\n'.repeat(2_000_000));
      await assert.rejects(collect(scope(`${at}/rows.csv`), 'rows', 100_000), refuses('SourceUnusable', '97.7 KiB'));
    });

    it('tries again what the server or the network broke', async () => {
      const again = (error: unknown) =>
        error instanceof ApplicationFailure && error.type === 'Unavailable' && !error.nonRetryable;
      answer = (_, response) => response.writeHead(503).end();
      await assert.rejects(collect(scope(`${at}/rows.csv`)), again);
      answer = (_, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('x,y\n');
        setImmediate(() => response.destroy());
      };
      await assert.rejects(collect(scope(`${at}/rows.csv`)), again);
      await assert.rejects(collect(scope('http://127.0.0.1:1/rows.csv')), again);
    });
  });
});
