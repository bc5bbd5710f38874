import assert from 'node:assert/strict';
import type { Deps } from '../../src/activities/deps.ts';
import { removeActivities } from '../../src/activities/remove.ts';
import { sweepActivities } from '../../src/activities/sweep.ts';
import { trainActivities } from '../../src/activities/train.ts';
import type { LivingModel, SweepLook } from '../../src/activities/types.ts';
import { ensureConfig } from '../../src/aws/endpoint-configs.ts';
import { moveEndpoint } from '../../src/aws/endpoints.ts';
import { append, NO_PREVIOUS } from '../../src/aws/ledger.ts';
import { ensureModel } from '../../src/aws/models.ts';
import { listOwned, OWNED_KINDS } from '../../src/aws/owned.ts';
import { ensurePackage } from '../../src/aws/registry.ts';
import { cycleTags, modelTags, type Tags } from '../../src/aws/tags.ts';
import { keys } from '../../src/names.ts';
import { laptopDeps, run } from '../support/activities.ts';
import { prepareRides, ridesPlan, ridesScope } from '../support/rides.ts';
import { putEcho, settle } from '../support/settled.ts';
import { until } from '../support/until.ts';

const [model, ended] = ['swept', 'swept-ended'];
const LATER = new Date(Date.now() + 7_200_000).toISOString();

describe('sweeping', function () {
  this.timeout(180_000);
  let deps: Deps;
  let sweep: ReturnType<typeof sweepActivities>;
  let artifact: string;
  const living: LivingModel = { model, kept: ['1'], busy: false, backtest: false };
  const look = (more: Partial<SweepLook> = {}): SweepLook => ({
    living: [living],
    now: LATER,
    olderThan: 30 * 86_400_000,
    ...more,
  });
  const found = async (more?: Partial<SweepLook>) => {
    const looked = await run(sweep.findOrphans, look(more));
    const ours = looked.found.filter((one) => one.model === model || one.model === ended);
    return { ...looked, names: ours.map(({ kind, name }) => `${kind} ${name}`), ours };
  };
  const makeModel = (name: string, tags: Tags) =>
    ensureModel(
      deps.aws.sagemaker,
      { name, artifact, roleArn: deps.config.jobRoleArn, image: deps.config.image, environment: {} },
      tags,
    );
  const makeConfig = (name: string, modelName: string, tags: Tags) =>
    ensureConfig(
      deps.aws.sagemaker,
      {
        name,
        variants: [{ name: 'v2', modelName, weight: 100, count: 1 }],
        shadows: [],
        instanceType: 'ml.m5.large',
        capture: { share: 0, uri: deps.store.uri('capture') },
      },
      tags,
    );

  before(async () => {
    deps = await laptopDeps();
    sweep = sweepActivities(deps);
    await settle(deps, model);
    artifact = await putEcho(deps, model);
    await makeModel(`${model}-2-model`, cycleTags(model, 2));
    await makeConfig(`${model}-2-full`, `${model}-2-model`, modelTags(model));
    await makeConfig(`${model}-1-10`, `${model}-1-model`, modelTags(model));
    await makeModel(`${model}-untagged`, {});
    await makeModel(`${ended}-1-model`, cycleTags(ended, 1));
    await makeConfig(`${ended}-1-full`, `${ended}-1-model`, modelTags(ended));
  });
  // An endpoint that is still being made takes no deletion yet.
  after(() =>
    until('the end of what was planted', () =>
      run(removeActivities(deps).removeModel, { model, endpoint: model }).then(
        () => true,
        () => false,
      ),
    ),
  );

  it('finds what a cycle left, and neither what serves nor what carries no tag', async () => {
    const { names, ours } = await found();
    assert.deepEqual(names.sort(), [
      `endpoint config ${model}-1-10`,
      `endpoint config ${model}-2-full`,
      `model ${model}-2-model`,
    ]);
    assert.match(ours.find(({ kind }) => kind === 'model')?.why ?? '', /no version of its cycle 2 is kept/);
  });

  it('finds nothing that may still be wanted: younger than an hour, or while a cycle runs', async () => {
    assert.deepEqual((await found({ now: new Date().toISOString() })).names, []);
    assert.deepEqual((await found({ living: [{ ...living, busy: true, running: '2' }] })).names, []);
  });

  it('finds a job that runs for a cycle that is over', async () => {
    // So many rounds that it runs until it is stopped.
    const candidates = [{ algorithm: 'xgboost', hyperparameters: { num_round: 10_000 } }];
    const { instance, objective } = ridesPlan(model).train;
    const scope = ridesScope(ridesPlan(model, { train: { objective, instance, candidates } }), 7);
    const prepared = await prepareRides(deps.store, scope, 200);
    const job = `${model}-7-train`;
    await run(trainActivities(deps).submitTraining, { ...scope, job, candidate: 0, prepared });
    const running = { ...living, busy: true };
    assert.deepEqual((await found({ living: [{ ...running, running: '7' }] })).names, []);
    const orphans = await found({ living: [{ ...running, running: '8' }] });
    assert.deepEqual(orphans.names, [`training job ${job}`]);
    const input = { ...look({ living: [{ ...running, running: '8' }] }), found: orphans.ours };
    assert.deepEqual(await run(sweep.deleteOrphans, input), { deleted: [`training job ${job}`] });
  });

  it('finds what cycles without a version wrote when it is old enough, but what tells of them', async () => {
    const { store } = deps;
    const object = (cycle: number, file: string) =>
      store.putText(keys.cycle(model, cycle, ...file.split('/')), 'content');
    for (const cycle of [3, 4, 5]) await object(cycle, 'train/a/model.tar.gz');
    await object(3, 'evaluate/evaluation.json');
    const spec = {
      model,
      cycle: 4,
      description: 'Four',
      approval: 'tests',
      image: deps.config.image,
      artifact,
      environment: {},
    };
    const instances = { instance: 'ml.m5.large', transformInstance: 'ml.m5.large' };
    const evaluation = { uri: store.uri('evaluation.json'), sha256: 'e'.repeat(64) };
    await ensurePackage(deps.aws.sagemaker, { ...spec, ...instances, evaluation, facts: {} });

    const kept = { ...living, kept: ['1', '2', '5', '7'] };
    const only = (olderThan: number, more = kept) => found({ living: [more], olderThan });
    const folders = async (looked: ReturnType<typeof only>) =>
      (await looked).ours.filter(({ kind }) => kind === 'artifacts');
    assert.deepEqual(await folders(only(30 * 86_400_000)), []);
    assert.deepEqual(await folders(only(1, { ...kept, busy: true })), []);
    const old = await folders(only(1));
    assert.deepEqual(
      old.map(({ name, bytes }) => ({ name, bytes })),
      [{ name: keys.cycle(model, 3, ''), bytes: 'content'.length }],
    );
    const input = { ...look({ living: [kept], olderThan: 1 }), found: old };
    assert.deepEqual(await run(sweep.deleteOrphans, input), { deleted: [`artifacts ${keys.cycle(model, 3, '')}`] });
    const left = (await store.list(`${keys.model(model)}/cycles/`)).map(({ key }) => key);
    assert.ok(!left.includes(keys.cycle(model, 3, 'train', 'a', 'model.tar.gz')));
    for (const [cycle, ...rest] of [
      [3, 'evaluate', 'evaluation.json'],
      [4, 'train', 'a', 'model.tar.gz'],
      [5, 'train', 'a', 'model.tar.gz'],
    ] as const)
      assert.ok(left.includes(keys.cycle(model, cycle, ...rest)), left.join());
  });

  it('leaves a model alone that neither lives nor was retired, unless it is named', async () => {
    const { names, unknown } = await found();
    assert.ok(unknown.includes(ended));
    assert.ok(!names.some((name) => name.includes(ended)));
    const named = await found({ living: [], only: model });
    assert.deepEqual(named.gone, [model]);
    const { names: lone } = await found({ only: ended });
    assert.deepEqual(lone.sort(), [`endpoint config ${ended}-1-full`, `model ${ended}-1-model`]);
  });

  it('takes all of a model that its ledger says was retired, and not when a plan was applied since', async () => {
    const at = new Date().toISOString();
    const write = (seq: number, event: string, previous: string) =>
      append(deps.store, ended, { seq, previous, at, event, by: 'tests', facts: {} });
    const first = await write(1, 'plan applied', NO_PREVIOUS);
    assert.ok((await found()).unknown.includes(ended));
    const second = await write(2, 'retired', first);
    const { names, gone } = await found();
    assert.ok(gone.includes(ended));
    assert.ok(names.includes(`model ${ended}-1-model`));
    await write(3, 'plan applied', second);
    assert.ok((await found()).unknown.includes(ended));
  });

  it('deletes what was found and is found once more, and nothing else', async () => {
    const { ours } = await found();
    // Meanwhile somebody returned to this version: its config is needed now.
    const { aws } = deps;
    await moveEndpoint(aws.sagemaker, `${model}-too`, `${model}-2-full`, modelTags(model));
    const { deleted } = await run(sweep.deleteOrphans, { ...look(), found: ours });
    assert.deepEqual(deleted, [`endpoint config ${model}-1-10`]);
    const there = (await Promise.all(OWNED_KINDS.map((kind) => listOwned(aws, kind)))).flat();
    for (const name of [
      `${model}-1-full`,
      `${model}-1-model`,
      `${model}-2-full`,
      `${model}-2-model`,
      `${model}-untagged`,
    ])
      assert.ok(
        there.some((one) => one.name === name),
        name,
      );
  });
});
