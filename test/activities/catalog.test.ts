import assert from 'node:assert/strict';
import { CreateTableCommand, GetTableCommand, UpdateTableCommand } from '@aws-sdk/client-glue';
import pino from 'pino';
import { catalogActivities } from '../../src/activities/catalog.ts';
import type { CycleScope, Snapshot } from '../../src/activities/types.ts';
import { createStore, type Store } from '../../src/aws/store.ts';
import { runActivity } from '../support/activity.ts';
import { type LaptopCloud, laptopCloud } from '../support/cloud.ts';
import { tinyFrozen } from '../support/plan.ts';

const snapshot = (sha256: string, rows = 3): Snapshot => ({
  source: 'Rows',
  data: { uri: `s3://bucket/models/cat-test/snapshots/Rows/${sha256}.parquet`, sha256, bytes: 100 },
  manifest: { uri: `s3://bucket/models/cat-test/snapshots/Rows/${sha256}.json`, sha256: 'm', bytes: 10 },
  rows,
  columns: [
    { name: 'row_id', type: 'BIGINT' },
    { name: 'Origin', type: 'VARCHAR' },
    { name: 'at', type: 'TIMESTAMP' },
  ],
  from: '2001-01-01T00:00:00.000Z',
});

describe('the catalog', () => {
  let laptop: LaptopCloud;
  let store: Store;
  let catalog: (snapshots: Snapshot[], cycle?: number) => Promise<string[]>;
  const table = async () => {
    const get = new GetTableCommand({ DatabaseName: 'perennial_cat_test', Name: 'rows' });
    return (await laptop.aws.glue.send(get)).Table;
  };

  before(async function () {
    this.timeout(180_000);
    laptop = await laptopCloud();
    const { aws, config } = laptop;
    store = createStore(aws.s3, config.bucket);
    const { catalogSnapshots } = catalogActivities({ config, aws, store, log: pino({ level: 'silent' }) });
    catalog = (snapshots, cycle = 1) => {
      const scope: CycleScope = { model: 'cat-test', cycle, asOf: '2001-03-01T00:00:00.000Z', frozen: tinyFrozen() };
      return runActivity(catalogSnapshots, { ...scope, snapshots });
    };
  });

  it('has a table a source, with the types of its columns and where its content is', async () => {
    assert.deepEqual(await catalog([snapshot('aaa')]), ['perennial_cat_test.rows']);
    const found = await table();
    assert.equal(found?.TableType, 'EXTERNAL_TABLE');
    assert.deepEqual(
      found?.StorageDescriptor?.Columns?.map(({ Name, Type }) => [Name, Type]),
      [
        ['row_id', 'bigint'],
        ['origin', 'string'],
        ['at', 'timestamp'],
      ],
    );
    const { sha256, rows, uri, asOf, from } = found?.Parameters ?? {};
    assert.deepEqual(
      { sha256, rows, uri, asOf, from },
      {
        sha256: 'aaa',
        rows: '3',
        uri: snapshot('aaa').data.uri,
        asOf: '2001-03-01T00:00:00.000Z',
        from: '2001-01-01T00:00:00.000Z',
      },
    );
  });

  it('lists in the folder of the table exactly the object of the snapshot', async () => {
    await catalog([snapshot('aaa')]);
    const location = (await table())?.StorageDescriptor?.Location ?? '';
    const objects = await store.list(location);
    assert.equal(objects.length, 1);
    assert.equal(await store.getText(objects[0]?.uri ?? ''), `${snapshot('aaa').data.uri}\n`);
  });

  it('does not touch a table that says the same already', async () => {
    await catalog([snapshot('aaa')]);
    const { Name, Parameters, StorageDescriptor } = (await table()) ?? {};
    const TableInput = { Name, Parameters, StorageDescriptor, Description: 'by hand' };
    await laptop.aws.glue.send(new UpdateTableCommand({ DatabaseName: 'perennial_cat_test', TableInput }));
    await catalog([snapshot('aaa')]);
    assert.equal((await table())?.Description, 'by hand');
  });

  it('moves the table on to the next snapshot', async () => {
    await catalog([snapshot('aaa')]);
    await catalog([snapshot('bbb', 5)], 2);
    const found = await table();
    assert.equal(found?.Parameters?.sha256, 'bbb');
    assert.equal(found?.Parameters?.rows, '5');
    assert.match(found?.StorageDescriptor?.Location ?? '', /catalog\/Rows\/bbb\/$/);
  });

  it('leaves a table alone that is not ours, and says so', async () => {
    await catalog([snapshot('aaa')]);
    const TableInput = { Name: 'planes', StorageDescriptor: { Columns: [] } };
    await laptop.aws.glue.send(new CreateTableCommand({ DatabaseName: 'perennial_cat_test', TableInput }));
    await assert.rejects(catalog([{ ...snapshot('ccc'), source: 'planes' }]), {
      type: 'NameTaken',
      message: /Glue table perennial_cat_test\.planes: it exists and is not this model's/,
    });
  });
});
