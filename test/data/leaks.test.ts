import assert from 'node:assert/strict';
import { prepareActivities } from '../../src/activities/prepare.ts';
import { newWorld, type Part, planOf, quiet, refuses, run, scopeOf, type World } from './support.ts';

type Row = Readonly<Record<string, unknown>>;
const SPECIES = ['setosa', 'versicolor', 'virginica'];

/** A number in [0, 1) that has nothing to do with its neighbours. */
const noise = (at: number, salt: number): number => Math.abs((Math.sin(at * 12.9898 + salt * 78.233) * 43758.5453) % 1);

describe('features that know too much', function () {
  this.timeout(120_000);
  let world: World;
  before(async () => {
    world = await newWorld();
  });
  after(() => world.remove());

  async function prepare(rows: readonly Row[], { problem, prepare: more }: Partial<Part>, time?: string) {
    const uri = await world.file('rows.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
    const inputs = Object.keys(rows[0] ?? {}).filter((name) => name !== 'y' && name !== time);
    const plan = planOf({
      problem,
      collect: { sources: { rows: { uri, ...(time && { time }) } } },
      prepare: { label: 'y', inputs, ...more },
    });
    const features = inputs.filter((name) => name !== 'closed');
    const scope = scopeOf(plan, `SELECT row_id, y, ${features.join(', ')} FROM rows`);
    const snapshots = await world.collectAll(scope);
    return run(prepareActivities({ store: world.store, log: quiet }).prepareData, { ...scope, snapshots });
  }
  const rowsOf = (n: number, row: (at: number) => Row) => Array.from({ length: n }, (_, at) => row(at));

  const settled = rowsOf(1000, (at) => ({
    y: noise(at, 1) < 0.3,
    a: noise(at, 2),
    settled: noise(at, 3) < 0.995 ? (noise(at, 1) < 0.3 ? 12 : 0) : 5,
  }));

  it('are refused by name when one tells a binary label, unless the plan allows it', async () => {
    await assert.rejects(
      prepare(settled, {}),
      refuses('DataUnusable', 'features.sql', '"settled" (AUC 0.99', 'prepare.leaks.allow'),
    );
    const { features, warnings } = await prepare(settled, { prepare: { leaks: { allow: ['settled'] } } });
    assert.deepEqual([features, warnings], [['a', 'settled'], []]);
  });

  it('are refused when text tells every class, or a number the value in whatever shape', async () => {
    const coded = rowsOf(900, (at) => ({ y: SPECIES[at % 3], a: noise(at, 2), code: 'xyz'[at % 3] }));
    await assert.rejects(
      prepare(coded, { problem: 'multiclass', prepare: { encode: { code: 'one-hot' } } }),
      refuses('DataUnusable', '"code" (AUC 1.000)'),
    );
    const priced = rowsOf(900, (at) => ({ y: noise(at, 1) * 9, a: noise(at, 2), taxed: Math.exp(noise(at, 1) * 9) }));
    await assert.rejects(
      prepare(priced, { problem: 'regression' }),
      refuses('DataUnusable', '"taxed" (R² 1.000)', 'prepare.leaks.allow'),
    );
  });

  it('are a warning when they tell one class of several, as honest features do', async () => {
    const flowers = rowsOf(900, (at) => ({
      y: SPECIES[at % 3],
      petal: ([1.4, 4.3, 4.8][at % 3] as number) + noise(at, 4),
      sepal: noise(at, 5),
    }));
    const { warnings } = await prepare(flowers, { problem: 'multiclass' });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /^petal alone tells the class setosa .* \(AUC 1\.000\): .* prepare\.leaks\.allow$/);
  });

  it('are a warning on few rows, and refused there when a value is always of one class', async () => {
    const few = (wrong: number) =>
      rowsOf(150, (at) => ({ y: at % 2 === 0, copy: (at % 2 === 0) !== (at % 50 === wrong) ? 1 : 0, a: noise(at, 2) }));
    const split = { by: 'random', validation: '30%', test: '30%' };
    await assert.rejects(prepare(few(-1), { prepare: { split } }), refuses('DataUnusable', '"copy" (AUC 1.000)'));
    const { warnings } = await prepare(few(7), { prepare: { split, leaks: { alone: 0.9 } } });
    assert.match(warnings.join(), /^copy alone tells the label of the \d+ rows/);
  });

  it('are refused when an input is an instant after its row', async () => {
    const from = Date.UTC(2025, 0, 1);
    const day = (days: number) => new Date(from + days * 86_400_000).toISOString();
    const rows = rowsOf(300, (at) => ({
      at: day(at),
      closed: day(at + (at % 3)),
      y: noise(at, 1) < 0.4,
      a: noise(at, 2),
    }));
    await assert.rejects(
      prepare(rows, {}, 'at'),
      refuses('DataUnusable', "prepare.inputs: closed lies after the row's own time (at) in 200 of 300 rows", 'allow'),
    );
    assert.ok(await prepare(rows, { prepare: { leaks: { allow: ['closed'] } } }, 'at'));
  });

  it('are what groups on both sides of the split make of others', async () => {
    const rows = rowsOf(600, (at) => ({ y: noise(at, 1) < 0.4, a: noise(at, 2), patient: `p${at % 60}` }));
    const encode = { patient: 'target' };
    const by = (by: string) => ({ by, validation: '20%', test: '20%', groups: 'patient' });
    await assert.rejects(
      prepare(rows, { prepare: { encode, split: by('random') } }),
      refuses('DataUnusable', 'prepare.split', 'patient', 'hash(patient)'),
    );
    assert.ok(await prepare(rows, { prepare: { encode, split: by('hash(patient)') } }));
  });
});
