/** A good dataset for each kind of problem: visits to shops, a plan that steps on all that preparation can do, its SQL. */
import { createHash } from 'node:crypto';
import type { CycleScope } from '../../src/activities/types.ts';
import type { Problem } from '../../src/plan/schema.ts';
import { planOf, scopeOf } from '../data/support.ts';
import type { Cell, Table } from './table.ts';

export const PROBLEMS = ['binary', 'multiclass', 'regression'] as const;
const ROWS = 300;
const DAY = 86_400_000;
const AS_OF = Date.UTC(2026, 0, 1);

export const SHOPS: Table = {
  columns: ['shop', 'latitude', 'kind'],
  rows: ['north', "king's", 'harbour', 'NA', 'café'].map((shop, at) => [shop, 40 + at * 2.5, at % 2 ? 'small' : 'big']),
};

export const visits = (problem: Problem, rows = ROWS): Table => ({
  columns: ['at', 'day', 'customer', 'shop', 'amount', 'items', 'member', 'note', 'weight', 'outcome'],
  rows: Array.from({ length: rows }, (_, at) => visit(problem, at, rows)),
});

/** From 0 to 1, the same for the same row. */
const draw = (at: number, of: number): number =>
  createHash('md5').update(`${at}:${of}`).digest().readUInt32LE() / 2 ** 32;

function visit(problem: Problem, at: number, rows: number): Cell[] {
  const when = new Date(AS_OF - (rows - at) * (DAY / 4));
  const amount = Math.round(draw(at, 1) * 10_000) / 100;
  const items = Math.floor(draw(at, 2) * 9);
  const shop = SHOPS.rows[Math.floor(draw(at, 3) * 5)]?.[0] ?? null;
  const score = amount / 100 + (shop === 'north' ? 0.4 : 0) + items / 20 + draw(at, 4) * 0.6;
  const outcome = {
    binary: score > 1.1,
    multiclass: score < 0.8 ? 'never' : score < 1.2 ? 'once' : 'again',
    regression: Math.round((score * 50 - 10) * 100) / 100,
  }[problem];
  return [
    ...[when.toISOString(), when.toISOString().slice(0, 10), `c${Math.floor(draw(at, 5) * 60)}`],
    ...[at % 11 === 0 ? null : shop, at % 13 === 0 ? null : amount, items, draw(at, 6) > 0.5],
    ...[at % 3 === 0 ? 'paid, in "cash"' : `note ${at}`, 1 + (at % 3), outcome],
  ];
}

const PREPARE: Readonly<Record<Problem, object>> = {
  binary: {
    ...{ weight: 'weight', encode: { shop: 'target', kind: 'one-hot' }, indicate: ['amount'], clip: [0.01, 0.99] },
    split: { by: 'at', validation: '15 days', test: '15 days' },
  },
  multiclass: {
    ...{
      encode: { shop: 'one-hot', kind: { hash: { buckets: 4 } } },
      scale: 'robust',
      deduplicate: ['at', 'customer'],
    },
    split: { by: 'hash(customer)', groups: 'customer', validation: '20%', test: '20%' },
  },
  regression: {
    ...{ encode: { shop: 'target', kind: 'frequency' }, scale: 'standard', drop: { items: { max: 7 } }, sample: 150 },
    ...{ weight: 'weight', unlabelled: 'leave-out', impute: { '*': 'mean', shop: 'mode' } },
    ...{ derive: { tables: { before: 'before.sql' }, history: '15%' } },
    split: { by: 'random', validation: '20%', test: '20%' },
  },
};

const features = (
  problem: Problem,
): string => `SELECT visits.row_id, outcome, ${problem === 'multiclass' ? '' : 'weight, '}
  amount, items, member, hour(visits.at) AS hour, isodow(day) AS weekday, length(note) AS length, latitude,
  visits.shop, shops.kind${problem === 'regression' ? ', spent' : ''}
FROM visits LEFT JOIN shops ON shops.shop = visits.shop
${problem === 'regression' ? 'LEFT JOIN before ON before.shop = visits.shop' : ''}`;

/** A cycle over files at these places. */
export function scopeFor(problem: Problem, uris: { readonly visits: string; readonly shops: string }): CycleScope {
  const plan = planOf({
    problem,
    collect: {
      sources: {
        visits: { uri: uris.visits, ...(problem !== 'regression' && { time: 'at' }) },
        shops: { uri: uris.shops, reference: true },
      },
      expect: [
        { rows: { min: 10 } },
        { column: 'amount', min: -1e300, max: 1e300, missing: 0.9, outside: 0.2 },
        { column: 'shop', in: { table: 'shops', column: 'shop' }, outside: 0.5 },
        { table: 'shops', column: 'shop', unique: true },
      ],
    },
    prepare: {
      ...{ label: 'outcome', inputs: ['at', 'day', 'shop', 'amount', 'items', 'member?', 'note?'] },
      ...PREPARE[problem],
    },
    evaluate: { slices: ['shop', 'member'] },
  });
  const scope = scopeOf(plan, features(problem), new Date(AS_OF).toISOString());
  const files = { 'before.sql': 'SELECT shop, avg(amount) AS spent FROM visits WHERE shop IS NOT NULL GROUP BY shop' };
  return { ...scope, frozen: { ...scope.frozen, files } };
}
