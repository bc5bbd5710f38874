import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { FrozenPlan, Prepared } from '../../src/activities/types.ts';
import { permanent } from '../../src/failures.ts';
import { type CycleResult, progress } from '../../src/workflows/messages.ts';
import {
  type Changes,
  evaluation,
  fakeWorld,
  jobResult,
  STOPPED_USD,
  stillRunning,
} from '../support/fake-activities.ts';
import {
  cycleInput,
  enthrone,
  failureOf,
  freshPlan,
  playCycle,
  TUNED,
  timeSkipping,
  withWorker,
  workflowBundle,
} from './theatre.ts';

const TWO = {
  train: {
    objective: { metric: 'auc', goal: 'maximize' },
    candidates: [{ algorithm: 'xgboost' }, { algorithm: 'logistic-regression' }],
    instance: { maxRuntime: '1h' },
  },
};

/** The plan with other inputs. */
const read = (frozen: FrozenPlan, inputs: readonly string[] = frozen.plan.prepare.inputs): FrozenPlan => ({
  ...frozen,
  plan: { ...frozen.plan, prepare: { ...frozen.plan.prepare, inputs: [...inputs] } },
});

/** What a cycle that failed tells. */
const outcomeOf = (failure: Error | undefined) =>
  failure instanceof ApplicationFailure ? (failure.details?.[0] as CycleResult | undefined)?.outcome : undefined;

describe('a cycle', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  before(async () => {
    [env] = await Promise.all([timeSkipping(), workflowBundle()]);
  });
  after(() => env?.teardown());

  /** Plays a cycle of a fresh model to its end, with version 3 as champion unless told otherwise. */
  async function play(
    changes: Changes,
    plan: Readonly<Record<string, unknown>> = {},
    withChampion = true,
    championInputs?: readonly string[],
  ) {
    const world = fakeWorld(changes);
    const frozen = freshPlan(plan);
    const champion = withChampion ? enthrone(world, read(frozen, championInputs), 3) : undefined;
    const ended = await withWorker(env, world, async (stage) => {
      const handle = await playCycle(
        stage,
        cycleInput(frozen, { champion, versions: champion ? [champion.kept] : [] }),
      );
      const end = await handle.result().then(
        (result) => ({ result, failure: undefined }),
        async () => ({ result: undefined, failure: await failureOf(handle) }),
      );
      return { ...end, progress: await handle.query(progress) };
    });
    return { ...ended, world, champion, model: frozen.plan.model };
  }

  it('goes through its stages in order and puts the first version on the endpoint', async () => {
    const { result, world, model, progress: told } = await play(() => ({}), {}, false);
    assert.equal(result?.outcome.outcome, 'deployed');
    assert.deepEqual(world.calls, [
      'preflight',
      'collectSource rows',
      'checkExpectations',
      'catalogSnapshots',
      'prepareData',
      `submitTraining ${model}-7-train-1`,
      `watchJob ${model}-7-train-1`,
      `createModel ${model}-7-model`,
      `submitTransform ${model}-7-score`,
      `watchJob ${model}-7-score`,
      'judge',
      'registerVersion',
      `submitEndpoint ${model}-7-full {"v7":100}`,
      `watchEndpoint ${model}-7-full {"v7":100}`,
      'smokeTest v7',
      `scaleEndpoint ${model}-7-full {"v7":100}`,
      'ensureApi',
      'ensureObservability',
    ]);
    assert.ok(told.stages.every(({ state }) => state === 'done'));
    assert.equal(told.outcome, 'deployed');
  });

  it('scores the champion beside the challenger and overtakes it in steps', async () => {
    const { result, world, model } = await play(() => ({}));
    assert.equal(result?.outcome.outcome, 'deployed');
    assert.equal(world.called('submitTransform').length, 2);
    const moves = world.calls.filter((call) =>
      /^(submitEndpoint|shiftTraffic|smokeTest|judgeCanary .* all|retire)/.test(call),
    );
    assert.deepEqual(moves, [
      `submitEndpoint ${model}-7-canary {"v3":90,"v7":10}`,
      'smokeTest v7',
      'judgeCanary v7 all',
      `shiftTraffic ${model}-7-canary {"v3":50,"v7":50}`,
      'judgeCanary v7 all',
      `shiftTraffic ${model}-7-canary {"v3":0,"v7":100}`,
      'judgeCanary v7 all',
      `submitEndpoint ${model}-7-full {"v7":100}`,
      'smokeTest v7',
      'retireVersions',
    ]);
  });

  it('lets a champion whose plan named other inputs read the same rows as that plan says, or judges without it', async () => {
    const theirs = ['distance', 'gone?'];
    const told: Record<string, unknown>[] = [];
    const playWith = (more: Partial<Prepared>) =>
      play(
        (_, usual) => ({
          prepareData: async (input) => {
            told.push({ championInputs: input.championInputs });
            return { ...(await usual.prepareData(input)), ...more };
          },
          submitTransform: async (input) => {
            told.push({ [input.job.replace(/^.*-7-/, '')]: input.input.uri });
            return usual.submitTransform(input);
          },
          judge: async (input) => {
            told.push({ champion: input.champion !== undefined, version: input.championVersion });
            return usual.judge(input);
          },
        }),
        {},
        true,
        theirs,
      );
    const ours = { uri: 's3://b/theirs.jsonl', sha256: 'ab', bytes: 1 };
    await playWith({ championInputs: ours });
    const [asked, ...scored] = told.splice(0);
    assert.deepEqual(asked, { championInputs: theirs });
    assert.equal(scored.find((one) => 'score-champion' in one)?.['score-champion'], ours.uri);
    assert.notEqual(scored.find((one) => 'score' in one)?.score, ours.uri);
    assert.deepEqual(scored.at(-1), { champion: true, version: 3 });

    const { result, progress: shown } = await playWith({ incomparable: 'it reads gone, which rows has no more' });
    assert.equal(result?.outcome.outcome, 'deployed');
    assert.deepEqual(
      told.filter((one) => 'score-champion' in one),
      [],
    );
    assert.deepEqual(told.at(-1), { champion: false, version: undefined });
    const lines = shown.stages.flatMap((stage) => stage.lines);
    assert.ok(lines.includes('the champion cannot be compared with: it reads gone, which rows has no more'));
  });

  it('ends without touching the champion when a gate does not hold, and removes the challenger', async () => {
    const { result, world, champion } = await play(() => ({ judge: async () => evaluation(false, true) }));
    assert.equal(result?.outcome.outcome, 'rejected by gates');
    assert.match(result?.outcome.reason ?? '', /auc at least 0.65: 0.60/);
    assert.deepEqual(world.endpoint, champion?.serving);
    assert.deepEqual([...world.models], [champion?.kept.version.modelName]);
    assert.deepEqual(world.called('registerVersion'), []);
  });

  it('says which undo failed, and undoes the rest', async () => {
    const { result } = await play(() => ({
      judge: async () => evaluation(false, true),
      deleteModel: async () => Promise.reject(permanent('AccessDenied', 'no right to delete')),
    }));
    assert.equal(result?.outcome.outcome, 'rejected by gates');
    assert.match(result?.outcome.problems?.[0] ?? '', /could not delete the model .*: no right to delete/);
  });

  describe('training', () => {
    it('goes on with the best candidate by the objective', async () => {
      const { result, progress: told } = await play(
        () => ({
          watchJob: async ({ kind, name }) => jobResult(kind, name, name.endsWith('train-2') ? 0.8 : 0.6),
        }),
        TWO,
      );
      assert.equal(result?.deployment?.champion.kept.version.algorithm, 'logistic-regression');
      assert.equal(told.candidates.find(({ best }) => best)?.candidate, 'logistic-regression');
    });

    it('tunes what is to be tuned, and trains a linear baseline beside candidates that are not linear', async () => {
      const { result, progress: told, world, model } = await play(() => ({}), TUNED);
      assert.equal(result?.outcome.outcome, 'deployed');
      assert.deepEqual(world.called('submitTuning'), [`submitTuning ${model}-7-tune-1`]);
      assert.deepEqual(world.called('submitTraining'), [`submitTraining ${model}-7-train-2`]);
      assert.deepEqual(
        told.candidates.map(({ candidate }) => candidate),
        ['xgboost', 'baseline'],
      );
      const lines = told.stages.find(({ stage }) => stage === 'train')?.lines ?? [];
      assert.ok(
        lines.includes(`xgboost: ${model}-7-tune-1-003 is the best of 3 trials, max_depth 4`),
        lines.join('\n'),
      );
    });

    it('says when nothing is better than the linear baseline', async () => {
      const { progress: told } = await play(
        () => ({ watchJob: async ({ kind, name }) => jobResult(kind, name, name.endsWith('train-2') ? 0.8 : 0.6) }),
        { train: { ...TWO.train, candidates: [{ algorithm: 'xgboost' }] } },
      );
      assert.equal(told.candidates.find(({ best }) => best)?.candidate, 'baseline');
      const lines = told.stages.find(({ stage }) => stage === 'train')?.lines ?? [];
      assert.ok(lines.includes('no candidate is better than the linear baseline'), lines.join('\n'));
    });

    it('goes on with what is left when a candidate fails', async () => {
      const { result, progress: told } = await play(
        (_, usual) => ({
          watchJob: async (input) => {
            if (input.name.endsWith('train-1')) throw permanent('JobFailed', 'it crashed', { because: 'algorithm' });
            return usual.watchJob(input);
          },
        }),
        TWO,
      );
      assert.equal(result?.outcome.outcome, 'deployed');
      assert.equal(told.candidates[0]?.reason, 'it crashed');
    });

    it('fails when every candidate fails, naming each reason', async () => {
      const { failure, world, champion } = await play(
        () => ({ watchJob: async ({ name }) => Promise.reject(permanent('JobFailed', `${name} crashed`, {})) }),
        TWO,
      );
      assert.ok(failure instanceof ApplicationFailure);
      assert.equal(failure.type, 'JobFailed');
      assert.match(failure.message, /train-1 crashed; .*train-2 crashed/);
      const told = outcomeOf(failure);
      assert.deepEqual([told?.outcome, told?.stage], ['failed', 'train']);
      assert.deepEqual(world.endpoint, champion?.serving);
    });

    it('does not compare a candidate that reports no validation metric', async () => {
      const { failure } = await play(() => ({
        watchJob: async ({ kind, name }) => ({ ...jobResult(kind, name), metrics: {} }),
      }));
      assert.match(String(failure?.message), /reported no auc/);
    });

    it('tries a job that AWS failed again under a new name, three times at most', async () => {
      const trouble = (because: string) =>
        permanent('JobFailed', 'CapacityError: no machine', { because, costUsd: 0.5 });
      const healed = await play((_, usual) => ({
        watchJob: async (input) => {
          if (input.name.endsWith('train-1')) throw trouble('capacity');
          return usual.watchJob(input);
        },
      }));
      assert.equal(healed.result?.outcome.outcome, 'deployed');
      const paid = [...healed.world.jobs].filter(([name]) => !name.endsWith('train-1')).length * 0.01;
      assert.equal(healed.result.outcome.costUsd?.toFixed(2), (paid + 0.5).toFixed(2), 'what failed cost, too');
      assert.deepEqual(healed.world.called('submitTraining'), [
        `submitTraining ${healed.model}-7-train-1`,
        `submitTraining ${healed.model}-7-train-1-2`,
      ]);
      const never = await play(() => ({ watchJob: async () => Promise.reject(trouble('internal')) }));
      assert.equal(never.world.called('submitTraining').length, 3);
      assert.equal(outcomeOf(never.failure)?.costUsd, 1.5);
      const own = await play(() => ({ watchJob: async () => Promise.reject(trouble('algorithm')) }));
      assert.equal(own.world.called('submitTraining').length, 1);
    });

    it('submits once more under the same name when a reply was lost', async () => {
      let lost = false;
      const { result, world, model } = await play((_, usual) => ({
        submitTraining: async (input) => {
          const ref = await usual.submitTraining(input);
          if (lost) return ref;
          lost = true;
          throw new Error('connection reset');
        },
      }));
      assert.equal(result?.outcome.outcome, 'deployed');
      assert.deepEqual(world.called('submitTraining'), Array(2).fill(`submitTraining ${model}-7-train-1`));
    });

    it('stops a job that outlives its time', async () => {
      const { failure, world, model } = await play(() => ({
        watchJob: async ({ name }) => Promise.reject(stillRunning(name)),
      }));
      assert.match(String(failure?.message), /was stopped: it was not done within 3600 s.*last seen: .* is training/);
      assert.equal(world.jobs.get(`${model}-7-train-1`), 'stopped');
      assert.equal(outcomeOf(failure)?.costUsd, STOPPED_USD);
    });

    it('looks fifty times without adding an event to the history', async () => {
      const lengthAfter = async (looks: number) => {
        let left = looks;
        const world = fakeWorld((_, usual) => ({
          watchJob: async (input) => {
            left -= 1;
            if (left > 0) throw stillRunning(input.name);
            return usual.watchJob(input);
          },
        }));
        return withWorker(env, world, async (stage) => {
          const handle = await playCycle(stage, cycleInput(freshPlan()));
          await handle.result();
          assert.ok(world.called('watchJob').length >= looks);
          const { events } = await handle.fetchHistory();
          return events?.filter(
            ({ activityTaskScheduledEventAttributes: task }) => task?.activityType?.name === 'watchJob',
          ).length;
        });
      };
      assert.equal(await lengthAfter(50), await lengthAfter(1));
    });
  });

  it('waits out errors that may heal', async () => {
    let left = 3;
    const { result } = await play((_, usual) => ({
      prepareData: async (input) => {
        left -= 1;
        if (left > 0) throw new Error('a bug, mended meanwhile');
        return usual.prepareData(input);
      },
    }));
    assert.equal(result?.outcome.outcome, 'deployed');
  });

  it('fails at once on what no retry mends, with place and reason', async () => {
    const { failure, world } = await play(() => ({
      checkExpectations: async () =>
        Promise.reject(permanent('ExpectationsBroken', 'distance: 3 % missing, none allowed')),
    }));
    assert.ok(failure instanceof ApplicationFailure);
    assert.equal(failure.type, 'ExpectationsBroken');
    assert.equal(outcomeOf(failure)?.reason, 'collect: distance: 3 % missing, none allowed');
    assert.deepEqual(world.called('prepareData'), []);
  });
});
