import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PYTHON, ROOT, remove, workFolder } from './support.ts';

const COMPUTE = `import json, sys, features
for rows in json.load(sys.stdin):
    print(json.dumps([[None if v != v else v for v in row] for row in features.compute(sys.argv[1], rows).tolist()]))`;

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

  it('reaches no file and no network', async () => {
    const reading = await altered(
      'reading',
      'LEFT JOIN shops s',
      "LEFT JOIN read_csv('/etc/passwd') AS p ON true LEFT JOIN shops s",
    );
    const { status, stderr } = compute('[[{"items": 1}]]', reading);
    assert.equal(status, 1);
    assert.match(stderr, /PermissionException|disabled by configuration/);
  });
});
