import assert from 'node:assert/strict';
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { createCodec } from '../../src/codec/codec.ts';
import { dataConverter, encryptsFailures, failureConverterPath } from '../../src/codec/converter.ts';
import type { CodecKey } from '../../src/codec/keys.ts';
import { permanent } from '../../src/failures.ts';
import { cycleWorkflowId, modelWorkflowId } from '../../src/names.ts';
import * as operations from '../../src/operations/index.ts';
import type { Operator } from '../../src/operations/types.ts';
import { createWorkers } from '../../src/temporal/worker.ts';
import { bundleWorkflows } from '../../src/temporal/workflow-code.ts';
import { fakeWorld, stillRunning } from '../support/fake-activities.ts';
import { textOf } from '../support/text-of.ts';
import { AT_ONCE, devServer, freshPlan, until, workflowBundle } from './theatre.ts';

const key = (id: string): CodecKey => ({ id, secret: createSecretKey(randomBytes(32)) });
const [FIRST, SECOND] = [key('first'), key('second')];
const SOON = { every: 50 } as const;

describe('a model whose payloads are encrypted', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  let sealing: WorkflowBundleWithSourceMap;
  before(async () => {
    const bundled = bundleWorkflows({ failureConverterPath, logger: new DefaultLogger('ERROR') });
    [env, sealing] = await Promise.all([devServer(), bundled, workflowBundle()]);
  });
  after(() => env?.teardown());

  const frozen = freshPlan({ ...AT_ONCE, objective: 'tell-nobody-the-objective' });
  const { model } = frozen.plan;
  const taskQueue = `test-${randomUUID()}`;
  let progress = 0;
  const world = fakeWorld((_, usual) => ({
    watchJob: async (input) => {
      if (!input.name.startsWith(`${model}-2-`)) return usual.watchJob(input);
      progress += 1;
      if (progress < 4) throw stillRunning(`tell-nobody-the-progress of ${input.name}`);
      throw permanent('JobFailed', 'tell-nobody-the-failure');
    },
  }));

  /** Worker and client with these keys. */
  const withKeys = async <T>(keys: readonly CodecKey[], play: (operator: Operator) => Promise<T>): Promise<T> => {
    const { nativeConnection: connection, connection: way, namespace = 'default', address } = env;
    const converter = dataConverter(keys);
    const bundle = keys.length > 0 ? sealing : await workflowBundle();
    const parts = { connection, namespace, taskQueue, activities: world.activities, workflowBundle: bundle };
    // What the worker before was to do soon goes to the next one at once.
    const soon = { shutdownGraceTime: 0, shutdownForceTime: 2_000, stickyQueueScheduleToStartTimeout: 100 } as const;
    const worker = await createWorkers({ ...parts, dataConverter: converter }, soon);
    const client = new Client({
      connection: way,
      namespace,
      dataConverter: { payloadCodecs: converter.payloadCodecs },
    });
    return worker.runUntil(play({ client, taskQueue, address, close: async () => {} }));
  };
  const history = (id: string) => env.client.workflow.getHandle(id).fetchHistory();
  const found = async (id: string) => [...new Set(textOf(await history(id)).match(/tell-nobody-the-\w+/g))].sort();

  it('may have begun without keys, and Temporal then knows all', async () => {
    await withKeys([], async (operator) => {
      await operations.applyPlan(operator, { frozen, by: 'ann' });
      await operations.requestCycle(operator, {
        model,
        trigger: 'person',
        by: 'ann',
        reason: 'tell-nobody-the-reason',
      });
      for await (const _ of operations.waitForCycle(operator, { model, cycle: 1, ...SOON }));
    });
    assert.deepEqual(await found(cycleWorkflowId(model, 1)), ['tell-nobody-the-objective', 'tell-nobody-the-reason']);
  });

  it('goes on with keys: people read its progress and its failure, Temporal neither', async () => {
    const told = new Set<string>();
    await withKeys([FIRST], async (operator) => {
      assert.equal((await operations.status(operator, { model })).outcomes[0]?.outcome, 'deployed');
      await operations.requestCycle(operator, {
        model,
        trigger: 'person',
        by: 'ann',
        reason: 'tell-nobody-the-reason',
      });
      for await (const news of operations.waitForCycle(operator, { model, cycle: 2, ...SOON })) {
        if (news.kind === 'running') for (const { text } of news.activities) told.add(text);
        if (news.kind === 'ended') assert.match(news.outcome.reason ?? '', /tell-nobody-the-failure/);
      }
    });
    assert.ok(
      [...told].some((text) => text.includes('tell-nobody-the-progress')),
      [...told].join(),
    );
    assert.deepEqual(await found(cycleWorkflowId(model, 2)), []);
  });

  it('goes on with another key, and reads what the one before wrote', async () => {
    await withKeys([SECOND, FIRST], async (operator) => {
      await operations.pause(operator, { model, by: 'ann', reason: 'a holiday' });
      const { outcomes, paused } = await operations.status(operator, { model });
      assert.match(outcomes[0]?.reason ?? '', /tell-nobody-the-failure/);
      assert.equal(paused?.reason, 'a holiday');
    });
  });

  it('waits, and says for which key, when a worker has lost one; with the key it goes on', async () => {
    await withKeys([SECOND], async ({ client }) => {
      const described = client.workflow.getHandle(cycleWorkflowId(model, 2)).describe();
      await assert.rejects(described, /encrypted with the key "first", which is not here \("second"\)/);
      await client.workflow.getHandle(modelWorkflowId(model)).signal('areYouThere');
      const missing = /encrypted with the key \\"first\\", which is not here/;
      await until(async () => missing.test(await failedTasks([SECOND])));
    });
    await withKeys([SECOND, FIRST], async (operator) => {
      await operations.resume(operator, { model, by: 'ann' });
      assert.equal((await operations.status(operator, { model })).paused, undefined);
    });
  });

  it('is told by a bundle of the workflows that encrypts failures, and no other counts as one', async () => {
    assert.equal(encryptsFailures(sealing.code), true);
    assert.equal(encryptsFailures(await readFile((await workflowBundle()).codePath, 'utf8')), false);
  });

  it('replays from its beginning, plain and encrypted', async () => {
    const options = { workflowBundle: sealing, dataConverter: dataConverter([SECOND, FIRST]) };
    for (const id of [modelWorkflowId(model), cycleWorkflowId(model, 1), cycleWorkflowId(model, 2)])
      await Worker.runReplayHistory({ ...options, replayName: id }, await history(id));
  });

  /** Why tasks of the model failed, as the Web UI shows it through a codec server. */
  const failedTasks = async (keys: readonly CodecKey[]): Promise<string> => {
    const events = (await history(modelWorkflowId(model))).events ?? [];
    const sealed = events.flatMap((event) => event.workflowTaskFailedEventAttributes?.failure?.encodedAttributes ?? []);
    return textOf(await createCodec(keys).decode(sealed));
  };
});
