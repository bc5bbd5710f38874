import assert from 'node:assert/strict';
import {
  CreateCrawlerCommand,
  CreateDatabaseCommand,
  CreateSessionCommand,
  CreateTriggerCommand,
  CreateWorkflowCommand,
  GetDatabaseCommand,
  GetTableCommand,
  GetTagsCommand,
  GlueClient,
  ListTriggersCommand,
  StartCrawlerCommand,
  StartTriggerCommand,
  StartWorkflowRunCommand,
  TagResourceCommand,
} from '@aws-sdk/client-glue';
import { ensureDatabase, ensureTable } from '../../src/aws/catalog.ts';
import { type Cloud, ROLE, startCloud } from '../sagemaker/cloud.ts';
import { type Glue, glueOf } from './glue.ts';

const sha256 = 'a'.repeat(64);
const snapshot = {
  source: 'flights',
  data: { uri: 's3://bench/data.parquet', sha256, bytes: 3 },
  manifest: { uri: 's3://bench/manifest.json', sha256, bytes: 2 },
  rows: 1,
  columns: [{ name: 'delay', type: 'DOUBLE' }],
};

describe("Glue's catalog behind its jobs", () => {
  let cloud: Cloud;
  let glue: Glue;
  before(async () => {
    cloud = await startCloud();
    glue = glueOf(cloud);
  });
  after(() => cloud.stop());

  it('is the one that the emulator keeps', async () => {
    const database = await ensureDatabase(glue.client, 'flights');
    const cataloged = { model: 'flights', snapshot, asOf: '2026-01-01T00:00:00Z', cycle: 1, location: 's3://bench/t/' };
    await ensureTable(glue.client, database, cataloged as Parameters<typeof ensureTable>[2]);
    const there = new GlueClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      endpoint: cloud.aws,
    });
    for (const client of [glue.client, there]) {
      const { Table } = await client.send(new GetTableCommand({ DatabaseName: database, Name: 'flights' }));
      assert.equal(Table?.Parameters?.sha256, sha256);
    }
  });

  it("passes the catalog's errors and its tags on as they are", async () => {
    await assert.rejects(glue.client.send(new GetDatabaseCommand({ Name: 'none' })), {
      name: 'EntityNotFoundException',
    });
    await glue.client.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'tagged' } }));
    const ResourceArn = 'arn:aws:glue:us-east-1:000000000000:database/tagged';
    await glue.client.send(new TagResourceCommand({ ResourceArn, TagsToAdd: { a: 'b' } }));
    assert.deepEqual((await glue.client.send(new GetTagsCommand({ ResourceArn }))).Tags, { a: 'b' });
  });

  it('refuses what would say that it runs, and runs nothing', async () => {
    const session = { Id: 's', Role: ROLE, Command: { Name: 'glueetl' } };
    const commands = [
      new CreateCrawlerCommand({ Name: 'x', Role: ROLE, Targets: {} }),
      new StartCrawlerCommand({ Name: 'x' }),
      new CreateTriggerCommand({ Name: 'x', Type: 'SCHEDULED', Actions: [] }),
      new StartTriggerCommand({ Name: 'x' }),
      new CreateWorkflowCommand({ Name: 'x' }),
      new StartWorkflowRunCommand({ Name: 'x' }),
      new CreateSessionCommand(session),
    ];
    for (const command of commands)
      await assert.rejects(glue.client.send(command as StartTriggerCommand), {
        name: 'UnsupportedOperationException',
        message: / is not supported on a laptop: nothing would run\./,
      });
    assert.deepEqual((await glue.client.send(new ListTriggersCommand({}))).TriggerNames, []);
  });

  it('knows no operation that Glue does not know, and takes no body without end', async () => {
    const ask = (target: string, body: string) =>
      fetch(cloud.url, { method: 'POST', headers: { 'x-amz-target': target }, body });
    const unknown = await ask('AWSGlue.Dance', '{}');
    assert.equal(((await unknown.json()) as { __type: string }).__type, 'UnknownOperationException');
    const large = await ask('AWSGlue.GetTable', 'x'.repeat(17 * 1024 * 1024));
    assert.equal(large.status, 413);
  });
});
