import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import pino from 'pino';
import { create } from 'tar';
import type { Activities } from '../../src/activities/interface.ts';
import { judgeActivities } from '../../src/activities/judge.ts';
import type { Evaluation, JobResult, ModelFacts } from '../../src/activities/types.ts';
import { sha256OfText } from '../../src/aws/content.ts';
import { withDuckDB } from '../../src/data/duckdb.ts';
import type { EvaluationDetails } from '../../src/data/evaluation.ts';
import { readValueCounts } from '../../src/data/value-counts.ts';
import { keys } from '../../src/names.ts';
import { type FolderStore, folderStore } from '../support/folder-store.ts';
import { ridesPlan, ridesScope } from '../support/rides.ts';
import { scoredWorld } from '../support/scored.ts';

type Input = Parameters<Activities['judge']>[0];

const FACTS: ModelFacts = { sha256: 'ab'.repeat(32), target: { problem: 'binary' }, threshold: 0.5 };
const ROWS = 2000;
const world = scoredWorld(ROWS);
const good = world.model(0.1);
const poor = world.model(0.6, 0.1);
const evaluate = {
  slices: ['zone'],
  gates: [
    { metric: 'auc', min: 0.6 },
    { metric: 'log_loss', versusChampion: 0, confidence: 0.95 },
    { metric: 'auc', min: 0.5, slice: 'zone', minRows: 500 },
  ],
};

describe('judging a challenger', () => {
  let store: FolderStore;
  before(async () => {
    store = await folderStore();
  });
  after(() => store.remove());

  const run = (input: Input): Promise<Evaluation> =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(
      judgeActivities({ store, log: pino({ level: 'silent' }) }).judge,
      input,
    );

  const job = (name: string): JobResult => ({
    kind: 'transform',
    name,
    output: store.uri(`models/rides/transforms/${name}`),
    metrics: {},
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:01:00.000Z',
    billableSeconds: 60,
  });

  async function transformed(name: string, lines: readonly string[]): Promise<JobResult> {
    await store.putText(`models/rides/transforms/${name}/test.jsonl.out`, lines.map((line) => `${line}\n`).join(''));
    return job(name);
  }
  const answers = (probabilities: readonly number[]) =>
    probabilities.map((probability) => JSON.stringify({ probability, label: probability >= 0.5 }));

  /** A finished training job whose artifact says what the model is. */
  async function artifact(): Promise<JobResult> {
    const description = { format: 2, problem: 'binary', threshold: 0.5, sha256: FACTS.sha256 };
    return withDuckDB(async (duck) => {
      await writeFile(duck.path('model.json'), JSON.stringify(description));
      await create({ file: duck.path('model.tar.gz'), cwd: duck.path('.'), gzip: true, portable: true }, [
        'model.json',
      ]);
      const { uri } = await store.putFile('models/rides/train/model.tar.gz', duck.path('model.tar.gz'));
      return { ...job('train'), output: uri };
    });
  }

  async function input(changes: Partial<Input> = {}, zones = true): Promise<Input> {
    const scope = ridesScope(ridesPlan('rides', { evaluate }));
    const testLabels = await withDuckDB(async (duck) => {
      const rows = world.labels.map((label, i) => ({
        row_id: i * 3,
        late: label,
        zone: i % 4 ? `zone ${i % 3}` : null,
      }));
      await writeFile(duck.path('rows.json'), rows.map((row) => JSON.stringify(row)).join('\n'));
      const columns = zones ? 'row_id, late::DOUBLE AS late, zone' : 'row_id, late::DOUBLE AS late';
      // Backwards: the order is that of row_id, wherever the rows lie.
      await duck.writeParquet(
        `SELECT ${columns} FROM read_json('${duck.path('rows.json')}') ORDER BY row_id DESC`,
        duck.path('labels.parquet'),
      );
      return store.putFile(keys.cycle('rides', 1, 'prepare', `labels-${zones}.parquet`), duck.path('labels.parquet'));
    });
    const inputs = world.labels.map((_, i) => JSON.stringify({ distance: i, hour: null }));
    const testInputs = await store.putText(keys.cycle('rides', 1, 'prepare', 'test.jsonl'), `${inputs.join('\n')}\n`);
    const shares = { shares: [0.8, 0.2] };
    const labels = { train: shares, validation: shares, test: shares };
    const prepared = { testLabels, testInputs, labels, target: FACTS.target } as unknown as Input['prepared'];
    const trained = { ...(await artifact()), kind: 'training', candidate: 'xgboost', algorithm: 'xgboost' } as const;
    return {
      ...scope,
      prepared,
      trained,
      challenger: await transformed('good', answers(good)),
      ...changes,
    };
  }
  const details = async (found: { details: { uri: string } }) =>
    JSON.parse(await store.getText(found.details.uri)) as EvaluationDetails;
  const refused = (what: Promise<unknown>, message: RegExp) =>
    assert.rejects(
      what,
      (error) =>
        error instanceof ApplicationFailure &&
        error.nonRetryable === true &&
        error.type === 'DataUnusable' &&
        message.test(error.message),
    );

  it('measures a first model, with intervals, and lets gates against a champion rest', async () => {
    const found = await run(await input());
    assert.equal(found.rows, ROWS);
    assert.equal(found.champion, undefined);
    const { auc } = found.challenger;
    assert.ok(auc && auc.low < auc.value && auc.value < auc.high && auc.value > 0.65, JSON.stringify(auc));
    assert.equal(found.passed, true);
    assert.match(found.gates[2]?.found ?? '', /not applicable: there is no champion/);
    assert.match(found.gates[3]?.found ?? '', /^all 4 hold; the worst is/);
  });

  it('says of a gate against a champion that cannot be asked why it is not applicable', async () => {
    const { prepared, ...rest } = await input();
    const found = await run({
      ...rest,
      prepared: { ...prepared, incomparable: 'it reads fuel, which rides has no more' },
    });
    const why = 'not applicable: the champion cannot be asked: it reads fuel, which rides has no more';
    assert.deepEqual([found.passed, found.gates[2]?.found], [true, why]);
  });

  it('sees that a better challenger is better, and that a worse one is not', async () => {
    const other = await transformed('poor', answers(poor));
    const better = await run(await input({ champion: { ...other, facts: FACTS }, championVersion: 3 }));
    const all = await details(better);
    assert.equal(better.passed, true);
    const worse = await run(
      await input({ challenger: other, champion: { ...(await transformed('good', answers(good))), facts: FACTS } }),
    );
    assert.equal(worse.passed, false);
    assert.deepEqual(
      worse.gates.map(({ held }) => held),
      [worse.gates[0]?.held, worse.gates[1]?.held, false, worse.gates[3]?.held],
    );
    assert.equal(all.champion?.name, 'version 3 (champion)');
    assert.ok((all.improvements?.log_loss?.low ?? 0) > 0);
  });

  it('keeps everything that was found: slices, calibration, what it rests on, and rows to ask again', async () => {
    const found = await run(await input());
    const all = await details(found);
    assert.equal(found.details.uri, store.uri('models/rides/cycles/1/evaluate/evaluation.json'));
    assert.deepEqual(
      all.slices.map(({ value, rows }) => [value, rows]),
      [
        [null, 500],
        ['zone 0', 500],
        ['zone 1', 500],
        ['zone 2', 500],
      ],
    );
    assert.equal(
      all.challenger.calibration.reduce((rows, bin) => rows + bin.rows, 0),
      ROWS,
    );
    const text = await store.getText(all.data.challenger[0]?.uri ?? '');
    assert.equal(all.data.challenger[0]?.sha256, sha256OfText(text));
    assert.equal(all.smoke.instances.length, 20);
    assert.deepEqual(all.smoke.instances[7], { distance: 7, hour: null });
    assert.deepEqual(
      all.smoke.predictions,
      text
        .split('\n')
        .slice(0, 20)
        .map((line) => JSON.parse(line)),
    );
  });

  it('leaves the value counts of the predictions for monitoring, on a grid of thousandths', async () => {
    const { predictions } = await run(await input());
    const path = join(store.folder, predictions.uri.replace(`s3://${store.bucket}/`, ''));
    const counts = await withDuckDB((duck) => readValueCounts(duck, `SELECT * FROM read_parquet('${path}')`), {
      reads: [path],
    });
    const found = counts.get('prediction');
    assert.equal(
      Array.from(found?.counts ?? []).reduce((a, b) => a + b, 0),
      ROWS,
    );
    assert.ok(Array.from(found?.numbers ?? []).every((value) => value === Math.round(value * 1000) / 1000));
  });

  it('says the same, to the last byte, when it is asked again', async () => {
    assert.deepEqual(await run(await input()), await run(await input()));
  });

  it('writes a report that names the gates and needs nothing from elsewhere', async () => {
    const { report } = await run(await input());
    const page = await store.getText(report);
    assert.match(page, /auc ≥ 0\.5 on every zone with at least 500 rows/);
    assert.doesNotMatch(page, /<script|src="http|href="http/);
    assert.ok(page.split('<svg ').length - 1 >= 5, 'charts');
  });

  it('refuses predictions that are not one a row, naming the job', async () => {
    const short = await transformed('short', answers(world.truth.slice(1)));
    await refused(
      run(await input({ challenger: short })),
      /1999 predictions for 2000 test rows \(transform job short\)/,
    );
    await refused(
      run(await input({ champion: { ...job('nothing'), facts: FACTS } })),
      /transform job nothing left no \.out object/,
    );
  });

  it('refuses a line that is no prediction, naming object and line', async () => {
    const lines = answers(world.truth);
    for (const bad of ['{"probability": 1.5}', '{"probability": null}', 'oops', '[0.5]', '{"probability":"0.5"}']) {
      const broken = await transformed(
        'broken',
        lines.map((line, i) => (i === 4 ? bad : line)),
      );
      await refused(
        run(await input({ challenger: broken })),
        /broken\/test\.jsonl\.out: line 5: expected \{"probability"/,
      );
    }
  });

  it('refuses test rows without a column that slices are cut by', async () => {
    await refused(run(await input({}, false)), /labels-false\.parquet: it has no column zone; it has row_id, late/);
  });

  it('stops when it is cancelled', async () => {
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const { judge } = judgeActivities({ store, log: pino({ level: 'silent' }) });
    const running = environment.run(judge, await input());
    environment.cancel('CANCELLED');
    await assert.rejects(running);
  });
});
