/** Data, broken at random: what stands in cells, names, rows. A mutation is plain data, so that a failed case can be read and told again. */
import fc from 'fast-check';
import { type Cell, isRaw, type Table } from './table.ts';

/** Which rows are struck: every `step`-th from `first` on, of the first to last `part` of them. */
interface Where {
  readonly step: number;
  readonly first: number;
  readonly part: 'all' | 'early' | 'late';
}

export type Mutation =
  | { readonly do: 'cells'; readonly column: number; readonly where: Where; readonly cell: Cell }
  | { readonly do: 'long'; readonly column: number; readonly where: Where; readonly characters: number }
  | { readonly do: 'swap' | 'double'; readonly column: number; readonly other: number }
  | { readonly do: 'rename' | 'add'; readonly column: number; readonly name: string }
  | { readonly do: 'widen'; readonly columns: number; readonly cell: Cell }
  | { readonly do: 'count'; readonly column: number; readonly by: number }
  | { readonly do: 'drop' | 'upper' | 'constant' | 'reverse'; readonly column: number }
  | { readonly do: 'rows'; readonly rows: number }
  | { readonly do: 'same' | 'shuffle' | 'turn' };

const DIGITS = { raw: `1${'0'.repeat(400)}` };
export const ODD_CELLS: readonly Cell[] = [
  ...[null, '', ' ', 'x', 'NA', 'null', 'NaN', 'nan', 'inf', '-Infinity', '007', '1,5', '1e5', '0x1F', 'true', '💥'],
  ...[0, -0, 1, -1, 7.5, 1e308, -1e308, 5e-324, 1e15, 2 ** 53, -(2 ** 63), 1e19, Number.NaN, Number.POSITIVE_INFINITY],
  ...[true, false, DIGITS, { raw: '9223372036854775807' }, { raw: '9223372036854775808' }, { raw: '1e999' }],
  ...[
    '2025-02-30',
    '2025-13-45T99:00:00Z',
    '9999-12-31T23:59:59Z',
    '0001-01-01',
    '2025-06-01',
    '01/02/2025',
    'infinity',
  ],
  ...['2025-06-01T00:00:00+14:00', '2025-06-01 10:00:00', '294247-01-10T04:00:54Z', '1970-01-01T00:00:00.123456789Z'],
  ...['a\0b', 'line\nbreak', '"quoted"', "it's", '=1+1', '\ufeff', '\u2028', 'a\tb', 'a\r\nb', { raw: '{"k":[1,2]}' }],
  ...[{ raw: '[]' }, { raw: '{}' }, { raw: '[1,"a",null]' }],
];
const ODD_NAMES = [
  ...['', ' ', 'a"b', "a'b", 'a\nb', 'a,b', 'a.b', 'select', 'é', '💥', 'x'.repeat(5000), 'row_id', 'ROW_ID', 'c0'],
  ...[
    'row_weight',
    'outcome',
    'part',
    'held',
    'y',
    'was',
    'a\0b',
    'hour',
    'kind',
    'latitude',
    '__proto__',
    'a;b',
    '﻿at',
  ],
];
const COLUMN = fc.nat(9);

const where: fc.Arbitrary<Where> = fc.record({
  step: fc.constantFrom(1, 2, 7, 100, 1000),
  first: fc.nat(6),
  part: fc.constantFrom('all', 'early', 'late'),
});
const cell = fc.constantFrom(...ODD_CELLS);

/** One change of a table. */
export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('cells'), column: COLUMN, where, cell }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cells'), column: COLUMN, where, cell: fc.constant(null) }) },
  fc.record({
    ...{ do: fc.constant('long'), column: COLUMN, where },
    characters: fc.constantFrom(300, 70_000, 1_100_000),
  }),
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('swap', 'double'), column: COLUMN, other: COLUMN }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('rename', 'add'),
      column: COLUMN,
      name: fc.oneof(fc.constantFrom(...ODD_NAMES), fc.string({ unit: 'grapheme', maxLength: 8 })),
    }),
  },
  fc.record({ do: fc.constant('widen'), columns: fc.constantFrom(1, 20, 300), cell }),
  { weight: 2, arbitrary: fc.record({ do: fc.constant('count'), column: COLUMN, by: fc.constantFrom(1, 2, 3, 150) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('drop', 'upper', 'constant', 'reverse'), column: COLUMN }) },
  fc.record({ do: fc.constant('rows'), rows: fc.constantFrom(0, 1, 2, 5, 20, 60) }),
  fc.record({ do: fc.constantFrom('same', 'shuffle', 'turn') }),
) as fc.Arbitrary<Mutation>;

export function mutated(table: Table, how: Mutation): Table {
  const { columns, rows } = table;
  const at = 'column' in how ? how.column % Math.max(1, columns.length) : 0;
  const struck = (index: number, { step, first, part }: Where): boolean =>
    (index - first) % step === 0 &&
    (part === 'all' || (part === 'late' ? index >= rows.length * 0.8 : index < rows.length * 0.6));
  const cells = (change: (cell: Cell, index: number, row: readonly Cell[]) => Cell): Table => ({
    columns,
    rows: rows.map((row, index) => row.map((cell, column) => (column === at ? change(cell, index, row) : cell))),
  });
  switch (how.do) {
    case 'cells':
      return cells((cell, index) => (struck(index, how.where) ? how.cell : cell));
    case 'long': {
      const long = 'long '.repeat(how.characters / 5);
      return cells((cell, index) => (struck(index, how.where) && index < 150 ? long : cell));
    }
    case 'swap':
      return cells((cell, _, row) => row[how.other % columns.length] ?? cell);
    case 'double':
      return withColumn(table, columns[at] ?? 'none', (row) => row[how.other % columns.length] ?? null);
    case 'rename':
      return { columns: columns.map((name, column) => (column === at ? how.name : name)), rows };
    case 'add':
      return withColumn(table, how.name, (row) => row[at] ?? null);
    case 'upper':
      return withColumn(table, (columns[at] ?? 'none').toUpperCase(), (row) => row[at] ?? null);
    case 'widen': {
      const more = Array.from({ length: how.columns }, (_, index) => `more_${index}`);
      return { columns: [...columns, ...more], rows: rows.map((row) => [...row, ...more.map(() => how.cell)]) };
    }
    case 'count':
      return cells((_, index) => index % how.by);
    case 'constant':
      return cells(() => rows[0]?.[at] ?? null);
    case 'drop':
      return {
        columns: columns.filter((_, column) => column !== at),
        rows: rows.map((row) => row.filter((_, column) => column !== at)),
      };
    case 'reverse':
      return cells((_, index) => rows[rows.length - 1 - index]?.[at] ?? null);
    case 'rows':
      return { columns, rows: rows.slice(0, how.rows) };
    case 'same':
      return { columns, rows: rows.map(() => rows[0] ?? []) };
    case 'shuffle':
      return { columns, rows: rows.map((_, index) => rows[(index * 7 + 3) % rows.length] ?? []) };
    case 'turn':
      return { columns: [...columns].reverse(), rows: rows.map((row) => [...row].reverse()) };
  }
}

const withColumn = ({ columns, rows }: Table, name: string, cellOf: (row: readonly Cell[]) => Cell): Table => ({
  columns: [...columns, name],
  rows: rows.map((row) => [...row, cellOf(row)]),
});

/** For the message of a failed case. */
export const told = (all: readonly Mutation[]): string =>
  JSON.stringify(all, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value)
      ? String(value)
      : isRaw(value as Cell) && String((value as { raw?: string }).raw).length > 60
        ? { raw: 'of 400 digits' }
        : value,
  );
