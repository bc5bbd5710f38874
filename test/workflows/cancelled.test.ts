/** Cancelled at every stage. On the server of the CLI: the time-skipping one refuses to cancel what has just ended, and hangs. */
import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { JobRef } from '../../src/activities/types.ts';
import { progress } from '../../src/workflows/messages.ts';
import type { RolloutInput, rollout } from '../../src/workflows/rollout.ts';
import { type Changes, type FakeWorld, fakeWorld, stillRunning } from '../support/fake-activities.ts';
import {
  AT_ONCE,
  cycleInput,
  devServer,
  enthrone,
  failureOf,
  freshPlan,
  keptVersion,
  playCycle,
  playRollout,
  TUNED,
  until,
  withWorker,
  workflowBundle,
} from './theatre.ts';

describe('cancelled', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    [env] = await Promise.all([devServer(), workflowBundle()]);
  });
  after(() => env?.teardown());

  describe('a cycle', () => {
    /** In which stage, by which activity, what never ends, and the plan. */
    const stages: readonly [string, string, Changes, Readonly<Record<string, unknown>>?][] = [
      ['plan', 'preflight', () => ({ preflight: async () => Promise.reject(stillRunning('plan')) })],
      ['collect', 'collectSource', () => ({ collectSource: async () => Promise.reject(stillRunning('rows')) })],
      ['prepare', 'prepareData', () => ({ prepareData: async () => Promise.reject(stillRunning('data')) })],
      ['train', 'watchJob', () => ({ watchJob: async ({ name }) => Promise.reject(stillRunning(name)) })],
      ['train', 'submitTuning', () => ({ watchJob: async ({ name }) => Promise.reject(stillRunning(name)) }), TUNED],
      [
        'evaluate',
        'submitTransform',
        (_, usual) => ({
          watchJob: async (input) =>
            input.kind === 'transform' ? Promise.reject(stillRunning(input.name)) : usual.watchJob(input),
        }),
      ],
      [
        'deploy',
        'watchEndpoint',
        (world, usual) => ({
          watchEndpoint: async (input) =>
            world.endpoint?.config.endsWith('canary')
              ? Promise.reject(stillRunning('endpoint'))
              : usual.watchEndpoint(input),
        }),
      ],
      ['deploy', 'registerVersion', () => ({ registerVersion: async () => Promise.reject(stillRunning('package')) })],
      // Its version bakes, and on probation: in both, a timer runs.
      ['deploy', 'smokeTest', () => ({})],
      ['deploy', 'scaleEndpoint', () => ({}), { deploy: { rollout: { steps: [50], bake: 0, probation: '20m' } } }],
    ];
    for (const [name, activity, changes, plan] of stages)
      it(`in ${name}, by the time of ${activity}, it stops its jobs, removes what it made and leaves the champion`, async () => {
        const world = fakeWorld(changes);
        const frozen = freshPlan(plan);
        const champion = enthrone(world, frozen, 3);
        await withWorker(env, world, async (stage) => {
          const handle = await playCycle(stage, cycleInput(frozen, { champion, versions: [champion.kept] }));
          await until(() => world.called(activity).length > 0);
          await handle.cancel();
          assertCancelled(await failureOf(handle));
          const told = await handle.query(progress);
          assert.deepEqual([told.outcome, told.stage], ['cancelled', name]);
        });
        assert.deepEqual(
          [...world.jobs.values()].filter((state) => state === 'running'),
          [],
        );
        assert.deepEqual([...world.models], [champion.kept.version.modelName]);
        assert.deepEqual(world.endpoint, champion.serving);
        const undone = world.calls
          .filter((call) => /^(stopJob|deleteModel)/.test(call))
          .map((call) => call.split(' ')[0]);
        assert.deepEqual(undone, undone.slice().sort().reverse(), 'jobs are stopped before their model is removed');
      });

    /** Cancels a cycle while `submitTraining` runs, which then answers as `submit` does. */
    async function inSubmit(submit: (usual: () => Promise<JobRef>) => Promise<JobRef>): Promise<FakeWorld> {
      let asked = false;
      const world = fakeWorld((_, usual) => ({
        submitTraining: async (input) => {
          await until(() => asked);
          return submit(() => usual.submitTraining(input));
        },
      }));
      const frozen = freshPlan();
      await withWorker(env, world, async (stage) => {
        const handle = await playCycle(stage, cycleInput(frozen));
        await until(() => world.called('submitTraining').length > 0);
        await handle.cancel();
        // Else it would be answered first, and the job be one that runs.
        await until(async () => {
          const { events } = await handle.fetchHistory();
          return events?.some((event) => event.activityTaskCancelRequestedEventAttributes);
        });
        asked = true;
        assertCancelled(await failureOf(handle));
      });
      return world;
    }

    it('in the midst of a submit, it waits for the answer and stops what was created', async () => {
      const world = await inSubmit((usual) => usual());
      assert.deepEqual([...world.jobs.values()], ['stopped']);
    });

    it('in the midst of a submit that fails just then, it is cancelled all the same, and has not failed', async () => {
      const world = await inSubmit(() => Promise.reject(new Error('throttled')));
      assert.deepEqual([...world.jobs], []);
    });

    it('in its last stage, it is too late: the version serves, and its alarms are set', async () => {
      let asked = false;
      const world = fakeWorld((_, usual) => ({
        ensureObservability: async (input) =>
          asked ? usual.ensureObservability(input) : Promise.reject(stillRunning('alarms')),
      }));
      const frozen = freshPlan(AT_ONCE);
      const result = await withWorker(env, world, async (stage) => {
        const handle = await playCycle(stage, cycleInput(frozen));
        await until(() => world.called('ensureObservability').length > 0);
        await handle.cancel();
        asked = true;
        return handle.result();
      });
      assert.equal(result.outcome.outcome, 'deployed');
      assert.deepEqual(world.endpoint?.weights, { v7: 100 });
    });
  });

  describe('a rollout', () => {
    /** Version 4 overtakes version 3. */
    async function play(
      plan: Readonly<Record<string, unknown>>,
      changes: Changes,
      watch: (handle: WorkflowHandle<typeof rollout>, world: FakeWorld) => Promise<void>,
    ) {
      const world = fakeWorld(changes);
      const frozen = freshPlan(plan);
      const { model } = frozen.plan;
      const champion = enthrone(world, frozen, 3);
      const challenger = keptVersion(model, 4);
      world.models.add(challenger.version.modelName);
      const input: RolloutInput = {
        model,
        frozen,
        label: '9',
        kind: 'canary',
        champion,
        challenger,
        versions: [champion.kept],
      };
      await withWorker(env, world, async (stage) => watch(await playRollout(stage, input), world));
      return { world, champion };
    }

    it('brings the champion back', async () => {
      const { world, champion } = await play(
        {},
        () => ({}),
        async (handle, { called }) => {
          await until(() => called('smokeTest').length > 0);
          await handle.cancel();
          assertCancelled(await failureOf(handle));
        },
      );
      assert.deepEqual(world.endpoint, champion.serving);
    });

    it('is not undone once the version serves alone', async () => {
      let retiring = false;
      let cancelled = false;
      const { world } = await play(
        AT_ONCE,
        (_, usual) => ({
          retireVersions: async (input) => {
            retiring = true;
            await until(() => cancelled);
            return usual.retireVersions(input);
          },
        }),
        async (handle) => {
          await until(() => retiring);
          await handle.cancel();
          cancelled = true;
          assert.equal((await handle.result()).outcome, 'deployed');
        },
      );
      assert.deepEqual(world.endpoint?.weights, { v4: 100 });
    });
  });
});

/** Not by `assert.ok`, which reads the whole source to say what was not true: of one on a single line, for minutes. */
const assertCancelled = (failure: Error): void => assert.equal(failure.constructor, CancelledFailure, String(failure));
