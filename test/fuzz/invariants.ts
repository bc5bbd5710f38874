/** What holds of data that were prepared: nothing lost untold, nothing in a cell that is no number, served as it was trained. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { ObjectRef, Prepared, Snapshot } from '../../src/activities/types.ts';
import { type Duck, withDuckDB } from '../../src/data/duckdb.ts';
import { identifier, list, marked, text, unmarked } from '../../src/data/sql.ts';
import type { Plan } from '../../src/plan/schema.ts';
import { pathOf, preparedFeatures, unpackTransform } from '../data/serving.ts';
import type { World } from '../data/support.ts';
import type { Serving } from './serving.ts';
import { isRaw, shownIn, type Table } from './table.ts';

/** Temporal carries 2 MiB at most. */
const MOST_CARRIED = 1_500_000;
const PARTS = ['train', 'validation', 'test'] as const;

export async function holds(
  world: World,
  { plan, main, prepared }: { readonly plan: Plan; readonly main: Snapshot; readonly prepared: Prepared },
  serving: Serving,
): Promise<void> {
  assert.ok(JSON.stringify(prepared).length < MOST_CARRIED, 'too large to travel');
  const { rows, leftOut, labels, features, target } = prepared;
  const outliers = Object.values(leftOut.outliers).reduce((sum, n) => sum + n, 0);
  const left = leftOut.duplicates + leftOut.unlabelled + leftOut.history + outliers;
  const unsampled = main.rows - left - rows.validation - rows.test - rows.train;
  if (plan.prepare.sample === undefined || rows.train < plan.prepare.sample)
    assert.equal(unsampled, 0, 'rows in are rows out and left out');
  else assert.ok(unsampled >= 0 && rows.train === plan.prepare.sample, `${unsampled} rows are lost`);
  const files = PARTS.map((part) => pathOf(world, prepared[part]));
  await withDuckDB(
    async (duck) => {
      for (const [at, part] of PARTS.entries()) await partHolds(duck, files[at] ?? '', part, prepared, plan);
    },
    { reads: files },
  );
  if (target.problem === 'multiclass') assert.ok((target.classes?.length ?? 0) > 2);
  for (const part of PARTS) assert.ok('shares' in labels[part] === (target.problem !== 'regression'));
  const requests = pathOf(world, prepared.testInputs);
  assert.equal((await readFile(requests, 'utf8')).split('\n').length - 1, rows.test);
  const served = await serving.features(await unpackTransform(world, prepared), requests);
  assert.deepEqual(served, await preparedFeatures(world, prepared.test, features), 'served as trained');
}

async function partHolds(duck: Duck, path: string, part: (typeof PARTS)[number], prepared: Prepared, plan: Plan) {
  const { features, rows, labels, target } = prepared;
  const { label, weight } = plan.prepare;
  const from = `FROM read_parquet(${text(path)})`;
  const cells = features.map((name) => `(${identifier(name)} IS NULL OR isfinite(${identifier(name)}))`);
  const weighed = weight !== undefined && part !== 'test' ? 'isfinite(row_weight) AND row_weight >= 0' : 'true';
  const types = await duck.columns(`SELECT * ${from}`);
  assert.ok(
    types.every(({ name, type }) => type === (name === 'row_id' ? 'BIGINT' : 'DOUBLE')),
    JSON.stringify(types),
  );
  const found = await duck.one<{ n: number; good: boolean; labelled: boolean; weighed: boolean; ids: number }>(
    `SELECT count(*)::DOUBLE AS n, count(DISTINCT row_id)::DOUBLE AS ids, bool_and(${cells.join(' AND ')}) AS good,
       bool_and(coalesce(isfinite(${identifier(label)}), false)) AS labelled, bool_and(coalesce(${weighed}, false)) AS weighed ${from}`,
  );
  assert.deepEqual(found, { n: rows[part], ids: rows[part], good: true, labelled: true, weighed: true }, part);
  assert.ok(found.n > 0, `no row in ${part}`);
  const said = labels[part];
  if (!('shares' in said)) return;
  const counts = await duck.rows<{ class: number; share: number }>(
    `SELECT ${identifier(label)} AS class, count(*) / ${rows[part]} AS share ${from} GROUP BY 1`,
  );
  const shares = (target.classes ?? ['0', '1']).map((_, at) => counts.find((one) => one.class === at)?.share ?? 0);
  assert.deepEqual(said.shares, shares, `${part}: classes as told`);
}

/** Every cell of the snapshot is that of the file; `null` where the file's cell is missing, or what no request could carry. */
export async function landedAs(world: World, { data, columns, rows }: Snapshot, table: Table): Promise<void> {
  assert.equal(rows, table.rows.length, 'every row of the file landed');
  const names = columns.filter(({ name }) => name !== 'row_id').map(({ name }) => name);
  assert.deepEqual(names, table.columns, 'every column of the file landed');
  if (names.length > 60) return;
  const path = pathOf(world, data as ObjectRef);
  await withDuckDB(
    async (duck) => {
      const cells = columns.slice(1).map(({ name, type }, at) => {
        const column = identifier(name);
        const time = `strftime(${column}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%gZ')`;
        return `${marked(type === 'TIMESTAMP' || type === 'DATE' ? time : `${column}::VARCHAR`)} AS v${at}`;
      });
      const found = await duck.rows<Record<string, string | null>>(
        `SELECT ${list(cells)} FROM read_parquet(${text(path)}) ORDER BY row_id`,
      );
      for (const [index, row] of table.rows.entries())
        for (const [at, cell] of row.entries()) {
          const { name, type } = columns[at + 1] ?? { name: '', type: '' };
          const read = found[index]?.[`v${at}`];
          const value = typeof read === 'string' ? unmarked(read) : null;
          assert.ok(
            same(value, shownIn(cell), type),
            `row ${index}, ${name} (${type}): ${JSON.stringify(cell)} landed as ${value?.slice(0, 80)}`,
          );
          assert.ok(
            value !== null || type !== 'VARCHAR' || cell === null || cell === '' || isRaw(cell),
            `row ${index}, ${name}: text is lost`,
          );
        }
    },
    { reads: [path] },
  );
}

function same(value: string | null, cell: string, type: string): boolean {
  if (type === 'TIMESTAMP' || type === 'DATE') {
    if (value === null) return cell === '' || /inf/i.test(cell);
    const zoned =
      /([zZ]|[+-]\d\d(:?\d\d)?)$/.test(cell.slice(10)) || cell.length === 10 ? cell : `${cell.replace(' ', 'T')}Z`;
    return Math.abs(Date.parse(value) - Date.parse(zoned)) <= 1;
  }
  if (type === 'BIGINT')
    return value === null ? cell === '' : /^[+-]?\d+$/.test(cell) && BigInt(value) === BigInt(cell);
  if (type === 'DOUBLE')
    return value === null
      ? cell === '' || !Number.isFinite(Number(cell.replace(/inf$/i, 'Infinity')))
      : Number(value) === Number(cell);
  if (type === 'BOOLEAN') return value === null ? cell === '' : value === cell.toLowerCase();
  return value === null || value === cell || isJson(value, cell);
}

/** JSON within a cell lands as its text, numbers in their own words. */
function isJson(value: string, cell: string): boolean {
  try {
    return JSON.stringify(JSON.parse(value)) === JSON.stringify(JSON.parse(cell));
  } catch {
    return false;
  }
}
