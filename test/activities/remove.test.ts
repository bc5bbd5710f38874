import assert from 'node:assert/strict';
import { CreateRestApiCommand } from '@aws-sdk/client-api-gateway';
import type { Deps } from '../../src/activities/deps.ts';
import { removeActivities } from '../../src/activities/remove.ts';
import { listOwned, OWNED_KINDS, type Owned } from '../../src/aws/owned.ts';
import { keys } from '../../src/names.ts';
import { laptopDeps, run, watch } from '../support/activities.ts';
import { settle } from '../support/settled.ts';

const model = 'leaving';
const other = 'leaving-not';

describe('removing a model', function () {
  this.timeout(180_000);
  let deps: Deps;
  let remove: ReturnType<typeof removeActivities>;
  const owned = async (name: string): Promise<Owned[]> => {
    const all = await Promise.all(OWNED_KINDS.map((kind) => listOwned(deps.aws, kind)));
    return all.flat().filter((one) => one.model === name);
  };
  const kinds = async (name: string) => [...new Set((await owned(name)).map(({ kind }) => kind))].sort();

  before(async () => {
    deps = await laptopDeps();
    remove = removeActivities(deps);
    await settle(deps, model);
    await settle(deps, other);
  });
  after(() => run(remove.removeModel, { model: other, endpoint: other }));

  it('finds all that it has', async () => {
    assert.deepEqual(await kinds(model), [...OWNED_KINDS].sort());
  });

  it('takes what carries its tag and nothing else; data, ledger and topic stay', async () => {
    const strange = await deps.aws.apiGateway.send(new CreateRestApiCommand({ name: `perennial-${model}` }));
    const before = await owned(other);
    const { removed } = await run(remove.removeModel, { model, endpoint: model });
    for (const thing of [
      `usage plan perennial-${model}`,
      `API key perennial-${model}`,
      `REST API perennial-${model}`,
      `function perennial-${model}`,
      `scaling target endpoint/${model}/variant/v1`,
      `endpoint ${model}`,
      `endpoint config ${model}-1-full`,
      `model ${model}-1-model`,
      `alarm perennial/${model}/silence`,
      `dashboard perennial-${model}`,
    ])
      assert.ok(removed.includes(thing), `${thing} is not among ${removed.join(', ')}`);
    await watch(remove.watchGone, { endpoint: model });
    assert.deepEqual(await kinds(model), ['topic']);
    assert.deepEqual(await owned(other), before);
    assert.ok((await listOwned(deps.aws, 'REST API')).some(({ id }) => id === strange.id));
    assert.equal((await deps.store.list(`${keys.model(model)}/`)).length, 1);
  });

  it('finds nothing more to do when it is asked again', async () => {
    assert.deepEqual(await run(remove.removeModel, { model, endpoint: model }), { removed: [] });
    await run(remove.watchGone, { endpoint: model });
  });

  it('waits while the endpoint is there', async () => {
    await assert.rejects(run(remove.watchGone, { endpoint: other }), {
      type: 'NotYet',
      message: /endpoint leaving-not is /,
    });
  });
});
