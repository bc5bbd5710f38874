import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { sha256OfText } from '../../src/aws/content.ts';
import { createStore, type Store } from '../../src/aws/store.ts';
import { laptopCloud } from '../support/cloud.ts';

const bucket = 'store-test';

describe('store', () => {
  let s3: S3Client;
  let store: Store;
  let folder: string;

  before(async function () {
    this.timeout(200_000);
    s3 = (await laptopCloud()).aws.s3;
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    store = createStore(s3, bucket);
    folder = await mkdtemp(join(tmpdir(), 'store-'));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('brings a file back as it was, with its sha256 and size in the reference', async () => {
    const content = randomBytes(1_000);
    await writeFile(join(folder, 'small'), content);
    const ref = await store.putFile('a/small', join(folder, 'small'));
    assert.deepEqual(ref, { uri: 's3://store-test/a/small', sha256: sha256OfText(content), bytes: 1_000 });
    await store.getFile(ref, join(folder, 'deep', 'back'));
    assert.deepEqual(await readFile(join(folder, 'deep', 'back')), content);
  });

  it('uploads a large file in parts, and an empty one too', async () => {
    const content = randomBytes(40 * 1024 * 1024 + 7);
    await writeFile(join(folder, 'large'), content);
    await writeFile(join(folder, 'empty'), '');
    const large = await store.putFile('a/large', join(folder, 'large'));
    const empty = await store.putFile('a/empty', join(folder, 'empty'));
    assert.equal(large.bytes, content.length);
    assert.equal(empty.bytes, 0);
    await store.getFile(large, join(folder, 'large-back'));
    await store.getFile(empty, join(folder, 'empty-back'));
    assert.equal(sha256OfText(await readFile(join(folder, 'large-back'))), sha256OfText(content));
    assert.equal((await readFile(join(folder, 'empty-back'))).length, 0);
  });

  it('leaves an object of the same content as it is, and replaces one of another content', async () => {
    const write = async (text: string) => {
      await writeFile(join(folder, 'same'), text);
      await store.putFile('a/same', join(folder, 'same'), 'text/plain');
      const { ETag, LastModified } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'a/same' }));
      return { ETag, LastModified };
    };
    const first = await write('one');
    let writes = 0;
    s3.middlewareStack.add(
      (next, context) => (args) => {
        if (context.commandName === 'PutObjectCommand') writes += 1;
        return next(args);
      },
      { step: 'initialize', name: 'count-writes' },
    );
    assert.deepEqual(await write('one'), first);
    assert.equal(writes, 0);
    await write('two');
    assert.equal(writes, 1);
    assert.equal(await store.getText('s3://store-test/a/same'), 'two');
    s3.middlewareStack.remove('count-writes');
  });

  it('refuses content that is not the one referred to, and leaves no file behind', async () => {
    const ref = await store.putText('a/honest', 'the truth');
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a/honest', Body: 'a lie' }));
    const target = join(folder, 'victim', 'file');
    const refused = {
      type: 'DataUnusable',
      message: /a\/honest: the content is not the one referred to.*9 bytes.*5 bytes/s,
    };
    await assert.rejects(store.getFile(ref, target), refused);
    await assert.rejects(store.getText(ref), refused);
    assert.deepEqual(await readdir(join(folder, 'victim')), []);
  });

  it('writes once where nothing is', async () => {
    assert.equal(await store.putTextOnce('ledger/1', 'first'), true);
    assert.equal(await store.putTextOnce('ledger/1', 'second'), false);
    assert.equal(await store.getText(store.uri('ledger/1')), 'first');
  });

  it('keeps every letter of a text', async () => {
    const text = 'späte Flüge ✈ \u0000\r\n\u2028';
    assert.equal(await store.getText(await store.putText('a/letters é ?#', text)), text);
  });

  it('says what is there and what is not', async () => {
    await store.putText('a/there', 'here');
    assert.equal((await store.head(store.uri('a/there')))?.bytes, 4);
    assert.equal(await store.head(store.uri('a/nowhere')), undefined);
    await assert.rejects(store.getText(store.uri('a/nowhere')), {
      type: 'InvalidRequest',
      message: /GetObject s3:\/\/store-test\/a\/nowhere/,
    });
    await assert.rejects(store.getText('a/there'), { type: 'InvalidRequest', message: /write s3:\/\/bucket\/key/ });
  });

  it('lists everything under a beginning, page after page', async function () {
    this.timeout(240_000);
    for (let n = 0; n < 1_003; n += 50)
      await Promise.all(
        Array.from({ length: Math.min(50, 1_003 - n) }, (_, i) => store.putText(`many/${n + i}`, String(n + i))),
      );
    const found = await store.list('many/');
    assert.equal(found.length, 1_003);
    assert.equal(found.find(({ key }) => key === 'many/1002')?.bytes, 4);
    assert.deepEqual(await store.list('nothing/'), []);
    assert.equal((await store.list(store.uri('many/100'))).length, 4);
  });
});
