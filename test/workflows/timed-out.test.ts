import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Activities } from '../../src/activities/interface.ts';
import { unavailable } from '../../src/failures.ts';
import type { Champion, CycleOutcome, CycleResult } from '../../src/workflows/messages.ts';
import { type FakeWorld, fakeWorld } from '../support/fake-activities.ts';
import {
  AT_ONCE,
  cycleInput,
  devServer,
  enthrone,
  freshPlan,
  playCycle,
  type Stage,
  withWorker,
  workflowBundle,
} from './theatre.ts';

/** Longer than any activity may take: the server gives one up that asks for so long a pause. */
const TOO_LATE = 48 * 3_600_000;

/** Every call of a cycle beside a champion, `#` for the names of its model, and how the cycle ends whose call never answers. */
const CALLS: readonly (readonly [call: string, ends: string])[] = [
  ['preflight', 'failed in plan'],
  ['collectSource rows', 'failed in collect'],
  ['checkExpectations', 'failed in collect'],
  ['catalogSnapshots', 'failed in collect'],
  ['prepareData', 'failed in prepare'],
  ['submitTraining #-7-train-1', 'failed in train'],
  ['watchJob #-7-train-1', 'failed in train'],
  ['createModel #-7-model', 'failed in evaluate'],
  ['submitTransform #-7-score', 'failed in evaluate'],
  ['submitTransform #-7-score-champion', 'failed in evaluate'],
  ['watchJob #-7-score', 'failed in evaluate'],
  ['watchJob #-7-score-champion', 'failed in evaluate'],
  ['judge', 'failed in evaluate'],
  ['registerVersion', 'failed in deploy'],
  ['describeEndpoint', 'rolled back in deploy'],
  ['ensureApi', 'rolled back in deploy'],
  ['submitEndpoint #-7-canary {"v3":50,"v7":50}', 'rolled back in deploy'],
  ['watchEndpoint #-7-canary {"v3":50,"v7":50}', 'rolled back in deploy'],
  ['smokeTest v7', 'rolled back in deploy'],
  ['judgeCanary v7 all', 'rolled back in deploy'],
  ['shiftTraffic #-7-canary {"v3":0,"v7":100}', 'rolled back in deploy'],
  ['watchEndpoint #-7-canary {"v3":0,"v7":100}', 'rolled back in deploy'],
  ['submitEndpoint #-7-full {"v7":100}', 'rolled back in deploy'],
  ['watchEndpoint #-7-full {"v7":100}', 'rolled back in deploy'],
  ['scaleEndpoint #-7-full {"v7":100}', 'rolled back in deploy'],
  ['retireVersions', 'deployed in monitor'],
  ['ensureObservability', 'deployed in monitor'],
];

/** Calls of a first version, which has no champion to go back to. */
const FIRST = ['watchEndpoint #-7-full {"v7":100}', 'smokeTest v7', 'ensureApi'];

interface Played {
  readonly outcome: CycleOutcome;
  readonly world: FakeWorld;
  readonly model: string;
  readonly champion?: Champion;
}

describe('a cycle whose call is done, and never answered in time', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  const worlds = new Map<string, FakeWorld>();
  const played = new Map<string, Promise<Played>>();

  before(async () => {
    [env] = await Promise.all([devServer(), workflowBundle()]);
    // All at once, by one worker.
    await withWorker(env, { ...fakeWorld(), activities: byModel(worlds) }, async (stage) => {
      played.set('', play(stage));
      for (const [call] of CALLS) played.set(call, play(stage, [call]));
      for (const call of FIRST) played.set(`first ${call}`, play(stage, [call], false));
      played.set('unstoppable', play(stage, ['watchJob #-7-train-1', 'stopJob #-7-train-1']));
      await Promise.all(played.values());
    });
  });
  after(() => env?.teardown());

  /** A cycle to its end. The calls that are lost do their work, and their answers never come. */
  async function play(stage: Stage, lost: readonly string[] = [], withChampion = true): Promise<Played> {
    const frozen = freshPlan(AT_ONCE);
    const { model } = frozen.plan;
    const world = fakeWorld((world, usual) =>
      losing(
        world,
        usual,
        lost.map((call) => call.replace('#', model)),
      ),
    );
    worlds.set(model, world);
    const champion = withChampion ? enthrone(world, frozen, 3) : undefined;
    const handle = await playCycle(stage, cycleInput(frozen, { champion, versions: champion ? [champion.kept] : [] }));
    const outcome = await handle.result().then(({ outcome }) => outcome, outcomeOf);
    return { outcome, world, model, champion };
  }
  const seen = async (call: string): Promise<Played> => (await played.get(call)) ?? assert.fail(call);
  const running = ({ jobs }: FakeWorld) => [...jobs].filter(([, state]) => state === 'running');

  it('makes these calls', async () => {
    const { world, model } = await seen('');
    const made = [...new Set(world.calls.map((call) => call.replace(model, '#')))];
    assert.deepEqual(made.sort(), CALLS.map(([call]) => call).sort());
  });

  for (const [call, ends] of CALLS)
    it(`${call}: ${ends}; nothing runs or is left, and one version serves`, async () => {
      const { outcome, world, champion, model } = await seen(call);
      assert.equal(`${outcome.outcome} in ${outcome.stage}`, ends, outcome.reason);
      assert.deepEqual(running(world), []);
      const deployed = outcome.outcome === 'deployed';
      assert.deepEqual(world.endpoint?.weights, deployed ? { v7: 100 } : champion?.serving.weights);
      const kept = [champion?.kept.version.modelName, ...(deployed ? [`${model}-7-model`] : [])];
      assert.deepEqual([...world.models], kept);
      if (!deployed) assert.match(outcome.reason, /took too long; last seen: lost/);
    });

  for (const call of FIRST)
    it(`${call}, of a first version: rolled back, and no endpoint is left`, async () => {
      const { outcome, world } = await seen(`first ${call}`);
      assert.equal(outcome.outcome, 'rolled back', outcome.reason);
      assert.deepEqual([world.endpoint, [...world.models]], [undefined, []]);
    });

  it('and whose job cannot be stopped says so', async () => {
    const { outcome } = await seen('unstoppable');
    assert.match(outcome.reason, /-7-train-1 could not be stopped \(stopJob took too long; last seen: lost\)/);
  });
});

/** Calls go to the world of the model that they name somewhere. */
function byModel(worlds: ReadonlyMap<string, FakeWorld>): Activities {
  const names = Object.keys(fakeWorld().activities) as (keyof Activities)[];
  const routed = names.map((name) => [
    name,
    async (input: never) => {
      const [model = ''] = /model-\d+/.exec(JSON.stringify(input)) ?? [];
      const { activities } = worlds.get(model) ?? assert.fail(`${name} names no model`);
      return (activities[name] as (input: never) => Promise<unknown>)(input);
    },
  ]);
  return Object.fromEntries(routed) as Activities;
}

/** Calls that are noted as one of `lost` are never answered. */
function losing(world: FakeWorld, usual: Activities, lost: readonly string[]): Partial<Activities> {
  const wrapped = Object.entries(usual).map(([name, act]) => [
    name,
    async (input: never) => {
      const call = world.calls.at(-1) ?? '';
      const answer = await (act as (input: never) => Promise<unknown>)(input);
      if (lost.includes(call)) throw unavailable('lost', {}, TOO_LATE);
      return answer;
    },
  ]);
  return Object.fromEntries(wrapped) as Partial<Activities>;
}

function outcomeOf({ cause }: { cause?: unknown }): CycleOutcome {
  assert.ok(cause instanceof ApplicationFailure, String(cause));
  const [result] = (cause.details ?? []) as CycleResult[];
  return result?.outcome ?? assert.fail(cause.message);
}
