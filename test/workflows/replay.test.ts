import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import * as workflows from '../../src/workflows/index.ts';
import { workflowBundle } from './theatre.ts';

const folder = new URL('./histories/', import.meta.url);

interface Recorded {
  readonly events: {
    eventType: string;
    workflowExecutionStartedEventAttributes?: { workflowType: { name: string } };
    startChildWorkflowExecutionInitiatedEventAttributes?: { workflowType: { name: string } };
    activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  }[];
}

const read = async (file: string): Promise<Recorded> =>
  JSON.parse(await readFile(new URL(file, folder), 'utf8')) as Recorded;

describe('recorded histories', function () {
  this.timeout(60_000);
  let files: string[];
  before(async () => {
    files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
    await workflowBundle();
  });

  const replay = async (history: Recorded): Promise<void> =>
    Worker.runReplayHistory({ workflowBundle: await workflowBundle(), replayName: 'recorded' }, history);

  it('are there for every workflow', async () => {
    const types = await Promise.all(
      files.map(
        async (file) => (await read(file)).events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name,
      ),
    );
    assert.deepEqual([...new Set(types)].sort(), Object.keys(workflows).sort());
  });

  it('replay: runs that began before a change of the code go on after it', async () => {
    const recorded = await Promise.all(files.map(async (file) => ({ workflowId: file, history: await read(file) })));
    const options = { workflowBundle: await workflowBundle(), replayName: 'all' };
    let replayed = 0;
    for await (const { workflowId, error } of Worker.runReplayHistories(options, recorded)) {
      assert.equal(error, undefined, `${workflowId} does not replay: ${error?.message}`);
      replayed += 1;
    }
    assert.equal(replayed, files.length);
  });

  /** An activity of each workflow in the place of which another one is put. */
  const altered = {
    'cycle-first': 'prepareData',
    'rollout-canary': 'smokeTest',
    model: 'record',
    monitor: 'inspectModel',
    backtest: 'cutLaterRows',
    sweep: 'findOrphans',
  };
  for (const [name, activity] of Object.entries(altered))
    it(`of ${name} break when ${activity} is another activity in them, so that this test can fail`, async () => {
      const history = await read(`${name}.json`);
      const scheduled = history.events.find(
        ({ activityTaskScheduledEventAttributes: task }) => task?.activityType.name === activity,
      )?.activityTaskScheduledEventAttributes;
      assert.ok(scheduled);
      scheduled.activityType.name = 'collectSource';
      await assert.rejects(replay(history), DeterminismViolationError);
    });

  it('break when a cycle has another child than its rollout', async () => {
    const history = await read('cycle-first.json');
    const started = history.events.find((event) => event.startChildWorkflowExecutionInitiatedEventAttributes);
    assert.ok(started?.startChildWorkflowExecutionInitiatedEventAttributes);
    started.startChildWorkflowExecutionInitiatedEventAttributes.workflowType.name = 'monitor';
    await assert.rejects(replay(history), DeterminismViolationError);
  });
});
