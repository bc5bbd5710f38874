import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Archive, openArchive } from '../../src/operations/archive.ts';
import { explain } from '../../src/operations/explain.ts';

import {
  applyPlan,
  connect,
  look,
  type Operator,
  requestCycle,
  status,
  waitForCycle,
} from '../../src/operations/index.ts';
import { predict } from '../../src/operations/predict.ts';
import { loadPlan } from '../../src/plan/load.ts';
import { bundleFile } from '../support/bundle.ts';
import { perennialHere } from '../support/cli.ts';
import { type LaptopCloud, laptopCloud } from '../support/cloud.ts';
import { startWorker, type WorkerProcess } from '../support/worker.ts';

const INSTANCES = {
  'seattle-weather': { date: '2015-07-01', precipitation: 0, temp_max: 30, temp_min: 17, wind: 3 },
  cars: {
    ...{ Name: 'ford pinto', Cylinders: 4, Displacement: 140, Horsepower: null, Weight_in_lbs: 2500 },
    ...{ Acceleration: 16, Year: '1976-01-01', Origin: 'USA' },
  },
};

describe('a multiclass and a regression model from end to end', function () {
  this.timeout(420_000);
  let cloud: LaptopCloud;
  let operator: Operator;
  let archive: Archive;
  let worker: WorkerProcess;

  before(async () => {
    [cloud] = await Promise.all([laptopCloud(), bundleFile()]);
    worker = startWorker(cloud.env);
    operator = await connect({ taskQueue: cloud.config.taskQueue });
    archive = openArchive(cloud.config);
  });
  after(async () => {
    await worker?.stop();
    await operator?.close();
    archive?.close();
  });

  /** Puts the plan in force and lives a cycle; gives what it deployed. */
  async function deployed(model: string, folder: string) {
    await applyPlan(operator, { frozen: await loadPlan(folder), by: 'tests' });
    await requestCycle(operator, { model, trigger: 'person', by: 'tests', asOf: '2016-01-01T00:00:00Z' });
    for await (const news of waitForCycle(operator, { model, cycle: 1, every: 250 }))
      if (news.kind === 'ended')
        assert.equal(news.outcome.outcome, 'deployed', `${news.outcome.reason} ${news.outcome.failure ?? ''}`);
    const seen = await look(operator, model, 1);
    for (const { candidate, state, reason } of seen?.progress.candidates ?? [])
      assert.equal(state, 'done', `${candidate}: ${reason}`);
    const { champion } = await status(operator, { model });
    assert.ok(champion);
    return champion;
  }

  async function live(model: keyof typeof INSTANCES) {
    const champion = await deployed(model, `plans/${model}`);
    const { predictions } = await predict(cloud.config, {
      model,
      body: JSON.stringify({ instances: [INSTANCES[model]] }),
    });
    const [prediction] = predictions;
    assert.ok(prediction);
    const told = await explain(archive, { model, instance: INSTANCES[model] });
    return { champion, prediction, sums: told.outputs?.map(({ sum }) => sum) ?? [], told };
  }

  it('tells five kinds of day, by probabilities that sum to one @long', async () => {
    const { champion, prediction, sums, told } = await live('seattle-weather');
    assert.ok((champion.metrics.accuracy?.value ?? 0) > 0.7, JSON.stringify(champion.metrics));
    assert.ok('probabilities' in prediction && prediction.label === 'sun', JSON.stringify(prediction));
    assert.deepEqual(Object.keys(prediction.probabilities), ['drizzle', 'fog', 'rain', 'snow', 'sun']);
    const sum = Object.values(prediction.probabilities).reduce((total, p) => total + p, 0);
    assert.ok(Math.abs(sum - 1) < 1e-6, String(sum));
    // A customer's own model may win, and tells nothing of what its features do.
    assert.equal(told.outputs === undefined, champion.algorithm === 'script');
    const all = sums.reduce((total, one) => total + Math.exp(one), 0);
    for (const [at, output] of (told.outputs ?? []).entries()) {
      const p = prediction.probabilities[output.class ?? ''] ?? Number.NaN;
      assert.ok(Math.abs(Math.exp(sums[at] ?? Number.NaN) / all - p) < 1e-4, JSON.stringify(output));
    }
  });

  it('takes a file to a model that serves: init, apply, run', async () => {
    const home = await mkdtemp(join(tmpdir(), 'perennial-init-'));
    try {
      const folder = join(home, 'penguins');
      const data = 'node_modules/vega-datasets/data/penguins.json';
      const made = await perennialHere(['init', folder, '--data', data, '--label', 'Species'], cloud.env);
      assert.equal(made.exitCode, 0, made.stderr);
      const champion = await deployed('penguins', folder);
      assert.ok((champion.metrics.accuracy?.value ?? 0) > 0.9, JSON.stringify(champion.metrics));
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });

  it('tells how far a car drives, tuned, with a value that a request leaves unknown @long', async () => {
    const { champion, prediction, sums, told } = await live('cars');
    assert.ok((champion.metrics.r2?.value ?? 0) > 0.75, JSON.stringify(champion.metrics));
    assert.ok('value' in prediction && prediction.value > 18 && prediction.value < 35, JSON.stringify(prediction));
    assert.ok(Math.abs((sums[0] ?? Number.NaN) - prediction.value) < 1e-3, JSON.stringify(told));
    const power = told.steps.find(({ raw }) => raw === null);
    assert.match(power?.how ?? '', /^missing/, 'what the request left unknown');
  });
});
