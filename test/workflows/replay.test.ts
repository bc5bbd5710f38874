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
    for (const file of files)
      await replay(await read(file)).catch((error) => assert.fail(`${file} does not replay: ${error.message}`));
  });

  it('break when they were altered, so that this test can fail', async () => {
    const history = await read('cycle-first.json');
    const scheduled = history.events.find(
      ({ activityTaskScheduledEventAttributes: task }) => task?.activityType.name === 'prepareData',
    )?.activityTaskScheduledEventAttributes;
    assert.ok(scheduled);
    scheduled.activityType.name = 'collectSource';
    await assert.rejects(replay(history), DeterminismViolationError);
  });
});
