import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { unpack } from '../../src/data/unpack.ts';
import { refuses } from './support.ts';

type Member = {
  readonly path: string;
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'FIFO';
  readonly to?: string;
};

describe('an archive out of the bucket', () => {
  let home: string;
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'perennial-unpack-'));
  });
  after(() => rm(home, { recursive: true, force: true }));

  const archiveOf = async (members: readonly Member[], content = 'mine'): Promise<string> => {
    const blocks = members.flatMap(({ path, type = 'File', to }) => {
      const size = type === 'File' ? content.length : 0;
      const header = new Header({ path, type, size, mode: 0o644, linkpath: to, mtime: new Date(0) });
      header.encode();
      const body = Buffer.alloc(Math.ceil(size / 512) * 512);
      body.write(content);
      return [header.block as Buffer, body.subarray(0, size === 0 ? 0 : undefined)];
    });
    const file = join(home, 'transform.tar.gz');
    await writeFile(file, gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)])));
    return file;
  };
  const folder = async (): Promise<string> => {
    const into = join(home, 'into', 'here');
    await rm(into, { recursive: true, force: true });
    await mkdir(into, { recursive: true });
    return into;
  };

  it('is unpacked with its folders', async () => {
    const into = await folder();
    await unpack(await archiveOf([{ path: 'transform.json' }, { path: 'tables/a.parquet' }]), into);
    assert.equal(await readFile(join(into, 'tables', 'a.parquet'), 'utf8'), 'mine');
  });

  it('leads nowhere out of its folder: by climbing, by its root, by a link or what is no file', async () => {
    const attacks: readonly (readonly Member[])[] = [
      [{ path: '../out' }],
      [{ path: 'a/../../out' }],
      [{ path: join(home, 'out') }],
      [{ path: 'link', type: 'SymbolicLink', to: '../..' }, { path: 'link/out' }],
      [{ path: 'link', type: 'SymbolicLink', to: '/etc/passwd' }],
      [{ path: 'link', type: 'Link', to: '../../out' }],
      [{ path: 'pipe', type: 'FIFO' }],
    ];
    for (const members of attacks) {
      const into = await folder();
      await assert.rejects(
        unpack(await archiveOf(members), into),
        refuses('DataUnusable', 'transform.tar.gz', 'no plain file below it'),
        JSON.stringify(members),
      );
      for (const path of [join(home, 'out'), join(home, 'into', 'out'), join(into, 'link'), join(into, 'pipe')])
        assert.equal(existsSync(path), false, path);
    }
  });

  it('holds no more than it may, however well it is packed', async () => {
    const archive = await archiveOf([{ path: 'a' }, { path: 'b' }], '0'.repeat(2 ** 20));
    assert.ok((await readFile(archive)).length < 2 ** 14);
    const into = await folder();
    await assert.rejects(unpack(archive, into, 2 ** 20), refuses('DataUnusable', 'holds more than 1.0 MiB'));
    assert.equal(existsSync(join(into, 'b')), false);
  });
});
