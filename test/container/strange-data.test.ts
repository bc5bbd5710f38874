import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Prepared } from '../../src/activities/types.ts';
import { withDuckDB } from '../../src/data/duckdb.ts';
import { text } from '../../src/data/sql.ts';
import { METRICS_OF } from '../../src/plan/metrics.ts';
import type { Problem } from '../../src/plan/schema.ts';
import { pathOf } from '../data/serving.ts';
import { newWorld, type World } from '../data/support.ts';
import { SHOPS, visits } from '../fuzz/stories.ts';
import { fileOf } from '../fuzz/table.ts';
import { through } from '../fuzz/through.ts';
import { long } from '../support/long.ts';
import { type Channels, described, ourScript, remove, train } from './support.ts';

const SMALL = { num_round: 20, max_depth: 3 };
const ALGORITHMS: Readonly<Record<Problem, readonly Record<string, unknown>[]>> = {
  binary: [
    { algorithm: 'xgboost', ...SMALL },
    { algorithm: 'gradient-boosting' },
    { algorithm: 'logistic-regression' },
  ],
  multiclass: [{ algorithm: 'xgboost', ...SMALL }, { algorithm: 'logistic-regression' }],
  regression: [{ algorithm: 'xgboost', ...SMALL }, { algorithm: 'linear-regression' }],
};

describe('train.py on what was prepared of few or strange rows', function () {
  this.timeout(120_000);
  const worlds = {} as Record<Problem, World>;
  let folder: string;
  const prepared = {} as Record<Problem, Prepared>;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'container-'));
    const shops = { format: 'csv', bytes: await fileOf(SHOPS, 'csv') } as const;
    for (const problem of ['binary', 'multiclass', 'regression'] as const) {
      // The parts by time take 120 rows of the last days.
      const world = await newWorld();
      worlds[problem] = world;
      const table = visits(problem, problem === 'binary' ? 270 : 150);
      const found = await through(world, problem, {
        visits: { format: 'csv', bytes: await fileOf(table, 'csv') },
        shops,
      });
      prepared[problem] = found.prepared;
    }
  });
  after(async () => {
    await remove(folder);
    for (const world of Object.values(worlds)) await world.remove();
  });

  let made = 0;
  /** The channels of prepared data, of which `change` makes other rows (a query over `rows`). */
  async function channelsOf(
    problem: Problem,
    change: Partial<Record<'train' | 'validation', string>> = {},
  ): Promise<Channels> {
    const base = join(folder, `channels-${++made}`);
    const world = worlds[problem];
    const channels: Record<string, { folder: string }> = {};
    for (const name of ['train', 'validation', 'transform'] as const) {
      await mkdir(join(base, name), { recursive: true });
      channels[name] = { folder: join(base, name) };
      const from = pathOf(world, prepared[problem][name]);
      const to = join(base, name, name === 'transform' ? 'transform.tar.gz' : `${name}.parquet`);
      const query = name === 'transform' ? undefined : (change[name] ?? 'FROM rows');
      if (query === undefined) await world.store.getFile(prepared[problem][name], to);
      else
        await withDuckDB(
          async (duck) => {
            await duck.run(`CREATE VIEW rows AS FROM read_parquet(${text(from)})`);
            await duck.writeParquet(query, duck.path('rows.parquet'));
            await rename(duck.path('rows.parquet'), to);
          },
          { reads: [from] },
        );
    }
    return channels;
  }

  /** A model whose every measure is a number, or a reason. */
  async function accountable(
    channels: Channels,
    problem: Problem,
    parameters: Record<string, unknown>,
  ): Promise<string> {
    const job = await train(folder, channels, ourScript({ ...parameters, label: 'outcome' }));
    await rm(join(job.model, '..', 'input'), { recursive: true });
    if (job.code !== 0) {
      const said = /^TrainingFailure: (.+[;:,] .+)$/m.exec(job.log)?.[1];
      assert.ok(said, job.log);
      return said;
    }
    const { validation } = (await described(job.model)) as { validation: Record<string, number> };
    assert.deepEqual(Object.keys(validation), METRICS_OF[problem]);
    assert.ok(Object.values(validation).every(Number.isFinite), JSON.stringify(validation));
    const least = { binary: ['auc', 0.7], multiclass: ['auc', 0.7], regression: ['r2', 0.3] } as const;
    const [metric, value] = least[problem];
    assert.ok(Number(validation[metric]) > value, `it learnt nothing: ${JSON.stringify(validation)}`);
    return '';
  }

  for (const problem of ['binary', 'multiclass', 'regression'] as const) {
    it(`learns from 150 rows: ${problem}${long(problem !== 'binary')}`, async () => {
      for (const parameters of ALGORITHMS[problem])
        assert.equal(
          await accountable(await channelsOf(problem), problem, parameters),
          '',
          String(parameters.algorithm),
        );
    });

    it(`learns beside a feature without a value: ${problem} @long`, async () => {
      const none = 'SELECT * REPLACE (CAST(NULL AS DOUBLE) AS latitude) FROM rows';
      const some = problem === 'binary' ? ALGORITHMS.binary : [{ algorithm: 'gradient-boosting', max_iter: 40 }];
      for (const parameters of some)
        assert.equal(
          await accountable(await channelsOf(problem, { train: none, validation: none }), problem, parameters),
          '',
          String(parameters.algorithm),
        );
    });

    it(`says why it cannot learn: ${problem} @long`, async () => {
      const [parameters] = ALGORITHMS[problem];
      assert.ok(parameters);
      const one = 'SELECT * REPLACE (1.0 AS outcome) FROM rows';
      for (const part of ['train', 'validation'] as const) {
        const said = await accountable(await channelsOf(problem, { [part]: one }), problem, parameters);
        assert.match(said, new RegExp(`channel ${part}, label outcome: (is .+ in all \\d+ rows|no row is)`));
        const huge = "SELECT * REPLACE (CAST('inf' AS DOUBLE) AS amount) FROM rows";
        assert.match(
          await accountable(await channelsOf(problem, { [part]: huge }), problem, parameters),
          new RegExp(`channel ${part}, feature amount: is infinite`),
        );
      }
    });
  }
});
