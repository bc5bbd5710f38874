import assert from 'node:assert/strict';
import type { Problem } from '../../src/plan/schema.ts';
import { newWorld, refuses, type World } from '../data/support.ts';
import { damaged } from './byte-mutations.ts';
import { type Mutation, mutated } from './data-mutations.ts';
import { holds, landedAs } from './invariants.ts';
import { accountable } from './refusals.ts';
import { type Serving, startServing } from './serving.ts';
import { SHOPS, visits } from './stories.ts';
import { type Cell, type Format, fileOf, type Table } from './table.ts';
import { forget, type Through, through } from './through.ts';

const COLUMN = { at: 0, customer: 2, shop: 3, amount: 4, member: 6, note: 7, weight: 8, outcome: 9 } as const;

/** A column's cells, by the row's number and what stood there. */
const put = (table: Table, column: keyof typeof COLUMN, cellOf: (at: number, was: Cell) => Cell): Table => ({
  columns: table.columns,
  rows: table.rows.map((row, at) => row.map((cell, place) => (place === COLUMN[column] ? cellOf(at, cell) : cell))),
});

describe('data broken by name', function () {
  this.timeout(120_000);
  let world: World;
  let serving: Serving;
  before(async () => {
    world = await newWorld();
    serving = startServing();
  });
  afterEach(() => forget(world));
  after(async () => {
    serving.stop();
    await world.remove();
  });

  const give = async (problem: Problem, table: Table, format: Format = 'csv', bytes?: Buffer): Promise<Through> =>
    through(
      world,
      problem,
      {
        visits: { format, bytes: bytes ?? (await fileOf(table, format)) },
        shops: { format: 'csv', bytes: await fileOf(SHOPS, 'csv') },
      },
      async ([main]) => {
        if (main && problem !== 'binary') await landedAs(world, main, table);
      },
    );
  const prepares = async (...given: Parameters<typeof give>) => {
    const { scope, snapshots, prepared } = await give(...given);
    const [main] = snapshots;
    assert.ok(main);
    await holds(world, { plan: scope.frozen.plan, main, prepared }, serving);
    return prepared;
  };
  const wide = (table: Table, columns: number): Table => mutated(table, { do: 'widen', columns, cell: 'x' });

  it('10,000 columns are refused at once, hundreds are none too many @long', async () => {
    const many = wide(visits('regression', 20), 9990);
    for (const format of ['csv', 'jsonl'] as const)
      await assert.rejects(
        give('regression', many, format),
        refuses(
          'SourceUnusable',
          'collect.sources.visits',
          'it has 10,000 columns; at most 2,000 columns are possible: leave some out',
        ),
      );
    const some = await prepares('regression', wide(visits('regression'), 400), 'parquet');
    assert.deepEqual(some.features, (await prepares('regression', visits('regression'))).features);
  });

  it('two columns of one name are refused in every format, also when they differ by case only', async () => {
    const again: readonly (readonly [Mutation, RegExp])[] = [
      [
        { do: 'double', column: COLUMN.amount, other: COLUMN.weight },
        /two columns are called "amount"; rename one|in line 1: .* has duplicate key "amount"; mend the file there/,
      ],
      [{ do: 'upper', column: COLUMN.amount }, /two columns are called "amount" \(once as "amount"\); rename one/i],
    ];
    for (const format of ['csv', 'jsonl', 'parquet'] as const)
      for (const [how, words] of again)
        await assert.rejects(
          give('binary', mutated(visits('binary'), how), format),
          refuses('SourceUnusable', 'collect.sources.visits', words),
        );
  });

  it('one class only, in all rows or in one part, is refused by the part @long', async () => {
    const one = (from: number, to: number) =>
      put(visits('binary'), 'outcome', (at, was) => (at >= from && at < to ? true : was));
    for (const [table, words] of [
      [one(0, 300), /is 1 in every row of train \(181 rows\); both values are needed: widen the window/],
      [one(0, 181), /is 1 in every row of train \(181 rows\)/],
      [one(181, 241), /is 1 in every row of validation \(60 rows\)/],
      [one(241, 300), /is 1 in every row of test \(59 rows\)/],
    ] as const)
      await assert.rejects(give('binary', table), refuses('DataUnusable', 'the label "outcome"', words));
    const never = put(visits('multiclass'), 'outcome', () => 'never');
    await assert.rejects(give('multiclass', never), refuses('DataUnusable', 'is never in every row', 'widen'));
    const endless = put(visits('multiclass'), 'outcome', (at, was) => (at < 90 ? `${'class '.repeat(32)}${at}` : was));
    await assert.rejects(
      give('multiclass', endless),
      (error) => accountable(error) === 'DataUnusable' && refuses('DataUnusable', 'has no row of class', 'more')(error),
    );
    const same = put(visits('regression'), 'outcome', () => 7);
    await assert.rejects(give('regression', same), refuses('DataUnusable', 'is 7 in every row of train', 'must vary'));
  });

  it('groups that leave a part empty are refused; a slice without rows is none', async () => {
    for (const cell of ['all', null])
      await assert.rejects(
        give(
          'multiclass',
          put(visits('multiclass'), 'customer', () => cell),
          'jsonl',
        ),
        refuses('DataUnusable', 'prepare.split (by hash(customer)) leaves nothing for', 'change it'),
      );
    const nobody = put(visits('multiclass'), 'member', (at) => (at === 0 ? true : null));
    await prepares('multiclass', nobody);
  });

  it('encodings other than UTF-8 are refused; a byte order mark is none of the data', async () => {
    const table = put(visits('multiclass'), 'shop', () => 'café');
    for (const format of ['csv', 'jsonl'] as const) {
      const file = await fileOf(table, format);
      for (const how of ['utf-16', 'utf-16 of the other end', 'utf-16 without a mark', 'latin-1'] as const)
        await assert.rejects(
          give('multiclass', table, format, damaged(file, { do: how })),
          refuses('SourceUnusable', 'collect.sources.visits', /UTF-8|unicode/i, /write it again|mend the file/),
          `${how} ${format}`,
        );
      for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80]])
        await assert.rejects(
          give('multiclass', table, format, damaged(file, { do: 'bytes', at: 0.51, bytes, over: false })),
          refuses('SourceUnusable', 'collect.sources.visits', /UTF-8|unicode/i, /write it again|mend the file/),
        );
      await prepares('multiclass', table, format, damaged(file, { do: 'mark' }));
    }
    const marked = put(visits('multiclass'), 'shop', (at) => (at % 2 ? '\ufeffnorth' : 'north'));
    const { features } = await prepares('multiclass', marked, 'jsonl');
    assert.ok(
      features.filter((name) => /^shop_.*north/.test(name)).length === 2,
      'text that begins with a mark is its own category',
    );
  });

  it('huge values become finite features, or are refused by the column @long', async () => {
    const ends = put(visits('regression'), 'amount', (at) => (at % 2 ? 1e308 : -1e308));
    for (const format of ['csv', 'jsonl', 'parquet'] as const)
      await assert.rejects(give('regression', ends, format), refuses('ExpectationsBroken', 'amount', '100 % outside'));
    const rare = put(visits('regression'), 'amount', (at, was) => (at % 10 ? was : 1.7e308));
    for (const format of ['csv', 'jsonl', 'parquet'] as const) await prepares('regression', rare, format);
    const digits = put(visits('regression'), 'amount', (at, was) => (at === 9 ? { raw: `1${'0'.repeat(400)}` } : was));
    await assert.rejects(give('regression', digits), refuses('ExpectationsBroken', 'the column is VARCHAR'));
    const long = put(visits('multiclass'), 'note', (at, was) => (at === 5 ? 'word '.repeat(250_000) : was));
    for (const format of ['csv', 'jsonl', 'parquet'] as const) await prepares('multiclass', long, format);
    const far = put(visits('regression'), 'at', (at, was) => (at % 2 ? was : '9999-12-31T23:59:59.000Z'));
    await prepares('regression', far);
    const early = put(visits('regression'), 'at', (at, was) => (at % 2 ? was : '0001-01-01T00:00:00.000Z'));
    await prepares('regression', early);
  });
});
