import assert from 'node:assert/strict';
import type { ApplicationFailure } from '@temporalio/common';
import { collectActivities } from '../../src/activities/collect.ts';
import type { ExpectationResult } from '../../src/activities/types.ts';
import { ANYWHERE, newWorld, planOf, quiet, refuses, run, scopeOf, type World } from './support.ts';

describe('expectations', () => {
  let world: World;
  let sources: Record<string, unknown>;
  before(async () => {
    world = await newWorld();
    sources = {
      rows: { uri: await world.file('rows.csv', 'a,town,code\n1,x,1\n2,y,2\n3,z,2\n,,9\n') },
      towns: { uri: await world.file('towns.csv', 'town\nx\ny\n'), reference: true },
    };
  });
  after(() => world.remove());

  const check = async (...expect: object[]): Promise<ExpectationResult[]> => {
    const scope = scopeOf(planOf({ collect: { sources, expect }, prepare: { label: 'y', inputs: ['a'] } }));
    const { checkExpectations } = collectActivities({ config: ANYWHERE, store: world.store, log: quiet });
    return run(checkExpectations, { ...scope, snapshots: await world.collectAll(scope) });
  };

  it('hold and say what was found', async () => {
    const results = await check(
      { rows: { min: 4, max: 4 } },
      { column: 'a', min: 1, max: 3, missing: 0.25 },
      { column: 'a', unique: true },
      { column: 'town', in: ['x', 'y', 'z'] },
      { column: 'code', in: [1, 2, 9] },
      { column: 'town', in: { table: 'towns', column: 'town' }, outside: 0.25 },
      { column: 'a', max: 2, outside: 0.25 },
      { table: 'towns', column: 'town', missing: 0, unique: true },
      { column: 'code' },
    );
    assert.ok(
      results.every(({ held }) => held),
      JSON.stringify(results),
    );
    assert.deepEqual(
      results.map(({ found }) => found),
      [
        '4 rows',
        '25 % missing, 1 to 3',
        'no value twice',
        'every value is among them',
        'every value is among them',
        '25 % are others: "z"',
        '1 to 3, 25 % outside',
        '0 % missing, no value twice',
        'the column is there',
      ],
    );
  });

  it('that are broken are all named, with what was found, and the results travel along', async () => {
    const broken: [object, string][] = [
      [{ rows: { min: 5 } }, '4 rows'],
      [{ column: 'a', missing: 0.2 }, '25 % missing'],
      [{ column: 'a', min: 2, missing: 1 }, '1 to 3, 25 % outside'],
      [{ column: 'code', unique: true }, '"2" is there 2 times'],
      [{ column: 'town', in: ['x'] }, '50 % are others: "y", "z"'],
      [{ column: 'town', min: 1 }, 'the column is VARCHAR, and min and max are of numbers'],
      [{ column: 'city', missing: 0 }, 'rows has no column "city"; there are row_id, a, town, code'],
      [{ table: 'cities', column: 'a' }, 'there is no source "cities"; there are rows, towns'],
      [{ column: 'town', in: { table: 'towns', column: 'name' } }, 'towns has no column "name"; there are town'],
    ];
    const words = broken.map(([, found]) => found);
    await assert.rejects(check({ column: 'a' }, ...broken.map(([expectation]) => expectation)), (error) => {
      refuses('ExpectationsBroken', '9 of 10 expectations broken', ...words)(error);
      const [results] = (error as ApplicationFailure).details as [ExpectationResult[]];
      assert.deepEqual(
        results.map(({ held }) => held),
        [true, ...broken.map(() => false)],
      );
      return true;
    });
  });
});
