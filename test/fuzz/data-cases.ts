/** One case of broken data: what is broken, and what it comes to. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CycleScope, Snapshot } from '../../src/activities/types.ts';
import type { Problem } from '../../src/plan/schema.ts';
import type { World } from '../data/support.ts';
import { type Damage, damage, damaged } from './byte-mutations.ts';
import { type Mutation, mutated, mutation, told } from './data-mutations.ts';
import { holds, landedAs } from './invariants.ts';
import { accountable } from './refusals.ts';
import type { Serving } from './serving.ts';
import { SHOPS, visits } from './stories.ts';
import { FORMATS, type Format, fileOf } from './table.ts';
import { through } from './through.ts';

export interface Case {
  readonly format: Format;
  readonly file: 'visits' | 'shops';
  readonly mutations: readonly Mutation[];
  readonly damage: Damage;
}

export const cases: fc.Arbitrary<Case> = fc.record({
  format: fc.constantFrom(...FORMATS),
  file: fc.oneof({ weight: 5, arbitrary: fc.constant('visits' as const) }, fc.constant('shops' as const)),
  mutations: fc.array(mutation, { minLength: 1, maxLength: 3 }),
  damage: fc.oneof({ weight: 9, arbitrary: fc.constant({ do: 'none' } as const) }, damage),
});

/** 'prepared', and all that must hold then does, or the type of a good refusal. Throws for anything else, and says of what. */
export async function endOf(world: World, serving: Serving, problem: Problem, one: Case): Promise<string> {
  try {
    return await end(world, serving, problem, one);
  } catch (error) {
    const { format, file, mutations, damage } = one;
    throw new Error(`${format} of ${file}: ${told(mutations)} ${JSON.stringify(damage)}\n${String(error)}`, {
      cause: error,
    });
  }
}

async function end(world: World, serving: Serving, problem: Problem, { format, file, mutations, damage }: Case) {
  const good = { visits: visits(problem), shops: SHOPS };
  const broken = mutations.reduce(mutated, good[file]);
  // DuckDB writes no column without a name, or with a NUL in it, into Parquet.
  const table =
    format === 'parquet'
      ? { ...broken, columns: broken.columns.map((name) => name.replaceAll('\0', '0') || ' ') }
      : broken;
  const files = {
    visits: { format, bytes: await fileOf(good.visits, format) },
    shops: { format: 'csv' as const, bytes: await fileOf(good.shops, 'csv') },
    [file]: { format, bytes: damaged(await fileOf(table, format), damage) },
  };
  const landed = async (snapshots: readonly Snapshot[], { frozen }: CycleScope) => {
    const [main] = snapshots;
    assert.ok(main && JSON.stringify(snapshots).length < 1_500_000, 'too large to travel');
    const cut = frozen.plan.collect.sources.visits?.time !== undefined;
    if (file === 'visits' && damage.do === 'none' && !cut) await landedAs(world, main, table);
  };
  try {
    const { scope, snapshots, prepared } = await through(world, problem, files, landed);
    await holds(world, { plan: scope.frozen.plan, main: snapshots[0] as Snapshot, prepared }, serving);
    return 'prepared';
  } catch (error) {
    return accountable(error);
  }
}
