import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { checkPlan } from '../../src/plan/load.ts';
import { PlanError } from '../../src/plan/problems.ts';
import { long } from '../support/long.ts';
import { mutation, pathsOf, spoilt } from './mutations.ts';
import { fuzzing } from './runs.ts';

const PLANS = ['flight-delays', 'seattle-weather', 'cars'];

/** A plan, or every problem with a place and a mend; nothing else. */
function accountable(text: string): void {
  try {
    assert.ok(checkPlan(text).model);
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    assert.ok(error.problems.length > 0);
    for (const { file, path, line, found, mend } of error.problems) {
      assert.ok(file && found && mend, JSON.stringify(error.problems));
      assert.ok(path !== '' || line !== undefined || /YAML|mapping/.test(mend), JSON.stringify(error.problems));
    }
    assert.ok(error.message.length < 20_000, `a message of ${error.message.length} characters`);
  }
}

describe('plans broken at random', function () {
  this.timeout(600_000);
  for (const name of PLANS) {
    const text = readFileSync(`plans/${name}/plan.yaml`, 'utf8');
    const plan: unknown = parse(text);
    const paths = pathsOf(plan);

    it(`are a plan or a place and a mend, from ${name}'s values${long(name !== PLANS[0])}`, () => {
      const mutations = fc.array(mutation(paths), { minLength: 1, maxLength: 3 });
      fc.assert(
        fc.property(mutations, (all) =>
          accountable(stringify(all.reduce((value, mutate) => mutate(value), plan) ?? null)),
        ),
        fuzzing(300),
      );
    });

    it(`are a plan or a place and a mend, from ${name}'s text${long(name !== PLANS[0])}`, () => {
      fc.assert(fc.property(spoilt(text), accountable), fuzzing(200));
    });
  }
});
