import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { FrozenPlan } from '../../src/activities/types.ts';
import { notYet, permanent } from '../../src/failures.ts';
import { rolloutProgress, steer } from '../../src/workflows/messages.ts';
import type { RolloutInput, rollout } from '../../src/workflows/rollout.ts';
import { type Changes, type FakeWorld, fakeWorld } from '../support/fake-activities.ts';
import {
  enthrone,
  failureOf,
  freshPlan,
  keptVersion,
  playRollout,
  timeSkipping,
  until,
  withWorker,
  workflowBundle,
} from './theatre.ts';

describe('a rollout', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    [env] = await Promise.all([timeSkipping(), workflowBundle()]);
  });
  after(() => env?.teardown());

  type Handle = WorkflowHandle<typeof rollout>;
  interface Played {
    readonly world: FakeWorld;
    readonly frozen: FrozenPlan;
    readonly input: RolloutInput;
  }

  /** Version 4 overtakes version 3, unless `more` says otherwise. */
  async function play<T>(
    changes: Changes,
    watch: (handle: Handle, played: Played) => Promise<T>,
    more: Partial<RolloutInput> = {},
    withChampion = true,
    rules: Readonly<Record<string, unknown>> = {},
  ) {
    const world = fakeWorld(changes);
    const frozen = freshPlan({
      deploy: { rollout: { steps: [50, 10], bake: '10m', probation: 0, ...rules }, keep: 1 },
    });
    const { model } = frozen.plan;
    const champion = withChampion ? enthrone(world, frozen, 3) : undefined;
    const challenger = keptVersion(model, 4);
    world.models.add(challenger.version.modelName);
    const versions = champion ? [keptVersion(model, 1), keptVersion(model, 2), champion.kept] : [];
    const input: RolloutInput = { model, frozen, label: '9', kind: 'canary', champion, challenger, versions, ...more };
    const seen = await withWorker(env, world, async (stage) =>
      watch(await playRollout(stage, input), { world, frozen, input }),
    );
    return { world, champion, challenger, model, seen };
  }
  const result = (handle: Handle) => handle.result();
  /** The n-th look of a kind finds errors. */
  const crashing =
    (by: 'service' | 'all', n: number): Changes =>
    (_, usual) => {
      let looks = 0;
      return {
        judgeCanary: async (look) => {
          if (look.by !== by || ++looks !== n) return usual.judgeCanary(look);
          return { healthy: false, requests: 9, errorRate: 0.5, reason: 'half of it failed' };
        },
      };
    };

  it('raises the share in rising steps to 100 and keeps as many versions as the plan says', async () => {
    const { seen, world } = await play(() => ({}), result);
    assert.equal(seen.outcome, 'deployed');
    const shares = world.calls
      .filter((call) => /^(submitEndpoint|shiftTraffic)/.test(call))
      .map((call) => call.split(' ')[2]);
    assert.deepEqual(shares, ['{"v3":90,"v4":10}', '{"v3":50,"v4":50}', '{"v3":0,"v4":100}', '{"v4":100}']);
    assert.deepEqual(world.called('retireVersions'), ['retireVersions v2 v1']);
    assert.deepEqual(seen.deployment?.retired, [2, 1]);
  });

  it('looks at errors and alarms every minute, and judges by everything at the end of each step', async () => {
    const { seen, world } = await play(() => ({}), result);
    const looks = world.calls.filter((call) => call.startsWith('judgeCanary')).map((call) => call.split(' ')[2]);
    const step = [...Array(9).fill('service'), 'all'];
    assert.deepEqual(looks, [...step, ...step, ...step]);
    assert.deepEqual(
      seen.verdicts?.map(({ step: name, reason }) => `${name}: ${reason}`),
      [10, 50, 100].map((share) => `version 4 takes ${share} %: no errors`),
    );
  });

  it('does not wait for the end of a step when the version crashes', async () => {
    const { seen, world } = await play(crashing('service', 3), result);
    assert.match(seen.reason, /v4 is not healthy: half of it failed/);
    assert.deepEqual([world.called('judgeCanary').length, world.called('judgeCanary v4 all').length], [3, 0]);
  });

  for (const [at, step] of ['10 %', '50 %', '100 %'].entries())
    it(`goes back when the version is not healthy at ${step}`, async () => {
      const { seen, world, champion } = await play(crashing('all', at + 1), result);
      assert.equal(seen.outcome, 'rolled back');
      assert.match(seen.verdicts?.at(-1)?.step ?? '', new RegExp(`takes ${step}$`));
      assert.equal(world.called('submitEndpoint').length, 2, 'the canary, and the champion again');
      assert.deepEqual(world.endpoint, champion?.serving);
    });

  for (const [at, what] of ['the canary', 'the shift to 50 %', 'the shift to 100 %', 'the last move'].entries())
    it(`goes back when SageMaker takes back ${what}`, async () => {
      let moves = 0;
      const lost = <I>(usually: (input: I) => Promise<void>) => ({
        moved: async (input: I) => (moves++ === at ? undefined : usually(input)),
      });
      const { seen, world, champion } = await play(
        (_, usual) => ({
          submitEndpoint: lost(usual.submitEndpoint).moved,
          shiftTraffic: lost(usual.shiftTraffic).moved,
        }),
        result,
      );
      assert.equal(seen.outcome, 'rolled back');
      assert.match(seen.reason, /serves .*, not /);
      assert.equal(moves, at + 2);
      assert.deepEqual(world.endpoint, champion?.serving);
    });

  it('hands on how far the champion moved to steps in which it answers nothing', async () => {
    const shifts: unknown[] = [];
    await play(
      (_, usual) => ({
        judgeCanary: async (look) => {
          const verdict = await usual.judgeCanary(look);
          if (look.by === 'service') return verdict;
          shifts.push(look.championShift);
          const moved = { rows: 500, psi: 0.2, p: 0.5, limit: 0.25, champion: shifts.length };
          return { ...verdict, shift: look.champion ? moved : undefined };
        },
      }),
      result,
      {},
      true,
      { probation: '5m' },
    );
    assert.deepEqual(shifts, [undefined, 1, 2, 3]);
  });

  describe('on probation', () => {
    const probation = { probation: '20m' };

    it('is judged alone before anything old is retired', async () => {
      const { seen, world } = await play(() => ({}), result, {}, true, probation);
      assert.equal(seen.outcome, 'deployed');
      const after = world.calls.slice(world.calls.findIndex((call) => /-9-full/.test(call)));
      assert.deepEqual(
        after.map((call) => call.replace(/model-\d+-/, '').replace(/ \{.*/, '')),
        [
          'submitEndpoint 9-full',
          'watchEndpoint 9-full',
          'smokeTest v4',
          'scaleEndpoint 9-full',
          ...Array(9).fill('judgeCanary v4 service'),
          'judgeCanary v4 all',
          'retireVersions v2 v1',
        ],
      );
    });

    it('goes back to the champion by itself', async () => {
      const { seen, world, champion } = await play(crashing('all', 4), result, {}, true, probation);
      assert.deepEqual([seen.outcome, seen.verdicts?.at(-1)?.step], ['rolled back', 'version 4 serves alone']);
      assert.deepEqual(world.endpoint, champion?.serving);
      assert.equal(world.called('scaleEndpoint').at(-1)?.includes('-3-full'), true);
      assert.deepEqual(world.called('retireVersions'), ['retireVersions v4']);
    });

    it('is held by a person who pauses it, looked at meanwhile, and given up when they abort', async () => {
      const { seen, world, champion } = await play(
        () => ({}),
        async (handle, { world: played }) => {
          await until(async () => {
            await env.sleep('1m');
            return played.called('smokeTest').length > 1;
          });
          await handle.signal(steer, { action: 'pause', by: 'ann' });
          await env.sleep('5h');
          const looks = played.called('judgeCanary v4 service').length;
          await env.sleep('1h');
          assert.ok(played.called('judgeCanary v4 service').length > looks, 'it is looked at while it is held');
          assert.deepEqual(played.called('retireVersions'), []);
          await handle.signal(steer, { action: 'abort', by: 'ann' });
          return handle.result();
        },
        {},
        true,
        probation,
      );
      assert.deepEqual([seen.outcome, seen.reason], ['rolled back', 'aborted by ann']);
      assert.deepEqual(world.endpoint, champion?.serving);
    });
  });

  it('lets the version answer copies first where the plan says shadow', async () => {
    const looks: string[] = [];
    const { seen, world } = await play(
      (_, usual) => ({
        judgeCanary: async (look) => {
          if (look.by === 'all') looks.push(look.shadow ? 'shadow' : 'canary');
          return usual.judgeCanary(look);
        },
      }),
      result,
      {},
      true,
      { strategy: 'shadow' },
    );
    assert.equal(seen.outcome, 'deployed');
    assert.deepEqual(looks, ['shadow', 'canary', 'canary', 'canary']);
    assert.match(world.called('submitEndpoint')[0] ?? '', /-9-shadow \{"v3":100\}$/);
  });

  it('goes back when the shadow does not answer as it should, before anybody was given its answers', async () => {
    const { seen, world, champion } = await play(crashing('all', 1), result, {}, true, { strategy: 'shadow' });
    assert.equal(seen.outcome, 'rolled back');
    assert.deepEqual(world.called('smokeTest'), []);
    assert.deepEqual(world.endpoint, champion?.serving);
  });

  it('keeps old versions for another time when they cannot be retired', async () => {
    const { seen } = await play(
      () => ({ retireVersions: async () => Promise.reject(permanent('AccessDenied', 'no')) }),
      result,
    );
    assert.equal(seen.outcome, 'deployed');
    assert.deepEqual(seen.deployment?.retired, []);
  });

  const doubts: readonly [string, Changes, RegExp][] = [
    [
      'is not healthy under traffic',
      () => ({
        judgeCanary: async () => ({ healthy: false, requests: 9, errorRate: 0.5, reason: 'half of it failed' }),
      }),
      /v4 is not healthy: half of it failed/,
    ],
    [
      'does not predict as its evaluation did',
      () => ({ smokeTest: async () => Promise.reject(permanent('RolloutFailed', 'instance 3 differs')) }),
      /instance 3 differs/,
    ],
    [
      'makes the endpoint roll back silently',
      (world, usual) => ({
        submitEndpoint: async (input) => {
          if (!input.shape.config.endsWith('-9-canary')) await usual.submitEndpoint(input);
        },
        shiftTraffic: async () => Promise.reject(new Error(`not on ${world.endpoint?.config}`)),
      }),
      /serves model-.*-3-full, not .*-9-canary/,
    ],
    [
      'does not predict as its evaluation did once it serves alone',
      (world, usual) => ({
        smokeTest: async (input) =>
          world.endpoint?.config.endsWith('-9-full')
            ? Promise.reject(permanent('RolloutFailed', 'instance 5 differs'))
            : usual.smokeTest(input),
      }),
      /instance 5 differs/,
    ],
    [
      'cannot serve alone',
      (_, usual) => ({
        watchEndpoint: async (input) =>
          input.shape.config.endsWith('-9-full')
            ? Promise.reject(permanent('RolloutFailed', 'rolled back silently'))
            : usual.watchEndpoint(input),
      }),
      /rolled back silently/,
    ],
  ];
  for (const [name, changes, reason] of doubts)
    it(`goes back to the champion when the version ${name}`, async () => {
      const { seen, world, champion, challenger } = await play(changes, result);
      assert.equal(seen.outcome, 'rolled back');
      assert.match(seen.reason, reason);
      assert.deepEqual(world.endpoint, champion?.serving);
      assert.ok(!world.models.has(challenger.version.modelName), 'the challenger is removed');
      assert.ok(world.models.has(champion?.kept.version.modelName ?? ''), 'the champion stays');
    });

  /** An endpoint that AWS takes back so often, with what it says of it. */
  const takenBack = (times: number, because: string) => {
    let left = times;
    const changes: Changes = (_, usual) => ({
      watchEndpoint: async (input) => {
        if (!input.shape.config.endsWith('-9-full') || left-- <= 0) return usual.watchEndpoint(input);
        throw permanent('RolloutFailed', 'rolled back silently: no machine', { because });
      },
    });
    return changes;
  };

  it('asks again for what AWS took back by a trouble of its own', async () => {
    for (const because of ['internal', 'capacity']) {
      const { seen, world } = await play(takenBack(2, because), result);
      assert.equal(seen.outcome, 'deployed', because);
      assert.equal(world.called('submitEndpoint').filter((call) => call.includes('-9-full')).length, 3);
      assert.match(Object.keys(world.endpoint?.weights ?? {}).join(), /^v4$/);
    }
  });

  it('goes back when AWS takes it back a third time, or for what is no trouble of its own', async () => {
    for (const [times, because, asked] of [
      [3, 'internal', 3],
      [1, 'client', 1],
    ] as const) {
      const { seen, world, champion } = await play(takenBack(times, because), result);
      assert.equal(seen.outcome, 'rolled back');
      assert.equal(world.called('submitEndpoint').filter((call) => call.includes('-9-full')).length, asked);
      assert.deepEqual(world.endpoint, champion?.serving);
    }
  });

  it('goes back by the plan that the champion was deployed with', async () => {
    const plans: string[] = [];
    await play(
      (_, usual) => ({
        submitEndpoint: async (input) => {
          plans.push(`${input.shape.config.replace(/^model-\d+-/, '')} by ${input.frozen.hash.slice(0, 3)}`);
          return usual.submitEndpoint(input);
        },
        judgeCanary: async () => ({ healthy: false, requests: 9, errorRate: 0.5, reason: 'no' }),
      }),
      result,
      { frozen: { ...freshPlan(), hash: 'new' } },
    );
    assert.deepEqual(plans, ['9-canary by new', '3-full by fff']);
  });

  it('leaves no endpoint behind when the first version fails', async () => {
    const { seen, world } = await play(
      () => ({ smokeTest: async () => Promise.reject(permanent('RolloutFailed', 'no answer')) }),
      result,
      {},
      false,
    );
    assert.deepEqual([seen.outcome, seen.reason], ['rolled back', 'no answer']);
    assert.equal(world.endpoint, undefined);
    assert.deepEqual([...world.models], []);
  });

  it('does not touch the endpoint when the API cannot be set up', async () => {
    const { seen, world } = await play(
      () => ({ ensureApi: async () => Promise.reject(permanent('AccessDenied', 'no')) }),
      result,
    );
    assert.equal(seen.outcome, 'rolled back');
    assert.deepEqual(world.called('submitEndpoint'), []);
  });

  it('fails loudly, and removes nothing, when the champion cannot be brought back', async () => {
    const { seen, world, challenger } = await play(
      (_, usual) => ({
        judgeCanary: async () => ({ healthy: false, requests: 9, errorRate: 0.5, reason: 'errors' }),
        watchEndpoint: async (input) =>
          input.shape.config.endsWith('-3-full')
            ? Promise.reject(permanent('RolloutFailed', 'UpdateRollbackFailed'))
            : usual.watchEndpoint(input),
      }),
      failureOf,
    );
    assert.match(
      seen.message,
      /given up \(v4 is not healthy: errors\).*could not be brought back: UpdateRollbackFailed/,
    );
    assert.ok(world.models.has(challenger.version.modelName));
  });

  it('waits an hour and a half for an endpoint that sticks in its update, then goes back', async () => {
    const { world, seen, champion } = await play(
      (_, usual) => ({
        watchEndpoint: (input) =>
          Object.hasOwn(input.shape.weights, 'v4')
            ? Promise.reject(notYet(`endpoint ${input.shape.endpoint} is Updating`))
            : usual.watchEndpoint(input),
      }),
      result,
    );
    assert.equal(seen.outcome, 'rolled back');
    assert.match(seen.reason, /is Updating/);
    assert.deepEqual(world.endpoint, champion?.serving);
  });

  describe('listens to a person', () => {
    const baking = (world: FakeWorld) => until(() => world.called('smokeTest').length > 0);

    it('who aborts it', async () => {
      const { seen, world, champion } = await play(
        () => ({}),
        async (handle, played) => {
          await baking(played.world);
          await handle.signal(steer, { action: 'abort', by: 'ann', reason: 'odd numbers' });
          return handle.result();
        },
      );
      assert.deepEqual([seen.outcome, seen.reason], ['rolled back', 'aborted by ann: odd numbers']);
      assert.deepEqual(world.endpoint, champion?.serving);
    });

    it('who promotes it: no more waiting, but each step is still judged', async () => {
      const { seen, world } = await play(
        () => ({}),
        async (handle, played) => {
          await baking(played.world);
          await handle.signal(steer, { action: 'promote', by: 'ann' });
          const ended = await handle.result();
          const { events = [] } = await handle.fetchHistory();
          const timers = (events ?? []).filter(({ timerStartedEventAttributes: timer }) => timer).length;
          return { ended, timers };
        },
      );
      assert.equal(seen.ended.outcome, 'deployed');
      assert.ok(seen.timers <= 1, `${seen.timers} timers`);
      assert.equal(world.called('judgeCanary v4 all').length, 3);
      assert.ok(world.called('judgeCanary v4 service').length <= 1);
    });

    it('who holds it before the next step and lets it go on', async () => {
      const { seen } = await play(
        () => ({}),
        async (handle, played) => {
          await baking(played.world);
          await handle.signal(steer, { action: 'pause', by: 'ann' });
          await env.sleep('3h');
          const held = await handle.query(rolloutProgress);
          await handle.signal(steer, { action: 'resume', by: 'ann' });
          return { held, ended: await handle.result() };
        },
      );
      assert.equal(seen.held.paused, true);
      assert.deepEqual(seen.held.weights, { v3: 90, v4: 10 });
      assert.equal(seen.ended.outcome, 'deployed');
    });
  });

  it('returns to a kept version at once, verified, without touching the API', async () => {
    const frozen = freshPlan();
    const { seen, world } = await play(() => ({}), result, {
      kind: 'rollback',
      label: 'rollback-1',
      challenger: keptVersion(frozen.plan.model, 2),
    });
    assert.equal(seen.outcome, 'deployed');
    assert.deepEqual(world.endpoint?.weights, { v2: 100 });
    assert.deepEqual(world.called('ensureApi'), []);
    assert.deepEqual(world.called('smokeTest'), ['smokeTest v2']);
    assert.equal(world.called('ensureObservability').length, 1, 'alarms watch the version that serves again');
  });
});
