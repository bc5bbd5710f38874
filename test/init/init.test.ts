import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InitOutcome } from '../../src/init/index.ts';
import { loadPlan } from '../../src/plan/load.ts';
import { perennialHere } from '../support/cli.ts';
import { readPrinted } from '../support/printed.ts';

const VEGA = 'node_modules/vega-datasets/data';
/** The same numbers each time, in [0, 1). */
const noise = (i: number): number => Math.abs(Math.sin(i * 12.9898) * 43758.5453) % 1;
const rows = (n: number, row: (i: number) => string): string => Array.from({ length: n }, (_, i) => row(i)).join('\n');

describe('init', function () {
  this.timeout(120_000);
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'perennial-init-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const nowhere = () => ({ PERENNIAL_HOME: join(home, 'none') });
  const init = (...words: string[]) => perennialHere(['init', join(home, 'plan'), ...words], nowhere());
  const file = async (text: string, name = 'rows.csv') => {
    await writeFile(join(home, name), text);
    return join(home, name);
  };
  /** The outcome, and the plan that it left. */
  async function made(...words: string[]) {
    const ran = await init(...words, '--json');
    assert.equal(ran.exitCode, 0, ran.stderr);
    const outcome = readPrinted<InitOutcome>('init', ran);
    const { plan, features } = await loadPlan(join(home, 'plan'));
    return { outcome, plan, features, out: new Map(outcome.leftOut.map(({ column, why }) => [column, why])) };
  }

  it('makes a plan of several classes, in which columns with names that no plan can hold are copied', async () => {
    const { outcome, plan, features } = await made('--data', `${VEGA}/penguins.json`, '--label', 'Species');
    assert.equal(plan.problem, 'multiclass');
    assert.deepEqual(
      Object.values(plan.collect.sources).map(({ uri }) => uri),
      [join(home, 'plan', 'data.parquet')],
    );
    assert.ok(outcome.inputs.includes('beak_length_mm'));
    assert.ok(plan.prepare.inputs.includes('Sex?'), 'what is missing somewhere may be left out of a request');
    assert.match(features, /penguins\.beak_length_mm +AS beak_length_mm/);
  });

  it('makes a plan of a number; where it is missing, rows are left out; names of few rows are no features', async () => {
    const { plan, out, outcome } = await made('--data', `${VEGA}/cars.json`, '--label', 'Miles_per_Gallon');
    assert.equal(plan.problem, 'regression');
    assert.equal(plan.prepare.unlabelled, 'leave-out');
    assert.match(out.get('Name') ?? '', /too few rows each/);
    assert.equal(outcome.split, 'at random');
  });

  it('splits by time where a column tells it, and says where to look back from when the rows ended long ago', async () => {
    const { stdout } = await init('--data', `${VEGA}/seattle-weather.csv`, '--label', 'weather', '--name', 'rain');
    const { plan } = await loadPlan(join(home, 'plan'));
    assert.deepEqual([plan.model, plan.prepare.split.by], ['rain', 'date']);
    assert.match(stdout, /perennial run rain --as-of 2015-12-31 --wait$/m);
  });

  it('leaves out what tells the label by itself, what numbers or names rows, what never changes', async () => {
    const text = rows(600, (i) => {
      const yes = noise(i) + noise(i + 5000) / 2 > 0.75;
      return `${i},u${i},same,${noise(i)},${yes ? 'granted' : 'denied'},${yes ? 'yes' : 'no'}`;
    });
    const data = await file(`n,user,constant,size,decision,bought\n${text}\n`);
    const { out, outcome, features } = await made('--data', data, '--label', 'bought');
    assert.deepEqual(outcome.features, ['size']);
    assert.match(out.get('n') ?? '', /numbers the rows/);
    assert.match(out.get('user') ?? '', /another in nearly every row/);
    assert.match(out.get('constant') ?? '', /same value/);
    assert.match(out.get('decision') ?? '', /alone it tells the label/);
    assert.match(features, /rows\."?bought"? = 'yes' +AS bought/);
    assert.match(features, /-- {3}decision: alone it tells the label/);
  });

  it('takes a frame as pandas writes it, numbered in a column without a name, and with a time that is called as no plan can', async () => {
    const day = (i: number) => new Date(Date.UTC(2020, 0, 1 + (i % 90))).toISOString().slice(0, 10);
    const line = (i: number) => `${i * 2},${day(i)},${noise(i)},${noise(i) + noise(i + 9) > 1 ? 1 : 0}`;
    const { plan, outcome, out } = await made(
      '--data',
      await file(`,random,size,y\n${rows(600, line)}\n`),
      '--label',
      'y',
    );
    assert.match(out.get('column_1') ?? '', /an id/, 'numbers with gaps, as of a frame that was filtered');
    assert.equal(plan.prepare.split.by, 'random_given');
    assert.deepEqual(outcome.features, ['random_given_weekday', 'size']);
  });

  it('keeps rows together that belong together', async () => {
    const data = await file(
      `patient_id,a,y\n${rows(600, (i) => `p${Math.floor(i / 6)},${noise(i)},${noise(i) + noise(i + 9) > 1 ? 1 : 0}`)}\n`,
    );
    const { plan } = await made('--data', data, '--label', 'y');
    assert.equal(plan.prepare.split.by, 'hash(patient_id)');
  });

  it('reads numbers that are text here and there, blanks as missing, and words that SQL keeps to itself', async () => {
    const data = await file(
      `select,order,y\n${rows(300, (i) => `${i % 7 ? noise(i) : 'NA'},${'xyz'[i % 3]},${i % 10 ? (noise(i) + noise(i + 9) > 1 ? 1 : 0) : ' '}`)}\n`,
    );
    const { plan, features } = await made('--data', data, '--label', 'y');
    assert.equal(plan.problem, 'binary');
    assert.equal(plan.prepare.unlabelled, 'leave-out');
    assert.match(features, /TRY_CAST\(rows\."select" AS DOUBLE\)/);
    assert.match(features, /rows\."order" +AS "order"/);
  });

  it('says which columns could be the label when none is named', async () => {
    const { stderr, exitCode } = await init('--data', `${VEGA}/penguins.json`);
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      /--label is missing; say what is to be predicted: it may be Species \(multiclass\), .*"Body Mass \(g\)" \(regression\)/,
    );
  });

  it('writes over nothing unless told to', async () => {
    const data = await file(`a,y\n${rows(200, (i) => `${noise(i)},${noise(i) + noise(i + 9) > 1 ? 1 : 0}`)}\n`);
    await made('--data', data, '--label', 'y');
    const path = join(home, 'plan', 'plan.yaml');
    await writeFile(path, 'mine');
    const { stderr, exitCode } = await init('--data', data, '--label', 'y');
    assert.equal(exitCode, 2);
    assert.match(stderr, /plan\.yaml is there already; name another folder, or add --force/);
    assert.equal(await readFile(path, 'utf8'), 'mine');
    await made('--data', data, '--label', 'y', '--force');
    assert.match(await readFile(path, 'utf8'), /^model: plan$/m);
  });

  const few = rows(100, (i) => `${i},${i % 2}`);
  for (const [what, text, label, line] of [
    ['an empty file', '', 'y', /is empty; give it a line of column names, and rows/],
    ['a header alone', 'a,y\n', 'y', /it has no rows; put them there/],
    [
      'two columns of one name',
      `a,a,y\n${rows(9, (i) => `${i},${i},1`)}`,
      'y',
      /two columns are called "a"; rename one/,
    ],
    [
      'too many columns',
      `${rows(2100, (i) => `c${i}`).replaceAll('\n', ',')}\n`,
      'c1',
      /it has 2,100 columns; at most 2,000/,
    ],
    [
      'a label with one value',
      `a,y\n${rows(100, (i) => `${i},1`)}`,
      'y',
      /the label "y" has the same value in every row; /,
    ],
    [
      'a label of few rows',
      `a,y\n${rows(100, (i) => `${i},${i < 20 ? i % 2 : ''}`)}`,
      'y',
      /only 20 of 100 rows have a value of "y"; give at least 50/,
    ],
    [
      'no other column',
      `y\n${rows(100, (i) => `${i % 2}`)}`,
      'y',
      /no column can be a feature: .*; give rows with columns/,
    ],
    ['a label that is not there', `a,Price\n${few}`, 'price', /no column "price"; did you mean --label Price\?/],
    ['a page instead of rows', '<!doctype html>', 'y', /it is a page of HTML or XML, not csv; /],
  ] as const)
    it(`refuses ${what} in a line with a mend, and writes nothing`, async () => {
      const { stderr, stdout, exitCode } = await init('--data', await file(text), '--label', label);
      assert.equal(exitCode, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr.split('\n').at(-1) ?? '', line);
      assert.equal(await stat(join(home, 'plan')).catch(() => undefined), undefined);
    });

  it('refuses text of another encoding, a file that is not there, and a time that is none', async () => {
    await writeFile(join(home, 'latin.csv'), Buffer.from(`gr\u00f6\u00dfe,y\n${few}\n`, 'latin1'));
    const data = await file(`a,y\n${few}`);
    for (const [words, line] of [
      [['--data', join(home, 'latin.csv'), '--label', 'y'], /cannot be read as UTF-8 text .*; write it again as UTF-8/],
      [['--data', join(home, 'none.csv'), '--label', 'y'], /none\.csv: there is no such file; name a file of rows/],
      [['--data', data, '--label', 'y', '--time', 'a'], /--time "a" holds no instants but BIGINT; leave --time out/],
      [['--label', 'y'], /--data is missing; name the file of rows/],
      [['--data', data, '--label', 'y', '--name', 'Big One'], /--name is "Big One"; .* as big-one/],
    ] as const) {
      const { stderr, exitCode } = await init(...words);
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr.split('\n').at(-1) ?? '', line);
    }
  });
});
