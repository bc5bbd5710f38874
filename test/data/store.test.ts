import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { collectActivities } from '../../src/activities/collect.ts';
import { prepareActivities } from '../../src/activities/prepare.ts';
import type { Prepared, Snapshot } from '../../src/activities/types.ts';
import { createStore, type Store } from '../../src/aws/store.ts';
import { laptopCloud } from '../support/cloud.ts';
import { ANYWHERE, planOf, quiet, refuses, run, scopeOf } from './support.ts';

describe('collect and prepare on S3', function () {
  this.timeout(120_000);
  let folder: string;
  let store: Store;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perennial-s3-'));
    const { aws } = await laptopCloud();
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'collect-and-prepare' }));
    store = createStore(aws.s3, 'collect-and-prepare');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('lands a source from S3, prepares it, and finds the same objects the second time', async () => {
    const rows = Array.from({ length: 900 }, (_, at) => `${at % 13},${at % 2 === 0}`).join('\n');
    await writeFile(join(folder, 'rows.csv'), `x,y\n${rows}\n`);
    const original = await store.putFile('incoming/rows.csv', join(folder, 'rows.csv'));
    const plan = planOf({
      collect: { sources: { rows: { uri: original.uri } } },
      prepare: { label: 'y', inputs: ['x'] },
    });
    const scope = scopeOf(plan, 'SELECT row_id, y, x FROM rows');
    const { collectSource } = collectActivities({ config: ANYWHERE, store, log: quiet });
    const { prepareData } = prepareActivities({ store, log: quiet });
    const cycle = async (): Promise<[Snapshot, Prepared]> => {
      const snapshot = await run(collectSource, { ...scope, source: 'rows' });
      return [snapshot, await run(prepareData, { ...scope, snapshots: [snapshot] })];
    };
    const first = await cycle();
    assert.deepEqual(await cycle(), first);
    assert.equal(JSON.parse(await store.getText(first[0].manifest)).original.sha256, original.sha256);
    const kept = (await store.list('models/')).map(({ key }) => key.replace(/[0-9a-f]{64}/, '…'));
    assert.deepEqual(kept, [
      ...[
        'baseline.parquet',
        'test-inputs.jsonl',
        'test-labels.parquet',
        'test.parquet',
        'train.parquet',
        'transform.tar.gz',
        'validation.parquet',
      ].map((file) => `models/rain/cycles/1/prepared/${file}`),
      'models/rain/snapshots/rows/….json',
      'models/rain/snapshots/rows/….parquet',
    ]);
  });

  it('refuses an object or a bucket that is not there', async () => {
    const { collectSource } = collectActivities({ config: ANYWHERE, store, log: quiet });
    for (const uri of ['s3://collect-and-prepare/none.csv', 's3://no-such-bucket-here/rows.csv']) {
      const plan = planOf({ collect: { sources: { rows: { uri } } }, prepare: { label: 'y', inputs: ['x'] } });
      await assert.rejects(
        run(collectSource, { ...scopeOf(plan), source: 'rows' }),
        refuses('SourceUnusable', uri, 'no such object'),
      );
    }
  });
});
