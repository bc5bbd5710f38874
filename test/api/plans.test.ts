import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { FrozenPlan } from '../../src/activities/types.ts';
import { loadPlan } from '../../src/plan/load.ts';
import { aModel, play, problemOf } from './support.ts';

const FOLDER = 'plans/flight-delays';
const yaml = async () => {
  const text = await readFile(`${FOLDER}/plan.yaml`, 'utf8');
  return text.replaceAll(/uri: \.\.\/[^ ,}]*\/([^/ ,}]+)/g, 'uri: s3://bucket/$1');
};
const features = () => readFile(`${FOLDER}/features.sql`, 'utf8');

describe('a plan that is sent to the API', () => {
  const of = '/v1/models/flight-delays/plan';
  const applied: { frozen: FrozenPlan; by: string; reason?: string }[] = [];
  const verbs = {
    applyPlan: async (_: unknown, asked: (typeof applied)[number]) => {
      applied.push(asked);
      return aModel('flight-delays');
    },
    status: async () => aModel('flight-delays'),
  };
  const files = async (more: Readonly<Record<string, string>> = {}) => ({
    files: { 'plan.yaml': await yaml(), 'features.sql': await features(), ...more },
  });

  it('is read as its folder would be, and leaves nothing behind', async () => {
    const { ask } = await play({ verbs });
    const before = await leftovers();
    const body = { ...(await files()), reason: 'first' };
    const { status, text } = await ask('PUT', of, { as: 'oleg', body });
    assert.equal(status, 200, text);
    const [{ frozen, by, reason } = assert.fail('nothing was applied')] = applied;
    assert.deepEqual([by, reason], ['oleg', 'first']);
    assert.equal(frozen.features, await features());
    assert.equal(frozen.plan.model, 'flight-delays');
    assert.equal(frozen.plan.collect.sources.airports?.uri, 's3://bucket/airports.csv');
    const again = await ask('POST', `${of}/validate`, { as: 'vera', body: await files() });
    assert.deepEqual(again.body, { model: 'flight-delays', hash: frozen.hash, valid: true });
    assert.notEqual(frozen.hash, (await loadPlan(FOLDER)).hash);
    assert.deepEqual(await leftovers(), before);
  });

  it('is refused with every place that is wrong', async () => {
    const { ask } = await play({ verbs });
    const before = await leftovers();
    const wrong = (await yaml()).replace('goal: maximize', 'goal: maximise').replace('window: 60 days', 'window: soon');
    const body = await files({ 'plan.yaml': wrong });
    const { problems = [] } = problemOf(await ask('POST', `${of}/validate`, { as: 'vera', body }), 422);
    assert.deepEqual(problems.map(({ path }) => path).sort(), ['collect.window', 'train.objective.goal']);
    const noFeatures = { files: { 'plan.yaml': await yaml() } };
    const [missing] =
      problemOf(await ask('POST', `${of}/validate`, { as: 'vera', body: noFeatures }), 422).problems ?? [];
    assert.equal(missing?.file, 'flight-delays/features.sql');
    assert.deepEqual(await leftovers(), before);
  });

  it('may not be of another model, nor lead to files beside it that the API has not', async () => {
    const { ask } = await play({ verbs });
    const other = await ask('PUT', '/v1/models/other/plan', { as: 'oleg', body: await files() });
    assert.equal(problemOf(other, 422).problems?.[0]?.path, 'model');
    const beside = await files({ 'plan.yaml': await readFile(`${FOLDER}/plan.yaml`, 'utf8') });
    const { problems } = problemOf(await ask('PUT', of, { as: 'oleg', body: beside }), 422);
    assert.deepEqual(
      problems?.map(({ path }) => path),
      ['collect.sources.flights.uri', 'collect.sources.airports.uri'],
    );
  });

  it('has files of plain names below its folder only, few and small', async () => {
    const { ask } = await play({ verbs });
    const names = [
      '../plan.sql',
      '/etc/x',
      'a/../../x',
      'a\\b',
      '.hidden',
      'a//b',
      'a/b/c/d/e/f',
      'x'.repeat(101),
      'nul\0',
      '',
    ];
    for (const name of names) problemOf(await ask('PUT', of, { as: 'oleg', body: await files({ [name]: 'x' }) }), 400);
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`f${n}.sql`, 'x']));
    problemOf(await ask('PUT', of, { as: 'oleg', body: await files({ 'a/b.py': 'x', a: 'x' }) }), 422);
    for (const more of [many, { 'big.sql': 'x'.repeat(300_000) }])
      problemOf(await ask('PUT', of, { as: 'oleg', body: await files(more) }), 400);
    problemOf(await ask('PUT', of, { as: 'oleg', body: { files: { 'features.sql': 'SELECT 1' } } }), 400);
  });
});

const leftovers = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('perennial-plan-'));
