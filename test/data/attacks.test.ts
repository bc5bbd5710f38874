import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Duck, withDuckDB } from '../../src/data/duckdb.ts';
import { checkSyntax } from '../../src/data/syntax.ts';
import { refuses } from './support.ts';

const OUT = join(tmpdir(), `perennial-attack-${process.pid}`);
const TABLES = ['rides', 'stations'];

/** What nobody may get out of a statement, or do by it. */
const READS = [
  `SELECT * FROM read_csv('/etc/passwd')`,
  `SELECT * FROM '/etc/passwd'`,
  `SELECT * FROM "/proc/self/environ"`,
  `SELECT (SELECT content FROM read_text('/etc/passwd')) AS c FROM rides`,
  `SELECT * FROM rides, LATERAL (SELECT * FROM read_blob('/etc/passwd'))`,
  `SELECT * FROM glob('/etc/*')`,
  `SELECT * FROM sniff_csv('/etc/passwd')`,
  `SELECT * FROM parquet_metadata('/etc/passwd')`,
  `SELECT * FROM read_parquet('s3://other/a.parquet')`,
  `SELECT * FROM 'https://127.0.0.1:1/a.parquet'`,
  `SELECT * FROM query('COPY rides TO ''${OUT}''')`,
  `SELECT getenv('AWS_SECRET_ACCESS_KEY') AS k FROM rides`,
];
const ACTS = [
  `COPY rides TO '${OUT}'`,
  `ATTACH '${OUT}'`,
  `EXPORT DATABASE '${OUT}'`,
  'INSTALL httpfs',
  'LOAD httpfs',
  `SET enable_external_access = true`,
  `SET allowed_directories = ['/']`,
  `SET allowed_paths = ['/etc/passwd']`,
  `CREATE SECRET s (TYPE s3)`,
];
/** What tells of the machine, the session or other tables. */
const LOOKS = [
  `SELECT current_setting('temp_directory') AS s FROM rides`,
  `SELECT getvariable('x') AS s FROM rides`,
  `SELECT * FROM duckdb_settings()`,
  `SELECT * FROM duckdb_secrets()`,
  'SELECT * FROM duckdb_tables',
  'SELECT * FROM sqlite_master',
  'SELECT * FROM pg_tables',
  'SELECT * FROM information_schema.tables',
  'FROM (SHOW ALL TABLES)',
  'SHOW TABLES',
  'SELECT * FROM (SUMMARIZE rides)',
  'SELECT * FROM "raw features"',
  'WITH duckdb_tables AS (SELECT 1) SELECT * FROM duckdb_tables',
  `SELECT * FROM query_table('rides')`,
];
/** What makes much of little. */
const BOMBS = [
  'SELECT count(*) AS n FROM range(1000000000000)',
  'SELECT r.* FROM rides r, range(r.row_id)',
  `SELECT repeat('x', 1000000000) AS r FROM rides`,
  `SELECT repeat(repeat('x', 100000), 100000) AS r FROM rides`,
  `SELECT lpad('x', 2000000000::INTEGER, 'y') AS r FROM rides`,
  `SELECT list_resize([1], CAST(row_id AS INTEGER)) AS r FROM rides`,
  'SELECT unnest(generate_series(1, 900000000)) AS r FROM rides',
  `SELECT format('{:>1000000000d}', 1) AS r FROM rides`,
  `SELECT printf('%*d', 1000000000, 1) AS r FROM rides`,
  'WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t) SELECT * FROM t',
];

describe('a plan that attacks', () => {
  const checked = (duck: Duck, sql: string) => checkSyntax(duck, sql, TABLES);

  for (const [what, statements] of Object.entries({ READS, ACTS, LOOKS, BOMBS }))
    it(`is refused by its statement before anything runs (${what.toLowerCase()})`, () =>
      withDuckDB(async (duck) => {
        for (const sql of statements)
          await assert.rejects(checked(duck, sql), refuses('FeaturesBroken', 'features.sql'), sql);
      }));

  it('reads and writes nothing even where its statement is not looked at', () =>
    withDuckDB(async (duck) => {
      await duck.run('CREATE TABLE rides AS SELECT 1::BIGINT AS row_id');
      for (const sql of [...READS, ...ACTS])
        await assert.rejects(
          duck.rows(sql),
          /Permission|Catalog Error|Cannot|disabled|Binder Error|Could not|Parser Error|Invalid Input/,
          sql,
        );
      assert.equal(existsSync(OUT), false);
    }));

  it('may use sizes that are written down, WITH and other names of its own', () =>
    withDuckDB(async (duck) => {
      for (const sql of [
        `SELECT row_id, lpad(CAST(x AS VARCHAR), 5, '0') AS p, len(range(0, 24)) AS h FROM rides`,
        'WITH s AS (SELECT id FROM stations) SELECT row_id, list_sum(generate_series(-5, 5)) AS l FROM rides JOIN s ON id = x',
        `SELECT row_id, format('{:03d}', x) AS f, printf('%5.2f', x) AS g FROM Rides`,
        'SELECT row_id, k FROM rides, range(12) AS t(k)',
      ])
        assert.equal(await checked(duck, sql), sql);
    }));

  it('is stopped when one statement takes longer than it may', () =>
    assert.rejects(
      withDuckDB((duck) => duck.rows('SELECT count(*) FROM range(1000000) a, range(1000000) b, range(9) c'), {
        within: 100,
      }),
      refuses('DataUnusable', 'took longer than 0.1 s', 'make features.sql do less'),
    ));

  it('is stopped when it spills more than it may', () =>
    assert.rejects(
      withDuckDB(async (duck) => {
        await duck.run(`SET max_temp_directory_size = '1MiB'`);
        await duck.run(`SET memory_limit = '40MiB'`);
        await duck.rows(
          `SELECT count(*) FROM (SELECT i, repeat('x', 500) AS s FROM range(500000) t(i) ORDER BY md5(i::VARCHAR))`,
        );
      }),
      { type: 'Unavailable', message: /the disk of the worker is full: Out of Memory Error: failed to offload/ },
    ));
});
