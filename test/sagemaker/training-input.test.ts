import assert from 'node:assert/strict';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import type { Channel, S3DataSource } from '@aws-sdk/client-sagemaker';
import { checkAnswers } from './answers.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { channel, trainingEnds } from './requests.ts';
import { create, instances, machineHas, model, seen, TRAINER_FLAGS } from './trainer.ts';

const from = (name: string, source: Partial<S3DataSource>, over: Partial<Channel> = {}) => ({
  InputDataConfig: [
    {
      ...channel(name, ''),
      ...over,
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: '', ...source } },
    },
  ],
});

describe('the inputs and outputs of a training job', () => {
  let cloud: Cloud;
  before(async () => {
    cloud = await startCloud(TRAINER_FLAGS);
    for (const name of ['a', 'b', 'c', 'd', 'e']) await cloud.put(`parts/${name}.csv`, name);
    await cloud.put('parts/deep/f.csv', 'f');
  });
  after(async () => {
    if (!cloud) return;
    await checkAnswers(cloud);
    await cloud.stop();
  });

  const done = async (name: string) => {
    const job = await trainingEnds(cloud, name);
    assert.equal(job.TrainingJobStatus, 'Completed', job.FailureReason);
    return job;
  };
  const manifest = (name: string, content: unknown) => cloud.put(`manifests/${name}`, JSON.stringify(content));

  it('are the objects that a manifest names, below its prefix', async () => {
    const uri = await manifest('good.json', [{ prefix: 's3://bench/parts/' }, 'c.csv', 'deep/f.csv']);
    const source = { S3DataType: 'ManifestFile' as const, S3Uri: uri };
    await create(cloud, 'named', { mode: 'see' }, from('train', source, { ContentType: 'text/csv' }));
    await done('named');
    const { files, channels } = await seen(cloud, 'named');
    assert.deepEqual(files, { 'train/c.csv': 'c', 'train/deep/f.csv': 'f' });
    assert.deepEqual(channels, {
      train: {
        ContentType: 'text/csv',
        RecordWrapperType: 'None',
        S3DistributionType: 'FullyReplicated',
        TrainingInputMode: 'File',
      },
    });
  });

  const BAD: readonly [what: string, content: unknown, reason: RegExp][] = [
    ['names an object that is not there', [{ prefix: 's3://bench/parts/' }, 'z.csv'], /parts\/z\.csv: 404$/],
    ['has no prefix', ['a.csv'], /^ClientError: s3:\/\/bench\/manifests\/\S+ is no manifest/],
    ['names something that is no text', [{ prefix: 's3://bench/parts/' }, 7], /must be names of objects/],
    ['leads out of its folder', [{ prefix: 's3://bench/parts/' }, '../../x'], /leads out of its folder/],
    ['names nothing', [{ prefix: 's3://bench/parts/' }], /no S3 objects found/],
  ];
  BAD.forEach(([what, content, reason], index) => {
    it(`fail the job as a client error when the manifest ${what}`, async () => {
      const S3Uri = await manifest(`bad-${index}.json`, content);
      await create(cloud, `bad-${index}`, { mode: 'see' }, from('train', { S3DataType: 'ManifestFile', S3Uri }));
      const job = await trainingEnds(cloud, `bad-${index}`);
      assert.equal(job.TrainingJobStatus, 'Failed');
      assert.match(job.FailureReason ?? '', /^ClientError: /);
      assert.match(job.FailureReason ?? '', reason);
    });
  });

  it('are read-only files in FastFile mode, and the channel says so', async () => {
    const fast = from('train', { S3Uri: 's3://bench/parts/a' }, { InputMode: 'FastFile' });
    await create(cloud, 'fast', { mode: 'see' }, fast);
    await done('fast');
    const { files, modes, channels } = await seen(cloud, 'fast');
    assert.deepEqual(files, { 'train/a.csv': 'a' });
    assert.deepEqual(modes, { 'train/a.csv': '0o444' });
    assert.equal(channels.train?.TrainingInputMode, 'FastFile');
  });

  it('are shared out among the hosts by key, or given to each in full', async () => {
    const replicated = channel('all', 's3://bench/parts/deep');
    const shards = from('train', { S3Uri: 's3://bench/parts/', S3DataDistributionType: 'ShardedByS3Key' });
    await create(
      cloud,
      'shared',
      { mode: 'see' },
      {
        ...instances(3),
        InputDataConfig: [...shards.InputDataConfig, replicated],
      },
    );
    await done('shared');
    const hosts = await Promise.all(['algo-1', 'algo-2', 'algo-3'].map((host) => seen(cloud, 'shared', host)));
    for (const [index, each] of hosts.entries()) {
      assert.equal(each.resources.current_host, `algo-${index + 1}`);
      assert.deepEqual(each.resources.hosts, ['algo-1', 'algo-2', 'algo-3']);
      assert.equal(each.files['all/f.csv'], 'f');
    }
    const parts = hosts.map((each) => Object.keys(each.files).filter((file) => file.startsWith('train/')));
    assert.deepEqual(
      parts.map((each) => each.length),
      [2, 2, 2],
    );
    const all = ['a.csv', 'b.csv', 'c.csv', 'd.csv', 'deep/f.csv', 'e.csv'].map((file) => `train/${file}`);
    assert.deepEqual(parts.flat().sort(), all);
    // One model and one output of all hosts; of files of the same name the first host's counts.
    assert.equal((await model(cloud, 'shared'))['same.txt'], 'algo-1');
    assert.ok((await cloud.keys('out/shared/output/')).includes('out/shared/output/output.tar.gz'));
  });

  it('are all of them with one instance, also when they shall be shared out', async () => {
    const source = { S3Uri: 's3://bench/parts/', S3DataDistributionType: 'ShardedByS3Key' as const };
    await create(cloud, 'alone', { mode: 'see' }, from('train', source));
    await done('alone');
    assert.equal(Object.keys((await seen(cloud, 'alone')).files).length, 6);
  });

  it('leave the model uncompressed when the request says so', async () => {
    const output = { OutputDataConfig: { S3OutputPath: 's3://bench/out', CompressionType: 'NONE' as const } };
    await create(cloud, 'plain', { mode: 'see' }, output);
    const job = await done('plain');
    assert.equal(job.ModelArtifacts?.S3ModelArtifacts, 's3://bench/out/plain/output/model/');
    assert.deepEqual(await cloud.keys('out/plain/output/model/'), [
      'out/plain/output/model/algo-1.json',
      'out/plain/output/model/same.txt',
    ]);
  });

  it('encrypt the artifacts by the key that the request names', async () => {
    const output = { OutputDataConfig: { S3OutputPath: 's3://bench/out', KmsKeyId: 'alias/mine' } };
    await create(cloud, 'secret', { mode: 'see' }, output);
    await done('secret');
    const Key = 'out/secret/output/model.tar.gz';
    const found = await cloud.s3.send(new HeadObjectCommand({ Bucket: 'bench', Key }));
    assert.equal(found.ServerSideEncryption, 'aws:kms');
    assert.equal(found.SSEKMSKeyId, 'alias/mine');
  });

  it('are at /opt/ml itself, where the machine can give a container a view of its own', async function () {
    if (!machineHas('opt_ml')) this.skip();
    await create(cloud, 'fixed', { mode: 'see', paths: 'fixed' }, from('train', { S3Uri: 's3://bench/parts/a' }));
    await done('fixed');
    const { files, base } = await seen(cloud, 'fixed');
    assert.deepEqual(files, { 'train/a.csv': 'a' });
    assert.equal(base, '/opt/ml');
  });

  it('are all that a container without network gets', async function () {
    if (!machineHas('isolation')) this.skip();
    const port = new URL(cloud.url).port;
    await create(cloud, 'open', { mode: 'see', reach: `127.0.0.1:${port}` });
    await create(cloud, 'closed', { mode: 'see', reach: `127.0.0.1:${port}` }, { EnableNetworkIsolation: true });
    await Promise.all([done('open'), done('closed')]);
    const [open, closed] = [await seen(cloud, 'open'), await seen(cloud, 'closed')];
    assert.deepEqual([open.reached, open.credentials], ['yes', true]);
    assert.deepEqual([closed.reached, closed.credentials], ['no', false]);
  });
});
