import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { collectActivities } from '../../src/activities/collect.ts';
import type { Snapshot } from '../../src/activities/types.ts';
import { readConfig } from '../../src/config.ts';
import { isPrivate } from '../../src/data/allowed.ts';
import { newWorld, planOf, quiet, refuses, run, scopeOf, type World } from './support.ts';

const ROWS = 'x,y\n1,0\n2,1\n';

describe('what a source may reach', () => {
  let world: World;
  before(async () => {
    world = await newWorld();
    await mkdir(join(world.folder, 'open'));
    await writeFile(join(world.folder, 'open', 'rows.csv'), ROWS);
    await writeFile(join(world.folder, 'secret.csv'), ROWS);
  });
  after(() => world.remove());

  const collect = (uri: string, hosts: readonly string[] = [], maxSourceBytes?: number): Promise<Snapshot> => {
    const config = { sourceFolders: [join(world.folder, 'open')], sourceHosts: hosts };
    const plan = planOf({
      collect: { sources: { rows: { uri, format: 'csv' } } },
      prepare: { label: 'y', inputs: ['x'] },
    });
    const { collectSource } = collectActivities({ config, store: world.store, log: quiet, maxSourceBytes });
    return run(collectSource, { ...scopeOf(plan), source: 'rows' });
  };
  const refused = (uri: string, words: string, hosts?: readonly string[], most?: number) =>
    assert.rejects(collect(uri, hosts, most), refuses('SourceUnusable', 'collect.sources.rows', words), uri);

  describe('of files', () => {
    it('are those in the folders that the worker names, and links within them', async () => {
      await symlink('rows.csv', join(world.folder, 'open', 'link.csv'));
      for (const uri of ['open/rows.csv', 'open/../open/rows.csv', 'open/link.csv'])
        assert.equal((await collect(join(world.folder, uri))).rows, 2);
      assert.equal((await collect(`file://${join(world.folder, 'open', 'rows.csv')}`)).rows, 2);
    });

    it('are no others: by path, by climbing, by a link to a file or a folder, by the system', async () => {
      await symlink('../secret.csv', join(world.folder, 'open', 'out.csv'));
      await symlink('..', join(world.folder, 'open', 'up'));
      const outside = ['secret.csv', 'open/out.csv', 'open/up/secret.csv', 'open-also/rows.csv', 'open/up/none.csv'];
      for (const uri of [
        ...outside.map((path) => `${world.folder}/${path}`),
        `${world.folder}/open/../secret.csv`,
        `file://${world.folder}/open/%2e%2e/secret.csv`,
        '/etc/passwd',
        'file:///proc/self/environ',
      ])
        await refused(uri, 'PERENNIAL_SOURCE_FOLDERS');
    });
  });

  describe('of the net', () => {
    let server: Server;
    let port: number;
    let answer: RequestListener;
    const asked: string[] = [];
    before(async () => {
      server = createServer((request, response) => {
        asked.push(request.url ?? '');
        answer(request, response);
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      port = (server.address() as AddressInfo).port;
    });
    beforeEach(() => {
      asked.length = 0;
      answer = (_, response) => response.end(ROWS);
    });
    after(() => {
      server.closeAllConnections();
      server.close();
    });

    it('is no address of this machine or its network, however it is written', async () => {
      for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0'])
        await refused(`http://${host}:${port}/rows.csv`, 'no public address');
      for (const host of ['169.254.169.254', '[fd00:ec2::254]', '10.0.0.7', '192.168.1.1', '[64:ff9b::a9fe:a9fe]'])
        await refused(`http://${host}/latest/meta-data/iam/`, 'no public address');
      assert.deepEqual(asked, []);
    });

    it('is a host that the worker names, and only at the port where one is named', async () => {
      assert.equal((await collect(`http://127.0.0.1:${port}/rows.csv`, [`127.0.0.1:${port}`])).rows, 2);
      assert.equal((await collect(`http://localhost:${port}/rows.csv`, ['localhost'])).rows, 2);
      await refused(`http://127.0.0.1:${port}/rows.csv`, 'no public address', ['127.0.0.1:1']);
    });

    it('is looked at again behind every redirect', async () => {
      const to =
        (location: string): RequestListener =>
        (_, response) =>
          response.writeHead(302, { location }).end();
      const here = [`localhost:${port}`];
      const places: [string, string][] = [
        [`http://127.0.0.1:${port}/inside`, 'no public address'],
        ['http://169.254.169.254/latest/meta-data/', 'no public address'],
        ['file:///etc/passwd', 'it leads to file:'],
        [`http://me:word@localhost:${port}/`, 'user or password'],
        ['/again', 'more than 5 times'],
      ];
      for (const [place, words] of places) {
        answer = to(place);
        await refused(`http://localhost:${port}/rows.csv`, words, here);
      }
      assert.ok(!asked.includes('/inside'));
      answer = (request, response) =>
        request.url === '/rows.csv' ? response.end(ROWS) : response.writeHead(307, { location: '/rows.csv' }).end();
      assert.equal((await collect(`http://localhost:${port}/moved`, here)).rows, 2);
    });

    it('gives no more than a source may have, packed or endless', async () => {
      const here = [`localhost:${port}`];
      const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20, ROWS));
      answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
      await refused(`http://localhost:${port}/rows.csv`, 'one source may have 1.0 MiB', here, 2 ** 20);
      answer = (_, response) => {
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(2 ** 16, ROWS)));
        };
        response.on('drain', more);
        more();
      };
      await refused(`http://localhost:${port}/rows.csv`, 'one source may have 1.0 MiB', here, 2 ** 20);
    });

    it('takes no password from a plan', () =>
      refused(`http://me:word@localhost:${port}/rows.csv`, 'user or password', ['localhost']));
  });

  describe('of the bucket', () => {
    it('is nothing that belongs to another model', async () => {
      await world.store.putText('models/rain/shared/rows.csv', ROWS);
      await world.store.putText('models/rain-2/cycles/1/rows.csv', ROWS);
      await world.store.putText('shared/rows.csv', ROWS);
      assert.equal((await collect(world.store.uri('models/rain/shared/rows.csv'))).rows, 2);
      assert.equal((await collect(world.store.uri('shared/rows.csv'))).rows, 2);
      await refused(world.store.uri('models/rain-2/cycles/1/rows.csv'), 'belongs to another model');
    });
  });

  it('counts as private what IANA calls not globally reachable, and nothing else', () => {
    const inside = ['127.8.8.8', '10.1.2.3', '100.64.0.1', '172.31.255.255', '169.254.169.254', '255.255.255.255'];
    const inside6 = ['::', '::1', 'fe80::1', 'fd00::1', 'ff02::1', '::ffff:10.0.0.1', '::7f00:1', '2002:7f00:1::'];
    for (const address of [...inside, ...inside6]) assert.ok(isPrivate(address), address);
    for (const address of ['8.8.8.8', '52.95.110.1', '172.32.0.1', '2600:1f00::1', '::ffff:8.8.8.8'])
      assert.ok(!isPrivate(address), address);
  });

  it('is nothing beside S3 and the public net unless the settings name it', () => {
    const env = { PERENNIAL_BUCKET: 'mine', PERENNIAL_JOB_ROLE_ARN: 'arn:a', PERENNIAL_LAMBDA_ROLE_ARN: 'arn:b' };
    const { sourceFolders, sourceHosts } = readConfig(env);
    assert.deepEqual([sourceFolders, sourceHosts], [[], []]);
    const named = readConfig({
      ...env,
      PERENNIAL_SOURCE_FOLDERS: '/data:/more',
      PERENNIAL_SOURCE_HOSTS: 'Wiki, a:8080',
    });
    assert.deepEqual(
      [named.sourceFolders, named.sourceHosts],
      [
        ['/data', '/more'],
        ['wiki', 'a:8080'],
      ],
    );
    assert.throws(() => readConfig({ ...env, PERENNIAL_SOURCE_FOLDERS: 'data' }), /FOLDERS: write absolute paths/);
  });
});
