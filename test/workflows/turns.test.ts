import assert from 'node:assert/strict';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { backlog, look } from '../../src/operations/index.ts';
import { priorityOf } from '../../src/workflows/priority.ts';
import { fakeWorld } from '../support/fake-activities.ts';
import { cycleInput, devServer, freshPlan, playCycle, until, withWorker, workflowBundle } from './theatre.ts';

const MANY = 20;
/** What a worker has when it is not told. */
const DATA_SLOTS = 2;

describe('work that waits in line', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    [env] = await Promise.all([devServer(), workflowBundle()]);
  });
  after(() => env?.teardown());

  it('holds no more databases than there are slots, lets quick calls pass, is seen by people, and takes models by turns', async () => {
    const began: string[] = [];
    let running = 0;
    let most = 0;
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const world = fakeWorld((_, usual) => ({
      collectSource: async (input) => {
        began.push(input.model);
        running += 1;
        most = Math.max(most, running);
        await gate;
        running -= 1;
        return usual.collectSource(input);
      },
    }));
    const others = Object.fromEntries(
      Array.from({ length: MANY - 1 }, (_, at) => [`other${at}`, { uri: 'other.csv', reference: true }]),
    );
    const greedy = freshPlan({ collect: { sources: { rows: { uri: 'rows.parquet' }, ...others } } });
    const modest = freshPlan();
    await withWorker(env, world, async (stage) => {
      await playCycle(stage, cycleInput(greedy));
      await until(() => began.length === DATA_SLOTS);
      const late = await playCycle(stage, cycleInput(modest));
      await until(async () => {
        const { pendingActivities } = (await late.describe()).raw;
        return pendingActivities?.some(({ activityType }) => activityType?.name === 'collectSource');
      });
      await until(async () => {
        const lines = await backlog(stage.operator);
        return lines.some(({ queue, waiting }) => queue.endsWith('-data') && waiting > 0);
      });
      await until(async () => {
        const seen = await look(stage.operator, modest.plan.model, 7);
        return seen?.activities.some(({ text }) => text === 'collectSource waits for a free slot of a worker');
      });
      open();
      await until(() => began.length === MANY + 1);
    });
    assert.equal(most, DATA_SLOTS);
    const turn = began.indexOf(modest.plan.model);
    assert.ok(turn < MANY / 2, `the model that came late had turn ${turn + 1} of ${began.length}`);
  });

  it('goes first when it guards what serves, and last when it replays history', () => {
    const { priorityKey: rollout = 0, fairnessKey } = priorityOf('model/flights/rollout/7');
    const { priorityKey: cycle = 0 } = priorityOf('model/flights/cycle/7');
    const { priorityKey: backtest = 0 } = priorityOf('model/flights/backtest/abc');
    assert.equal(fairnessKey, 'flights');
    assert.ok(rollout < cycle && cycle < backtest);
  });
});
