import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  described,
  fixture,
  fixtureChannels,
  ourScript,
  remove,
  startTraining,
  train,
  until,
  workFolder,
} from './support.ts';

const MOST_MS = 100_000;
const ROUNDS = 200;

describe('checkpoints of xgboost', function () {
  this.timeout(240_000);
  let folder: string;
  let data: string;
  before(async () => {
    ({ folder } = await workFolder());
    data = fixture(folder, 'multiclass');
  });
  after(() => remove(folder));

  const parameters = {
    algorithm: 'xgboost',
    num_round: ROUNDS,
    max_depth: 3,
    eta: 0.01,
    subsample: 0.6,
    colsample_bytree: 0.5,
    checkpoint_dir: '/opt/ml/checkpoints',
  };
  const files = (base: string) => readdir(join(base, 'checkpoints')).catch((): string[] => []);

  it('let a killed job go on to the very model of a job that was left alone', async () => {
    const whole = await train(folder, fixtureChannels(data), ourScript(parameters));
    assert.equal(whole.code, 0, whole.log);

    const killed = await startTraining(folder, fixtureChannels(data), ourScript(parameters));
    await until(async () => (await files(killed.base)).some((name) => name.startsWith('round-')), MOST_MS, killed.log);
    killed.child.kill('SIGTERM');
    assert.notEqual(await killed.ended, 0, 'it was over before it was killed');
    assert.doesNotMatch(killed.log(), /\[final\]/);

    const resumed = await train(folder, fixtureChannels(data), ourScript(parameters), join(killed.base, 'checkpoints'));
    assert.equal(resumed.code, 0, resumed.log);
    const after = Number(resumed.log.match(/going on after round (\d+) of 200/)?.[1]);
    assert.ok(after >= 10, resumed.log);
    assert.equal(resumed.log.match(/^\[(\d+)\] validation-/m)?.[1], String(after), 'it did rounds twice');
    const bytes = (model: string) => readFile(join(model, 'xgboost-model'));
    assert.ok((await bytes(resumed.model)).equals(await bytes(whole.model)), 'the models differ');
    assert.equal((await described(resumed.model)).sha256, (await described(whole.model)).sha256);
  });

  it('are left aside when they are damaged or of another job @long', async () => {
    const few = { ...parameters, num_round: 25 };
    const first = await train(folder, fixtureChannels(data), ourScript(few));
    assert.equal(first.code, 0, first.log);
    const kept = join(first.model, '../checkpoints');
    assert.deepEqual((await files(join(kept, '..'))).sort(), ['round-000010.json', 'round-000020.json']);

    const other = await train(folder, fixtureChannels(data), ourScript({ ...few, eta: 0.2 }), kept);
    assert.equal(other.code, 0, other.log);
    assert.match(other.log, /checkpoint round-000020\.json is left aside: it is of other data or settings/);
    assert.match(other.log, /^\[0\] validation-/m);

    await writeFile(
      join(kept, 'round-000020.json'),
      (await readFile(join(kept, 'round-000020.json'))).subarray(0, 900),
    );
    const again = await train(folder, fixtureChannels(data), ourScript(few), kept);
    assert.match(again.log, /checkpoint round-000020\.json is left aside/);
    assert.match(again.log, /going on after round 10 of 25/);
    assert.equal((await described(again.model)).sha256, (await described(first.model)).sha256);
  });
});
