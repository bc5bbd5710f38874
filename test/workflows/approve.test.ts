import assert from 'node:assert/strict';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { permanent } from '../../src/failures.ts';
import { cycleWorkflowId } from '../../src/names.ts';
import * as say from '../../src/workflows/messages.ts';
import { fakeWorld } from '../support/fake-activities.ts';
import {
  AT_ONCE,
  beginModel,
  devServer,
  freshPlan,
  type Living,
  timeSkipping,
  until,
  withWorker,
  workflowBundle,
} from './theatre.ts';

const MANUAL = { ...AT_ONCE, approve: { mode: 'manual', timeout: '24h', remindEvery: '5h' } };

describe('approval', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  let skipping: TestWorkflowEnvironment;
  before(async () => {
    [env, skipping] = await Promise.all([devServer(), timeSkipping(), workflowBundle()]);
  });
  after(() => Promise.all([env?.teardown(), skipping?.teardown()]));

  /** Plays the first cycle of a model up to where it waits, lets `act` decide, and gives how it ended. */
  async function play(
    act: (living: Living, waiting: NonNullable<say.ModelStatus['approval']>) => Promise<unknown>,
    world = fakeWorld(),
    where = env,
  ) {
    const frozen = freshPlan(MANUAL);
    return withWorker(where, world, async (stage) => {
      const cycle = stage.env.client.workflow.getHandle(cycleWorkflowId(frozen.plan.model, 1));
      const living = await beginModel(stage, frozen);
      await living.handle.signal(say.wishCycle, { trigger: 'person', by: 'ann' });
      const waiting = await until(async () => (await living.handle.query(say.status)).approval);
      await act(living, waiting);
      const outcome = await living.outcome(1, 1_800_000);
      const status = await until(async () => {
        const told = await living.handle.query(say.status);
        return told.current || told.ledger.pending ? undefined : told;
      });
      const { approval } = await cycle.query(say.progress);
      return { outcome, status, world, approval };
    });
  }
  const decide = ({ handle }: Living, decision: say.Decision) => handle.executeUpdate(say.decide, { args: [decision] });

  it('by a person lets the version out and is in the ledger with its reason and what was looked at', async () => {
    const { outcome, world, approval } = await play((living, { evaluation }) =>
      decide(living, { cycle: 1, decision: 'approve', by: 'ann', reason: 'looks fine', evaluation }),
    );
    assert.equal(outcome.outcome, 'deployed');
    assert.equal(approval, undefined, 'the cycle tells that it waits no more');
    const entry = world.ledger.find(({ event }) => event === 'approved');
    assert.deepEqual([entry?.by, entry?.reason], ['ann', 'looks fine']);
    assert.equal(entry?.facts.evaluation, 'sha-evaluation.json');
  });

  it('that is refused keeps the version from the registry and the endpoint', async () => {
    const { outcome, world, status } = await play((living) =>
      decide(living, { cycle: 1, decision: 'reject', by: 'bob', reason: 'too soon' }),
    );
    assert.deepEqual([outcome.outcome, outcome.reason], ['not approved', 'too soon']);
    assert.deepEqual([...world.models], []);
    assert.deepEqual([...world.called('registerVersion'), ...world.called('submitEndpoint')], []);
    assert.equal(status.champion, undefined);
  });

  it('that is waited for when its cycle is cancelled lets nothing out', async () => {
    const { outcome, world } = await play(({ handle }) =>
      handle.executeUpdate(say.cancelCycle, { args: [{ by: 'ann', reason: 'not now' }] }),
    );
    assert.deepEqual([outcome.outcome, outcome.reason], ['cancelled', 'cancelled by ann: not now']);
    assert.deepEqual([...world.models], []);
    assert.deepEqual([...world.called('registerVersion'), ...world.called('submitEndpoint')], []);
  });

  it('that was waited for cost what it cost, also when the cycle is cancelled; what could not be undone is told', async () => {
    const world = fakeWorld(() => ({
      deleteModel: async () => {
        throw permanent('AccessDenied', 'not allowed to delete models');
      },
    }));
    const { outcome, status } = await play(
      ({ handle }) => handle.executeUpdate(say.cancelCycle, { args: [{ by: 'ann', reason: 'not now' }] }),
      world,
    );
    assert.deepEqual([outcome.outcome, outcome.reason], ['cancelled', 'cancelled by ann: not now']);
    const jobs = world.jobs.size;
    assert.ok(jobs >= 2);
    assert.equal(outcome.costUsd?.toFixed(2), (jobs * 0.01).toFixed(2));
    assert.equal(status.usdThisMonth, outcome.costUsd);
    assert.deepEqual([outcome.stage, outcome.evaluation?.sha256], ['deploy', 'sha-evaluation.json']);
    assert.deepEqual(outcome.problems?.length, 1);
    assert.match(outcome.problems?.[0] ?? '', /could not delete the model .*: not allowed to delete models/);
    const ended = world.ledger.find(({ event }) => event === 'cycle ended');
    assert.equal(ended?.facts.costUsd, outcome.costUsd);
  });

  it('that nobody gives is asked for again and again, until the time is up', async () => {
    const { outcome, world } = await play(async () => {}, fakeWorld(), skipping);
    assert.equal(outcome.outcome, 'not approved');
    assert.match(outcome.reason, /nobody decided within 24 h/);
    const asked = world.notices.map(({ subject }) => subject).filter((subject) => subject.includes('approval'));
    assert.deepEqual(asked, ['cycle 1 waits for approval', ...Array(4).fill('cycle 1 still waits for approval')]);
  });

  it('is for the evaluation that was looked at, the cycle that waits, and once', async () => {
    await play(async (living, { evaluation }) => {
      const refused = (decision: Partial<say.Decision>, reason: RegExp) =>
        assert.rejects(decide(living, { cycle: 1, decision: 'approve', by: 'ann', ...decision }), (error) => {
          assert.ok(error instanceof WorkflowUpdateFailedError);
          assert.match(String(error.cause?.message), reason);
          return true;
        });
      await refused({ evaluation: 'another' }, /the evaluation that waits is sha-evaluation.json, not another/);
      await refused({ cycle: 2 }, /cycle 2 does not wait for approval; cycle 1 does/);
      await refused({ by: '' }, /"by" must say who asks/);
      await decide(living, { cycle: 1, decision: 'reject', by: 'ann', evaluation });
      await refused({}, /cycle 1 does not wait for approval/);
    });
  });
});
