import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListModelsCommand } from '@aws-sdk/client-sagemaker';
import { DuckDBInstance } from '@duckdb/node-api';
import type { BacktestResult } from '../../src/activities/backtest-types.ts';
import { createStore, type Store } from '../../src/aws/store.ts';
import type { BacktestDetails } from '../../src/data/backtest.ts';
import { connect, type Operator, startBacktest, waitForBacktest } from '../../src/operations/index.ts';
import { loadPlan } from '../../src/plan/load.ts';
import { bundleFile } from '../support/bundle.ts';
import { type LaptopCloud, laptopCloud } from '../support/cloud.ts';
import { startWorker, type WorkerProcess } from '../support/worker.ts';

const MODEL = 'turning';
const FROM = '2026-01-04T00:00:00.000Z';
const TO = '2026-01-08T00:00:00.000Z';

const PLAN = `
model: ${MODEL}
objective: Tell on which side of a line a point lies, which turns day by day.
owner: { team: Tests, contact: tests@example.com }
collect: { sources: { points: { uri: points.csv, time: at } }, window: 2 days }
prepare: { label: inside, inputs: [at, x, y], split: { by: at, validation: 4 hours, test: 4 hours } }
train: { objective: { metric: log_loss, goal: minimize }, candidates: [{ algorithm: logistic-regression }] }
deploy: {}
retrain: { schedule: "0 0 * * *" }
`;

/** A thousand points a day for a week; the line turns by a fifth of a right angle a day. */
async function writePoints(path: string): Promise<void> {
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  await connection.run('SET threads = 1');
  await connection.run('SELECT setseed(0.25)');
  await connection.run(`CREATE TABLE points AS SELECT TIMESTAMP '2026-01-01' + to_seconds(range * 86.4) AS "at",
    random() * 2 - 1 AS x, random() * 2 - 1 AS y, random() AS luck, range / 1000.0 * pi() / 10 AS turned FROM range(7000)`);
  await connection.run(
    `COPY (SELECT "at", x, y, luck < 1 / (1 + exp(-4 * (x * cos(turned) + y * sin(turned)))) AS inside FROM points ORDER BY "at")
     TO '${path}' (HEADER)`,
  );
  connection.closeSync();
  database.closeSync();
}

describe('a backtest from end to end on the laptop cloud', function () {
  this.timeout(240_000);
  let cloud: LaptopCloud;
  let operator: Operator;
  let worker: WorkerProcess;
  let store: Store;
  let folder: string;
  let result: BacktestResult;

  before(async () => {
    [cloud] = await Promise.all([laptopCloud(), bundleFile()]);
    store = createStore(cloud.aws.s3, cloud.config.bucket);
    folder = await mkdtemp(join(tmpdir(), 'perennial-turning-'));
    await writePoints(join(folder, 'points.csv'));
    await writeFile(join(folder, 'plan.yaml'), PLAN);
    await writeFile(join(folder, 'features.sql'), 'SELECT row_id, inside, x, y FROM points');
    worker = startWorker(cloud.env);
    operator = await connect({ taskQueue: cloud.config.taskQueue });
    const frozen = await loadPlan(folder);
    const request = { frozen, from: FROM, to: TO, horizon: 3, by: 'tests' };
    const { workflowId } = await startBacktest(operator, request);
    for await (const news of waitForBacktest(operator, { workflowId, every: 250 }))
      if (news.kind === 'ended') result = news.result;
  });

  after(async () => {
    await worker?.stop();
    await operator?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it('sees a version grow stale where the relation changes, step by step and beyond chance', () => {
    assert.deepEqual(result.failed, {});
    assert.equal(result.origins, 4);
    const [fresh, second, third] = result.curve;
    assert.deepEqual(
      result.curve.map(({ windows, paired }) => [windows, paired]),
      [
        [4, 0],
        [3, 3],
        [2, 2],
      ],
    );
    assert.ok(fresh?.metric && fresh.metric.value < Math.LN2, 'better than a coin');
    assert.ok(second?.worse && second.worse.low > 0, JSON.stringify(second));
    assert.ok(third?.worse && third.worse.value > second.worse.value, JSON.stringify(third));
    assert.match(result.verdict, /^in step 2 after training log_loss is .* worse .*retraining at every step pays/);
  });

  it('scores each version on rows strictly after its instant, and all versions on the same rows of a window', async () => {
    const details = JSON.parse(await store.getText(result.details)) as BacktestDetails;
    assert.equal(details.cells.length, 9);
    for (const end of [2, 3, 4]) {
      const rows = details.cells.filter((cell) => cell.end === end).map((cell) => cell.rows);
      assert.equal(new Set(rows).size, 1);
      assert.ok(rows[0] && rows[0] >= 999 && rows[0] <= 1001, `${rows}`);
    }
    for (const { asOf, later } of details.origins) {
      const lines = (await store.getText(later.inputs)).trim().split('\n');
      const times = lines.map((line) => Date.parse((JSON.parse(line) as { at: string }).at));
      assert.ok(Math.min(...times) > Date.parse(asOf) && Math.max(...times) <= Date.parse(TO));
    }
    const later = details.origins.map(({ later: { inputs, rows } }) => ({ inputs, rows }));
    assert.deepEqual(
      later.map(({ rows }) => rows.length),
      [3, 3, 2, 1],
    );
    // The third version's rows are the tail of what the second one scored.
    const [second, third] = await Promise.all([1, 2].map((n) => store.getText(later[n]?.inputs.uri ?? '')));
    const [skipped = 0, ...kept] = later[1]?.rows ?? [];
    const tail = second
      ?.split('\n')
      .slice(skipped, skipped + kept.reduce((sum, n) => sum + n, 0))
      .join('\n');
    assert.equal(third?.trim(), tail?.trim());
  });

  it('shows the curve in a report, and leaves neither a SageMaker model nor anything outside of its own folder', async () => {
    const report = await store.getText(result.report);
    assert.match(report, /retraining at every step pays/);
    assert.equal(report.match(/<svg /g)?.length, 6);
    const models = await cloud.aws.sagemaker.send(new ListModelsCommand({ NameContains: MODEL }));
    assert.deepEqual(models.Models, []);
    const folders = (await store.list(`models/${MODEL}/`)).map(({ key }) => key.split('/')[2]);
    assert.deepEqual([...new Set(folders)].sort(), ['backtest', 'snapshots']);
  });
});
