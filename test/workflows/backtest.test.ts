import assert from 'node:assert/strict';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { notYet, permanent } from '../../src/failures.ts';
import { jobName, keys, originName, tuningJobName } from '../../src/names.ts';
import { cancelBacktest, planInForce, startBacktest, waitForBacktest } from '../../src/operations/index.ts';
import { backtestProgress } from '../../src/workflows/messages.ts';
import { type Changes, fakeWorld } from '../support/fake-activities.ts';
import { beginModel, devServer, failureOf, freshPlan, type Stage, until, withWorker } from './theatre.ts';

const FROM = '2026-01-01T00:00:00.000Z';
const WEEK = 7 * 86_400_000;

const plan = (more: Readonly<Record<string, unknown>> = {}) =>
  freshPlan({ collect: { sources: { rows: { uri: 'rows.parquet', time: 'at' } } }, ...more });

const request = (frozen: ReturnType<typeof plan>) => ({
  frozen,
  from: FROM,
  to: '2026-01-29T00:00:00.000Z',
  every: WEEK,
  horizon: 2,
  by: 'ann',
});

describe('a backtest', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    env = await devServer();
  });
  after(() => env?.teardown());

  const play = <T>(changes: Changes, scene: (stage: Stage) => Promise<T>) => withWorker(env, fakeWorld(changes), scene);

  const resultOf = async ({ operator }: Stage, workflowId: string) => {
    for await (const news of waitForBacktest(operator, { workflowId, every: 50 }))
      if (news.kind === 'ended') return news;
    return assert.fail('no end');
  };

  it('trains a version as of every instant, scores it on what follows within the horizon, and leaves no model', async () => {
    const cut: { asOf: string; windows: readonly { from: string; to: string }[] }[] = [];
    await play(
      (_, usual) => ({
        cutLaterRows: async (input) => {
          cut.push({ asOf: input.asOf, windows: input.windows });
          return usual.cutLaterRows(input);
        },
      }),
      async (stage) => {
        const { workflowId } = await startBacktest(stage.operator, request(plan()));
        const { result, progress } = await resultOf(stage, workflowId);
        assert.equal(result.origins, 4);
        assert.match(progress.lines[0] ?? '', /costs at most 6\.00 USD: 4 versions/);
        assert.deepEqual(
          progress.origins.map(({ state }) => state),
          Array(4).fill('done'),
        );
        const { world } = stage;
        assert.deepEqual([...world.models], []);
        assert.equal(world.called('createModel').length, 4);
        assert.equal(world.called('preflight').length, 1);
        assert.deepEqual(world.called('registerVersion'), []);
        assert.deepEqual(world.called('record'), []);
        assert.deepEqual(world.called('catalogSnapshots'), []);
        // Both windows begin where the version's own knowledge ends; the last one has no second.
        cut.sort((a, b) => a.asOf.localeCompare(b.asOf));
        for (const { asOf, windows } of cut) assert.equal(windows[0]?.from, asOf);
        assert.deepEqual(
          cut.map(({ windows }) => windows.length),
          [2, 2, 2, 1],
        );
      },
    );
  });

  it('has the same words join it, another one wait, and a plan asked of its model', async () => {
    let released = false;
    await play(
      (_, usual) => ({
        watchJob: async (job) => {
          if (!released) throw notYet('training');
          return usual.watchJob(job);
        },
      }),
      async (stage) => {
        const { operator } = stage;
        const frozen = plan();
        await beginModel(stage, frozen);
        assert.equal((await planInForce(operator, frozen.plan.model)).hash, frozen.hash);
        const first = await startBacktest(operator, request(frozen));
        const second = await startBacktest(operator, request(frozen));
        assert.deepEqual(second, { workflowId: first.workflowId, joined: true });
        await until(() =>
          startBacktest(operator, { ...request(frozen), horizon: 1 }).then(
            () => assert.fail('two ran at once'),
            (error: Error) => /another backtest/.test(error.message),
          ),
        );
        released = true;
        const { result } = await resultOf(stage, first.workflowId);
        const again = await startBacktest(operator, request(frozen));
        assert.deepEqual(again, second);
        assert.deepEqual((await resultOf(stage, again.workflowId)).result, result);
      },
    );
  });

  it('stops its jobs and removes its models when it is cancelled, and finds other names the next time', async () => {
    let released = false;
    await play(
      (_, usual) => ({
        watchJob: async (job) => {
          if (!released && job.kind === 'transform') throw notYet('scoring');
          return usual.watchJob(job);
        },
      }),
      async (stage) => {
        const { operator, world } = stage;
        const frozen = plan();
        const { workflowId } = await startBacktest(operator, request(frozen));
        await until(() => world.called('submitTransform').length === 2 && world.models.size === 2);
        await until(async () => (await cancelBacktest(operator, frozen.plan.model).catch(() => [])).length === 1);
        const failure = await failureOf(operator.client.workflow.getHandle(workflowId));
        assert.match(failure.message, /cancel/i);
        assert.deepEqual([...world.models], []);
        const states = [...world.jobs].filter(([name]) => name.endsWith('-score')).map(([, state]) => state);
        assert.deepEqual(states, ['stopped', 'stopped']);
        const before = [...world.jobs.keys()];

        released = true;
        const again = await startBacktest(operator, request(frozen));
        assert.deepEqual(again, { workflowId, joined: false });
        await resultOf(stage, workflowId);
        const after = [...world.jobs.keys()].slice(before.length);
        assert.equal(after.length, 8);
        assert.deepEqual(
          after.filter((name) => before.includes(name)),
          [],
        );
      },
    );
  });

  it('goes on without an instant whose data are unusable, and says why', async () => {
    await play(
      (_, usual) => ({
        prepareData: async (input) => {
          if (input.asOf === FROM) throw permanent('DataUnusable', 'too few rows then');
          return usual.prepareData(input);
        },
      }),
      async (stage) => {
        const { workflowId } = await startBacktest(stage.operator, request(plan()));
        const { result } = await resultOf(stage, workflowId);
        assert.equal(result.origins, 3);
        assert.deepEqual(result.failed, { [FROM]: 'too few rows then' });
      },
    );
  });

  it('fails when no instant gives a version, and before anything is paid for when it may cost more than its budget', async () => {
    const broken: Changes = () => ({
      submitTraining: async () => Promise.reject(permanent('AccessDenied', 'no role')),
    });
    await play(broken, async (stage) => {
      const { workflowId } = await startBacktest(stage.operator, request(plan()));
      await assert.rejects(resultOf(stage, workflowId), /no instant gave a version: .*no role/);
    });
    await play(
      () => ({}),
      async (stage) => {
        const { workflowId } = await startBacktest(stage.operator, { ...request(plan()), budgetUsd: 5 });
        await assert.rejects(resultOf(stage, workflowId), /budget is 5 USD: 4 versions .* may cost 6\.00 USD/);
        assert.deepEqual(stage.world.called('collectSource'), []);
        const progress = await stage.operator.client.workflow.getHandle(workflowId).query(backtestProgress);
        assert.ok(progress.origins.every(({ state }) => state === 'waiting'));
      },
    );
  });
});

describe('the names of a backtest', () => {
  const LONG = 'a-model-of-thirty-characters-x';

  it('are no name of a cycle, and as short as SageMaker wants them', () => {
    const origin = originName('zzzzzzz', 30);
    assert.ok(jobName(LONG, origin, 'train-100', 3).length <= 63);
    for (const stage of ['tune-1', 'tune-100']) assert.ok(tuningJobName(LONG, origin, stage, 3).length <= 32);
    assert.notEqual(tuningJobName(LONG, origin, 'tune-1'), tuningJobName(LONG, origin, 'tune-2'));
    assert.notEqual(tuningJobName(LONG, origin, 'tune-1'), tuningJobName(LONG, originName('zzzzzzz', 29), 'tune-1'));
    assert.doesNotMatch(jobName('m', origin, 'model'), /^m-\d/);
  });

  it('keep everything below the backtest', () => {
    assert.equal(keys.cycle('m', originName('abc', 2), 'prepared', 'x'), 'models/m/backtest/abc/2/prepared/x');
    assert.equal(keys.cycle('m', 2, 'prepared', 'x'), 'models/m/cycles/2/prepared/x');
    assert.equal(keys.backtest('m', 'abc', 'backtest.json'), 'models/m/backtest/abc/backtest.json');
  });
});
