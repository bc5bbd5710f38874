import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PYTHON, ROOT, remove, workFolder } from './support.ts';

const COMPUTE = `import json, sys, features
for rows in json.load(sys.stdin):
    print(json.dumps([[None if v != v else v for v in row] for row in features.compute(sys.argv[1], rows).tolist()]))`;

/** Opens the transform with each of the given changes; tells what each was refused with. */
const OPEN = `import json, shutil, sys, features
from pathlib import Path
source, work = Path(sys.argv[1]), Path(sys.argv[2])
for at, change in enumerate(json.load(sys.stdin)):
    folder = shutil.copytree(source, work / str(at))
    spec = json.loads((folder / "transform.json").read_text())
    for place, value in change.items():
        *path, last = place.split(".")
        part = spec
        for key in path:
            part = part[int(key) if key.isdigit() else key]
        part[last] = value
    (folder / "transform.json").write_text(json.dumps(spec))
    try:
        features.load(str(folder))
        print("taken")
    except Exception as error:
        print(type(error).__name__, str(error).splitlines()[0])`;

describe('features.compute, the transform at serving time', () => {
  let folder: string;
  let data: string;
  before(async () => {
    ({ folder, data } = await workFolder());
  });
  after(() => remove(folder));

  const compute = (batches: string, transform = join(data, 'unpacked')) => {
    const env = { ...process.env, PYTHONPATH: join(ROOT, 'container'), PYTHONDONTWRITEBYTECODE: '1' };
    const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', COMPUTE, transform], {
      input: batches,
      env,
      encoding: 'utf8',
    });
    return {
      status,
      stderr,
      batches: stdout
        .trim()
        .split('\n')
        .map((line) => (line ? JSON.parse(line) : undefined)),
    };
  };

  /** The fixture's transform with something else in its statement. */
  const altered = async (name: string, from: string, to: string): Promise<string> => {
    const copy = join(folder, name);
    await cp(join(data, 'unpacked'), copy, { recursive: true });
    const text = await readFile(join(copy, 'transform.json'), 'utf8');
    assert.ok(text.includes(from), `the statement has no ${from}`);
    await writeFile(join(copy, 'transform.json'), text.replace(from, to));
    return copy;
  };

  it('gives what the statement gave the prepared rows', async () => {
    const read = async (file: string) =>
      (await readFile(join(data, file), 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    const [rows, prepared] = [await read('rows.jsonl'), await read('features.jsonl')];
    const { batches } = compute(JSON.stringify([rows]));
    const expected = prepared.map(({ row_id: _, bought: __, ...features }) => Object.values(features));
    assert.deepEqual(batches[0], expected);
  });

  it('sees missing values in any run, whatever the runs before held', () => {
    const full = { visited: '2001-01-01T06:30:00Z', amount: 5, items: 3, shop: 'a', member: true, day: '2001-01-01' };
    const { batches } = compute(JSON.stringify([[full], [{}], [full, {}], [{ shop: null }], []]));
    const [filled, missing] = [
      [6.5, 5, 3, 0.25, 52.5, 1, 1],
      [null, 20, null, 0.4, null, null, null],
    ];
    assert.deepEqual(batches, [[filled], [missing], [filled, missing], [missing], []]);
  });

  it('keeps whole numbers beyond 2^53 exact', async () => {
    const transform = await altered('modulo', 'CAST(items AS DOUBLE)', 'CAST(items % 9 AS DOUBLE)');
    const { batches } = compute('[[{"items": 9007199254740993}, {"items": -9223372036854775808}]]', transform);
    assert.deepEqual(
      batches[0].map((row: number[]) => row[2]),
      [9007199254740993n, -9223372036854775808n].map((value) => Number(value % 9n)),
    );
  });

  it('stops at a statement that loses or doubles rows', async () => {
    const losing = await altered('losing', 'ON s.code = v.shop', 'ON s.code = v.shop WHERE v.items > 0');
    assert.match(compute('[[{"items": 1}, {"items": 0}]]', losing).stderr, /gave 1 rows for 2: it must keep each once/);
    const doubling = await altered('doubling', 'ON s.code = v.shop', 'ON true');
    assert.match(compute('[[{"items": 1}]]', doubling).stderr, /gave 3 rows for 1: it must keep each once/);
  });

  it('reaches no file, no network and no setting of its process, whatever its files say', async () => {
    const out = join(folder, 'out.csv');
    await writeFile(join(folder, 'secret.parquet'), 'secret');
    const changes = [
      ...[
        `SELECT * FROM read_text('/etc/passwd')`,
        `SELECT * FROM '/etc/passwd'`,
        `SELECT getenv('HOME')`,
        `SELECT * FROM glob('/*')`,
        `SELECT * FROM 'https://127.0.0.1:1/a.parquet'`,
        `SELECT 1; COPY (SELECT 1) TO '${out}'`,
        `SELECT 1; ATTACH '${out}'`,
        'SELECT 1; INSTALL httpfs',
        'SELECT 1; LOAD httpfs',
        'SELECT 1; SET enable_external_access = true',
        `SELECT 1; SET memory_limit = '100GB'`,
      ].map((statement) => ({ statement })),
      { 'source.columns.0.type': `BIGINT); COPY (SELECT 1) TO '${out}'; CREATE TABLE t (a BIGINT` },
      { 'references.0.file': '../../secret.parquet' },
      { 'references.0.file': '/etc/passwd' },
    ];
    const work = join(folder, 'attacks');
    const env = { ...process.env, PYTHONPATH: join(ROOT, 'container'), PYTHONDONTWRITEBYTECODE: '1' };
    const { stdout, stderr } = spawnSync(PYTHON, ['-c', OPEN, join(data, 'unpacked'), work], {
      input: JSON.stringify(changes),
      env,
      encoding: 'utf8',
    });
    const said = stdout.trim().split('\n');
    assert.equal(said.length, changes.length, stderr);
    said.forEach((line, at) => {
      const due =
        at < changes.length - 2
          ? /^(Permission|Catalog|Binder|InvalidInput|IO)\w*Exception/
          : /ValueError .*is not a file of its folder/;
      assert.match(line, due, `${JSON.stringify(changes[at])}: ${line}`);
    });
    assert.equal(existsSync(out), false);
  });
});
