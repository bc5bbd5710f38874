import assert from 'node:assert/strict';
import { DescribeTrainingJobCommand, ListTrainingJobsCommand } from '@aws-sdk/client-sagemaker';
import { readApiKey } from '../../src/aws/api.ts';
import { createStore, type Store } from '../../src/aws/store.ts';
import { keys } from '../../src/names.ts';
import {
  applyPlan,
  connect,
  decide,
  type Operator,
  requestCycle,
  retire,
  rollback,
  runMonitor,
  status,
  sweep,
  waitForCycle,
  waitForRollback,
} from '../../src/operations/index.ts';
import { loadPlan } from '../../src/plan/load.ts';
import type { CycleOutcome, ModelStatus } from '../../src/workflows/messages.ts';
import { bundleFile } from '../support/bundle.ts';
import { type LaptopCloud, laptopCloud } from '../support/cloud.ts';
import { assertAllowed, type Notes, noteCalls } from '../support/noted-calls.ts';
import { until } from '../support/until.ts';
import { startWorker, type WorkerProcess } from '../support/worker.ts';
import { itIsRead } from './reading.ts';
import { AS_OF, MODEL, type SmallPlan, smallPlan } from './small-plan.ts';

const BY = 'tests';
const FLIGHT = { date: '2001-03-20T17:30:00', distance: 733, origin: 'ORD' };

describe('a cycle from end to end on the laptop cloud', function () {
  this.timeout(300_000);
  let cloud: LaptopCloud;
  let operator: Operator;
  let worker: WorkerProcess;
  let notes: Notes;
  let small: SmallPlan;
  let store: Store;
  /** The id of a prediction whose outcome is told. */
  let predicted = '';

  before(async () => {
    [cloud] = await Promise.all([laptopCloud(), bundleFile()]);
    store = createStore(cloud.aws.s3, cloud.config.bucket);
    small = await smallPlan(store);
    notes = await noteCalls();
    worker = startWorker({ ...cloud.env, ...notes.env });
    operator = await connect({ taskQueue: cloud.config.taskQueue });
    await worker.ready;
    await applyPlan(operator, { frozen: await loadPlan(small.folder), by: BY });
  });

  after(async () => {
    await worker?.stop();
    await notes?.remove();
    await operator?.close();
    small?.sources.close();
  });

  const now = () => status(operator, { model: MODEL });

  const ended = async (cycle: number): Promise<CycleOutcome> => {
    for await (const news of waitForCycle(operator, { model: MODEL, cycle, every: 250 }))
      if (news.kind === 'ended') return news.outcome;
    return assert.fail('no outcome');
  };

  const approval = (cycle: number): Promise<NonNullable<ModelStatus['approval']>> =>
    until(
      `cycle ${cycle} to wait for approval`,
      async () => {
        const { approval, outcomes } = await now();
        const over = outcomes.find((outcome) => outcome.cycle === cycle);
        assert.equal(over, undefined, `cycle ${cycle} ended: ${over?.reason} ${over?.failure ?? ''}`);
        return approval?.cycle === cycle && approval;
      },
      200_000,
    );

  const predict = async (body: string, key?: string) => {
    const { api } = await now();
    assert.ok(api);
    const value = key ?? (await readApiKey(cloud.aws, api.keyId));
    const headers = { 'content-type': 'application/json', ...(value ? { 'x-api-key': value } : {}) };
    const response = await fetch(api.url, { method: 'POST', headers, body });
    return { status: response.status, answer: JSON.parse(await response.text()) };
  };

  it('goes on with the same training jobs when the worker is killed in their midst', async () => {
    await requestCycle(operator, { model: MODEL, trigger: 'person', by: BY, asOf: AS_OF });
    const job = `${MODEL}-1-xgboost`;
    const running = await until(
      'a training job that runs',
      async () => {
        const jobs = await cloud.aws.sagemaker.send(
          new ListTrainingJobsCommand({ NameContains: `${MODEL}-1-`, StatusEquals: 'InProgress' }),
        );
        return jobs.TrainingJobSummaries?.[0]?.TrainingJobName;
      },
      120_000,
    );
    await worker.kill();
    worker = startWorker({ ...cloud.env, ...notes.env });
    await worker.ready;
    const wanted = await approval(1);
    assert.match(wanted.evaluation, /^[0-9a-f]{64}$/);
    const jobs = await cloud.aws.sagemaker.send(new ListTrainingJobsCommand({ NameContains: `${MODEL}-1-` }));
    const names = jobs.TrainingJobSummaries?.map(({ TrainingJobName }) => TrainingJobName).sort();
    assert.equal(names?.length, 2, `${names}`);
    assert.ok(names?.includes(running));
    const described = await cloud.aws.sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName: running }));
    assert.equal(described.TrainingJobStatus, 'Completed', `${job} and ${running}`);
  });

  it('waits for a person, deploys what was approved and answers through the API with a key', async () => {
    const { evaluation } = await approval(1);
    await assert.rejects(
      decide(operator, { model: MODEL, cycle: 1, decision: 'approve', by: BY, evaluation: '0'.repeat(64) }),
      /evaluation/,
    );
    await decide(operator, { model: MODEL, cycle: 1, decision: 'approve', by: BY, reason: 'looks right', evaluation });
    const outcome = await ended(1);
    assert.equal(outcome.outcome, 'deployed', `${outcome.reason} ${outcome.failure ?? ''}`);
    const { status: code, answer } = await predict(
      JSON.stringify({ instances: [FLIGHT, { ...FLIGHT, origin: null }] }),
    );
    assert.equal(code, 200, JSON.stringify(answer));
    assert.equal(answer.modelVersion, 1);
    assert.equal(answer.predictions.length, 2);
    for (const { probability } of answer.predictions) assert.ok(probability > 0 && probability < 1);
  });

  it('refuses wrong requests by name and keeps serving', async () => {
    const wrong: [body: string, key: string | undefined, code: number, said: RegExp][] = [
      ['{"instances": [{', undefined, 400, /JSON/],
      ['{"instances": []}', undefined, 400, /instances/],
      [JSON.stringify({ instances: [{ ...FLIGHT, distance: 'far' }] }), undefined, 400, /instances\[0\]\.distance/],
      [JSON.stringify({ instances: [{ date: FLIGHT.date, distance: 1 }] }), undefined, 400, /origin/],
      [JSON.stringify({ instances: [{ ...FLIGHT, gate: 'B4' }] }), undefined, 400, /gate/],
      [JSON.stringify({ instances: Array(1001).fill(FLIGHT) }), undefined, 413, /1,?000/],
      [JSON.stringify({ instances: [FLIGHT] }), 'not-a-key', 403, /./],
      [JSON.stringify({ instances: [FLIGHT] }), '', 403, /./],
    ];
    for (const [body, key, code, said] of wrong) {
      const { status: found, answer } = await predict(body, key);
      assert.equal(found, code, `${body.slice(0, 80)}: ${JSON.stringify(answer)}`);
      assert.match(JSON.stringify(answer), said);
    }
    assert.equal((await predict(JSON.stringify({ instances: [FLIGHT] }))).status, 200);
  });

  it('gives nothing to who has no key, sends too much, or tries other ways in', async () => {
    const { api } = await now();
    assert.ok(api);
    const key = (await readApiKey(cloud.aws, api.keyId)) ?? '';
    const outcomes = api.url.replace(/predictions$/, 'outcomes');
    const ask = async (url: string, body: string | undefined, headers: Record<string, string>, method = 'POST') => {
      const response = await fetch(url, { method, headers: { 'content-type': 'application/json', ...headers }, body });
      return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
    };
    const good = JSON.stringify({ instances: [FLIGHT] });
    const keyless: Record<string, string>[] = [
      {},
      { 'x-api-key': '' },
      { 'x-api-key': `${key}x` },
      { authorization: key },
    ];
    for (const url of [api.url, outcomes])
      for (const headers of keyless) assert.equal((await ask(url, good, headers)).status, 403, url);
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const { status: code } = await ask(api.url, method === 'GET' ? undefined : good, { 'x-api-key': key }, method);
      assert.ok([403, 404, 405].includes(code), `${method}: ${code}`);
    }
    const attacks: [body: string, code: number][] = [
      ['['.repeat(300_000), 400],
      [`{"instances":[{"origin":${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`, 400],
      [`{"instances":[{"origin":"${'x'.repeat(2 ** 20)}"}]}`, 413],
      [JSON.stringify({ instances: [{ ...FLIGHT, '<script>alert(1)</script>': 1 }] }), 400],
      ['{"instances":[{"__proto__":{"origin":"ORD"},"distance":1,"date":"2001-03-20"}]}', 400],
      ['{"instances":[{"date":"2001-03-20","origin":"ORD","distance":1e999}]}', 400],
      [JSON.stringify({ instances: [FLIGHT], endpoint: 'another' }), 400],
    ];
    for (const [body, code] of attacks) {
      const { status: found, type, text } = await ask(api.url, body, { 'x-api-key': key });
      assert.equal(found, code, `${body.slice(0, 60)}: ${text.slice(0, 300)}`);
      assert.match(type ?? '', /^application\/json/);
      assert.ok(text.length < 2_000, 'an answer is short, however long the request');
    }
    const told = await ask(outcomes, JSON.stringify({ outcomes: [{ id: '../../ledger/1', outcome: 'x' }] }), {
      'x-api-key': key,
    });
    assert.equal(told.status, 400, told.text);
    assert.equal((await predict(good)).status, 200);
  });

  it('joins late outcomes to captured predictions and measures them', async () => {
    const flights = Array.from({ length: 200 }, (_, i) => ({ ...FLIGHT, distance: 100 + i * 10 }));
    const { answer } = await predict(JSON.stringify({ instances: flights }));
    const lines = answer.predictions.map(({ id }: { id: string }, i: number) =>
      JSON.stringify({
        groundTruthData: { data: i % 4 === 0 ? '1' : '0', encoding: 'CSV' },
        eventMetadata: { eventId: id },
        eventVersion: '0',
      }),
    );
    const [inference] = answer.predictions[0].id.split('/');
    predicted = `${inference}/0`;
    await until('the capture of the request', async () => {
      const texts = (await store.list(`${keys.capture(MODEL)}/`)).map(({ uri }) => store.getText(uri));
      return (await Promise.all(texts)).some((text) => text.includes(inference));
    });
    await store.putText(`${keys.groundTruth(MODEL)}/2001/05/01/00/labels.jsonl`, lines.join('\n'));
    const { report } = await runMonitor(operator, { model: MODEL, by: BY });
    assert.ok(report);
    const told = `${JSON.stringify(report)} ${await store.getText(report.details)}`;
    assert.equal(report.labelled, 200, told);
    assert.ok(report.rows >= 200, told);
    assert.ok(report.quality.auc, told);
    const again = await runMonitor(operator, { model: MODEL, by: BY });
    assert.equal(again.report?.labelled ?? 0, 0, 'an outcome is counted once');
  });

  it('puts a challenger of other inputs on the canary, refuses nobody meanwhile, and returns by one command', async () => {
    await small.ask({ inputs: ['date', 'origin', 'destination?'], ignore: ['distance'] });
    await applyPlan(operator, { frozen: await loadPlan(small.folder), by: BY });
    await requestCycle(operator, { model: MODEL, trigger: 'person', by: BY, asOf: AS_OF });
    await decide(operator, { model: MODEL, cycle: (await approval(2)).cycle, decision: 'approve', by: BY });
    let over = false;
    const outcomeOf = ended(2).finally(() => {
      over = true;
    });
    const answered = [];
    while (!over) answered.push(await predict(JSON.stringify({ instances: [FLIGHT] })));
    const outcome = await outcomeOf;
    assert.equal(outcome.outcome, 'deployed', `${outcome.reason} ${outcome.failure ?? ''}`);
    assert.deepEqual(
      answered.filter(({ status: code }) => code !== 200),
      [],
    );
    assert.deepEqual([...new Set(answered.map(({ answer }) => answer.modelVersion))].sort(), [1, 2]);
    const { distance: _, ...changed } = { ...FLIGHT, destination: 'LGA' };
    assert.equal((await predict(JSON.stringify({ instances: [changed] }))).answer.modelVersion, 2);

    const { label } = await rollback(operator, { model: MODEL, by: BY, reason: 'a test' });
    const back = await waitForRollback(operator, { model: MODEL, label, every: 250 });
    assert.equal(back.to, 1);
    assert.equal((await now()).champion?.version, 1, `${back.outcome}: ${back.reason}`);
    assert.equal((await predict(JSON.stringify({ instances: [FLIGHT] }))).answer.modelVersion, 1);
  });

  itIsRead(() => ({ env: cloud.env, store, folder: small.folder, id: predicted }));

  it('removes all that served it when it is retired, and made no call that its policy denies', async () => {
    await retire(operator, { model: MODEL, by: BY, reason: 'a test', every: 250 });
    await sweep(operator, { model: MODEL, remove: true, olderThan: 0, by: BY });
    const calls = await notes.read();
    const made = new Set(calls.map(({ operation }) => operation));
    for (const operation of [
      'CreateTrainingJob',
      'UpdateEndpoint',
      'InvokeEndpoint',
      'DeleteEndpoint',
      'DeleteRestApi',
    ])
      assert.ok(made.has(operation), `nobody noted ${operation}`);
    await assertAllowed(calls, cloud.config);
  });
});
