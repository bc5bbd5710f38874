import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { checkPlan, loadPlan } from '../../src/plan/load.ts';
import { PlanError } from '../../src/plan/problems.ts';

const folder = 'plans/flight-delays';
const example = await readFile(`${folder}/plan.yaml`, 'utf8');

const refusal = (text: string): string => {
  try {
    checkPlan(text);
  } catch (error) {
    assert.ok(error instanceof PlanError, String(error));
    return error.message;
  }
  return assert.fail('the plan was taken');
};

describe('a plan', () => {
  it('is read with its features, defaults and absolute paths', async () => {
    const { plan, features, hash } = await loadPlan(folder);
    assert.equal(plan.model, 'flight-delays');
    assert.equal(plan.collect.window, 60 * 86_400_000);
    assert.equal(plan.train.instance.maxRuntime, 3_600_000);
    assert.match(plan.collect.sources.flights?.uri ?? '', /^\/.*flights-3m\.parquet$/);
    assert.match(features, /row_id/);
    assert.match(hash, /^[0-9a-f]{64}$/);
  });

  it('keeps its hash when keys are written in another order, and changes it with a value', async () => {
    const copy = await mkdtemp(join(tmpdir(), 'plan-'));
    await writeFile(join(copy, 'features.sql'), await readFile(`${folder}/features.sql`));
    const hashOf = async (text: string) => {
      await writeFile(join(copy, 'plan.yaml'), text);
      return (await loadPlan(copy)).hash;
    };
    const swapped = example.replace('{ by: date, validation: 7 days,', '{ validation: 7 days, by: date,');
    assert.notEqual(swapped, example);
    assert.equal(await hashOf(swapped), await hashOf(example));
    assert.notEqual(await hashOf(example.replace('keep: 3', 'keep: 4')), await hashOf(example));
  });

  it('takes no file by a link that leads out of its folder', async () => {
    const home = await mkdtemp(join(tmpdir(), 'plan-'));
    const copy = join(home, 'plan');
    await mkdir(copy);
    await writeFile(join(home, 'secret.sql'), 'SELECT row_id, late FROM flights -- secret');
    await writeFile(join(copy, 'plan.yaml'), example);
    await writeFile(join(copy, 'mine.sql'), await readFile(`${folder}/features.sql`));
    await symlink('mine.sql', join(copy, 'features.sql'));
    assert.equal((await loadPlan(copy)).plan.model, 'flight-delays');
    for (const [name, to] of [
      ['features.sql', '../secret.sql'],
      ['plan.yaml', join(process.cwd(), folder, 'plan.yaml')],
    ] as const) {
      await rm(join(copy, name));
      await symlink(to, join(copy, name));
      await assert.rejects(loadPlan(copy), /is a link that leads out of the folder; put the file itself there/);
    }
  });

  const wrong: [what: string, from: string, to: string, said: RegExp][] = [
    ['an unknown key', 'window: 60', 'windw: 60', /plan\.yaml:\d+: collect\.windw: .*did you mean window\?/],
    ['a wrong unit', '60 days', '60 dayz', /collect\.window: .*"60 dayz" is no duration; write/],
    ['a wrong type', 'keep: 3', 'keep: three', /deploy\.keep: found "three"; write a number/],
    ['a missing key', '  label: late\n', '', /prepare\.label: it is missing; add a text/],
    ['an unknown metric', 'auc, min: 0.65', 'aucc, min: 0.65', /gates\[0\]\.metric: found "aucc"; write one of auc/],
    ['a wrong name', 'model: flight', 'model: Flight', /model: found "Flight-delays"; use 1 to 30/],
    ['a goal that worsens', 'goal: maximize', 'goal: minimize', /goal: "minimize" makes auc worse; write "maximize"/],
    ['a bad calendar', '0 3 * * 1', '0 3 * * 9', /retrain\.schedule: found "0 3 \* \* 9"/],
    ['an unknown hyperparameter', 'num_round', 'num_rounds', /num_rounds: xgboost takes no .*did you mean num_round\?/],
    ['a hyperparameter out of range', 'max_depth: 6', 'max_depth: 6.5', /max_depth: found 6.5; write a whole number/],
    ['steps that fall', '[10, 50, 100]', '[50, 10, 100]', /rollout\.steps: found \[50, 10, 100\]; write rising/],
    [
      'instances above the most',
      'large, count: 1 }',
      'large, count: 2 }\n  scaling: { max: 1, requestsPerMinute: 60 }',
      /deploy\.scaling\.max: found 1, below the 2 of instance\.count; write at least as many/,
    ],
    ['a split without time', 'by: date', 'by: delay', /split\.by: "delay" is the time column of no source/],
    ['a split that leaves nothing', 'test: 7 days', 'test: 60 days', /split: .*fill the whole collect\.window/],
    ['two main sources', ', reference: true', '', /sources: flights and airports are both no reference/],
    ['an unknown table', 'table: airports', 'table: airport', /expect\[2\]: there is no source "airport"/],
    ['a label among the inputs', '[date,', '[late, date,', /inputs: "late" is the label; take it out/],
    ['an ignored input', '  split:', '  ignore: [date]\n  split:', /ignore\[0\]: "date" is an input; take it out/],
    ['an ignored field twice', '  split:', '  ignore: [a, a]\n  split:', /ignore\[1\]: "a" stands twice/],
    ['twins among candidates', 'algorithm: logistic-regression', 'algorithm: xgboost', /candidates\[1\]: another/],
    ['broken YAML', 'model:', 'model: ][', /plan\.yaml:2: .*; write valid YAML/],
    ['the same key twice', 'approve:', 'model: twin\napprove:', /Map keys must be unique/],
  ];
  for (const [what, from, to, said] of wrong)
    it(`is refused for ${what}, with the place and the mend`, () => {
      assert.ok(example.includes(from));
      assert.match(refusal(example.replace(from, to)), said);
    });

  const aliased: [what: string, text: string, said: RegExp][] = [
    [
      'an alias without an anchor',
      'model: *gone',
      /plan\.yaml:1: \*gone names no anchor before it; write the value itself/,
    ],
    ['an alias for a key', '? *gone\n: 1', /\*gone names no anchor/],
    ['an anchor that holds itself', 'model:\n  a: &a {b: *a}', /plan\.yaml:2: \*a stands in what it names/],
    [
      'aliases that multiply',
      'a: &a [x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b]\nd: [*c, *c]',
      /it has more than 50 aliases; write the values themselves/,
    ],
    ['too many aliases', `a: &a 1\nb: [${'*a, '.repeat(51)}]`, /it has more than 50 aliases/],
  ];
  for (const [what, text, said] of aliased) it(`is refused for ${what}`, () => assert.match(refusal(text), said));

  it('may name a value by an alias', () => {
    const named = example.replace('max_depth: 6', 'max_depth: &few 6');
    assert.deepEqual(
      checkPlan(named.replace('keep: 3', 'keep: *few')),
      checkPlan(example.replace('keep: 3', 'keep: 6')),
    );
  });

  it('names every problem at once', () => {
    const message = refusal(example.replace('window: 60', 'windw: 60').replace('keep: 3', 'keep: 0'));
    assert.equal(message.split('\n').length, 2, message);
  });

  it('is refused with its place when the folder or the features are missing', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'plan-'));
    await assert.rejects(loadPlan(empty), /plan\.yaml: there is no such file; name a folder/);
    await writeFile(join(empty, 'plan.yaml'), example);
    await assert.rejects(loadPlan(empty), /features\.sql: there is no such file/);
  });

  it('never crashes on any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.nat(example.length), (noise, at) => {
        try {
          checkPlan(example.slice(0, at) + noise + example.slice(at));
        } catch (error) {
          assert.ok(error instanceof PlanError, String((error as Error).stack));
        }
      }),
      { numRuns: 300 },
    );
  });
});
