import assert from 'node:assert/strict';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { BacktestResult } from '../../src/activities/backtest-types.ts';
import { startBacktest } from '../../src/operations/index.ts';
import * as say from '../../src/workflows/messages.ts';
import { fakeWorld } from '../support/fake-activities.ts';
import { AT_ONCE, beginModel, devServer, freshPlan, settled, withWorker, workflowBundle } from './theatre.ts';

/** After so many events the server suggests to continue as new; usually it is thousands. */
const EVENTS = 60;
const WISHES = 12;

describe('a workflow whose history has grown long', function () {
  this.timeout(120_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    const limit = `limit.historyCount.suggestContinueAsNew=${EVENTS}`;
    [env] = await Promise.all([devServer('--dynamic-config-value', limit), workflowBundle()]);
  });
  after(() => env?.teardown());

  it('goes on as a model in a fresh run and loses no wish, no update and no ledger entry', async () => {
    const world = fakeWorld();
    const frozen = freshPlan(AT_ONCE);
    await withWorker(env, world, async (stage) => {
      const living = await beginModel(stage, frozen);
      const first = (await living.handle.describe()).runId;
      const request = { trigger: 'person', by: 'ann' } as const;
      const answers = await Promise.all(
        Array.from({ length: WISHES }, () => living.handle.executeUpdate(say.requestCycle, { args: [request] })),
      );
      assert.deepEqual(
        answers.map(({ cycle }) => cycle).sort((a = 0, b = 0) => a - b),
        Array.from({ length: WISHES }, (_, at) => at + 1),
      );
      // Updates keep coming while runs end and begin.
      for (let n = 1; n <= WISHES; n += 1) {
        const changed = { ...frozen, hash: `plan-${n}` };
        const told = await living.handle.executeUpdate(say.applyPlan, { args: [{ frozen: changed, by: 'ann' }] });
        assert.equal(told.plan?.hash, changed.hash);
        await living.outcome(n);
      }
      const told = await settled(living, WISHES);
      assert.equal(told.cycles, WISHES);
      assert.equal(told.champion?.version, WISHES);
      assert.notEqual((await living.handle.describe()).runId, first, 'it never continued as new');
    });
    assert.deepEqual(
      world.ledger.map(({ seq }) => seq),
      world.ledger.map((_, at) => at + 1),
    );
    const started = world.ledger.filter(({ event }) => event === 'cycle started').map(({ facts }) => facts.cycle);
    assert.deepEqual(
      started,
      Array.from({ length: WISHES }, (_, at) => at + 1),
    );
    assert.equal(world.ledger.filter(({ event }) => event === 'plan applied').length, WISHES + 1);
  });

  it('goes on as a backtest in a fresh run, under the same names, and trains nothing twice', async () => {
    const world = fakeWorld();
    await withWorker(env, world, async ({ operator }) => {
      const collect = { sources: { rows: { uri: 'rows.parquet', time: 'at' } } };
      const request = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-09T00:00:00.000Z', every: 86_400_000 };
      const frozen = freshPlan({ collect });
      const { workflowId } = await startBacktest(operator, { ...request, frozen, horizon: 2, by: 'ann' });
      const handle = operator.client.workflow.getHandle(workflowId);
      const { runId } = await handle.describe();
      const result = (await handle.result()) as BacktestResult;
      assert.notEqual((await handle.describe()).runId, runId, 'it never continued as new');
      assert.equal(result.origins, 8);
      assert.equal(world.called('submitTraining').length, 8);
      assert.equal(new Set([...world.jobs.keys()].map((name) => name.replace(/-\d+-[^-]*(-1)?$/, ''))).size, 1);
      assert.equal(world.called('preflight').length, 1);
      assert.deepEqual([...world.models], []);
    });
  });
});
