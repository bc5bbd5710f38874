/**
 * Plays every branch that matters and keeps its history in test/workflows/histories, where the replay test reads it:
 * `npx tsx test/workflows/record-histories.ts`. Record again only when a workflow changed on purpose and no run of the
 * old code is alive; otherwise keep the old histories and guard the change with `patched`.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import type { FrozenPlan } from '../../src/activities/types.ts';
import { permanent } from '../../src/failures.ts';
import {
  backtestWorkflowId,
  cycleWorkflowId,
  modelWorkflowId,
  monitorWorkflowId,
  requestWorkflowId,
  rolloutWorkflowId,
  sweepWorkflowId,
} from '../../src/names.ts';
import { answerRequest, claimRequest, requestId } from '../../src/operations/request.ts';
import * as say from '../../src/workflows/messages.ts';
import { ALARM, type Changes, evaluation, fakeWorld, stillRunning } from '../support/fake-activities.ts';
import {
  AT_ONCE,
  beginModel,
  devServer,
  found,
  freshPlan,
  type Living,
  pastOf,
  resetTo,
  type Stage,
  settled,
  until,
  withWorker,
} from './theatre.ts';

const folder = new URL('./histories/', import.meta.url);
const INSTANTS = ['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01'].map((day) => `${day}T00:00:00.000Z`);
const MANUAL = { ...AT_ONCE, approve: { mode: 'manual' } };

/** A shadow first, then a canary that bakes until a person says something; what is trained is tuned. */
const SLOW = {
  train: {
    objective: { metric: 'auc', goal: 'maximize' },
    candidates: [{ algorithm: 'xgboost', tune: { parameters: { max_depth: [2, 6] }, jobs: 6, parallel: 3 } }],
    instance: { maxRuntime: '1h' },
  },
  deploy: { rollout: { strategy: 'shadow', steps: [50], bake: '10m', probation: '10m' } },
};
let held = false;

interface Scene {
  readonly changes?: Changes;
  readonly plan?: Readonly<Record<string, unknown>>;
  readonly play: (living: Living, stage: Stage) => Promise<unknown>;
  /** Name of the file → id of the workflow whose history goes there. */
  readonly keep: (model: string) => Readonly<Record<string, string>>;
}

/** Version 1 serves, and cycle 2 is on its canary. */
async function secondOnCanary(living: Living, { world }: Stage): Promise<void> {
  await living.cycle(1);
  await living.handle.signal(say.wishCycle, { trigger: 'person', by: 'ann' });
  await until(() => world.called(`watchEndpoint ${living.name}-2-`).length > 0);
}

/** Cancels cycles as the server starts them, until one such word comes before there is a cycle to hear it. */
async function cancelledAsItStarts({ handle, outcome }: Living): Promise<void> {
  const refused = async () =>
    (await handle.fetchHistory()).events?.some(
      (event) => event.requestCancelExternalWorkflowExecutionFailedEventAttributes,
    );
  for (let n = 1; !(await refused()); n++) {
    await handle.signal(say.wishCycle, { trigger: 'person', by: 'ann' });
    while (!(await handle.describe()).raw.pendingChildren?.length);
    await handle.executeUpdate(say.cancelCycle, { args: [{ by: 'ann', reason: 'not now' }] });
    await outcome(n);
  }
}

const first = (name: string) => (model: string) => ({ [name]: cycleWorkflowId(model, 1) });

const scenes: readonly Scene[] = [
  {
    play: async (living, { env, operator: { taskQueue } }) => {
      await living.cycle(1);
      await living.cycle(2);
      const { workflow } = env.client;
      const start = { taskQueue, args: [{ model: living.name }] };
      await workflow.execute('monitor', { ...start, workflowId: monitorWorkflowId(living.name) });
      const calendar = { model: living.name, calendar: '0 3 * * 1 UTC' };
      await workflow.execute('retrain', { taskQueue, args: [calendar], workflowId: `${living.name}/retrain` });
      await settled(living, 2);
      await living.handle.executeUpdate(say.rollback, { args: [{ by: 'ann', reason: 'complaints' }] });
      await until(async () => (await living.handle.query(say.status)).lastRollback);
      await settled(living, 2);
    },
    keep: (model) => ({
      model: modelWorkflowId(model),
      'cycle-first': cycleWorkflowId(model, 1),
      'cycle-second': cycleWorkflowId(model, 2),
      'rollout-first': rolloutWorkflowId(model, '1'),
      'rollout-canary': rolloutWorkflowId(model, '2'),
      'rollout-back': rolloutWorkflowId(model, 'rollback-1'),
      monitor: monitorWorkflowId(model),
      retrain: `${model}/retrain`,
    }),
  },
  {
    plan: MANUAL,
    play: async (living) => {
      await living.handle.signal(say.wishCycle, { trigger: 'person', by: 'ann' });
      await until(async () => (await living.handle.query(say.status)).approval);
      await living.handle.executeUpdate(say.decide, { args: [{ cycle: 1, decision: 'reject', by: 'ann' }] });
      await living.outcome(1);
    },
    keep: first('cycle-not-approved'),
  },
  {
    plan: SLOW,
    play: async (living, stage) => {
      await secondOnCanary(living, stage);
      for (const action of ['pause', 'resume', 'promote'] as const)
        await living.handle.executeUpdate(say.steerRollout, { args: [{ action, by: 'ann' }] });
      await living.outcome(2);
    },
    keep: (model) => ({
      'rollout-steered': rolloutWorkflowId(model, '2'),
      'cycle-tuned': cycleWorkflowId(model, 2),
      'model-steered': modelWorkflowId(model),
    }),
  },
  {
    plan: SLOW,
    play: async (living, stage) => {
      await secondOnCanary(living, stage);
      await living.handle.executeUpdate(say.steerRollout, { args: [{ action: 'abort', by: 'ann' }] });
      await living.outcome(2);
    },
    keep: (model) => ({ 'rollout-aborted': rolloutWorkflowId(model, '2') }),
  },
  {
    plan: SLOW,
    play: async (living, stage) => {
      await secondOnCanary(living, stage);
      await living.handle.executeUpdate(say.cancelCycle, { args: [{ by: 'ann' }] });
      await living.outcome(2);
    },
    keep: (model) => ({
      'rollout-cancelled': rolloutWorkflowId(model, '2'),
      'cycle-cancelled-in-canary': cycleWorkflowId(model, 2),
    }),
  },
  {
    plan: SLOW,
    play: async (living, stage) => {
      const { env, world } = stage;
      await secondOnCanary(living, stage);
      await env.client.workflow.getHandle(cycleWorkflowId(living.name, 2)).terminate('by hand');
      await until(() => world.called(`deleteModel ${living.name}-2`).length > 0);
      await settled(living, 2);
    },
    keep: (model) => ({ 'model-lost-cycle': modelWorkflowId(model) }),
  },
  {
    play: async (living, { env, world }) => {
      await living.cycle(1);
      await settled(living, 1);
      const past = await pastOf(env, living.handle.workflowId);
      await resetTo(env, living.handle.workflowId, past, past.tasks[0]?.event ?? 0);
      await until(() => world.ledger.some(({ event }) => event === 'recalled'));
      await settled(living, 1);
    },
    keep: (model) => ({ 'model-set-back': modelWorkflowId(model) }),
  },
  {
    play: async (living, { env }) => {
      await living.cycle(1);
      await settled(living, 1);
      const cycle = cycleWorkflowId(living.name, 1);
      const past = await pastOf(env, cycle);
      await resetTo(env, cycle, past, past.tasks[0]?.event ?? 0);
      await env.client.workflow.getHandle(cycle).result();
    },
    keep: first('cycle-reset'),
  },
  {
    plan: { ...AT_ONCE, retrain: { on: ['drift'], cooldown: 0 } },
    changes: (_, usual) => ({
      inspectModel: async (input) => ({ ...(await usual.inspectModel(input)), findings: [ALARM] }),
      replaySkew: async () => Promise.reject(permanent('AccessDenied', 'the endpoint may not be asked')),
    }),
    play: async (living, { env, operator: { taskQueue } }) => {
      const pass = (name: string) => {
        const workflowId = `${monitorWorkflowId(living.name)}-${name}`;
        return env.client.workflow.execute('monitor', { taskQueue, workflowId, args: [{ model: living.name }] });
      };
      await pass('early');
      await living.cycle(1);
      await settled(living, 1);
      await pass('alarm');
      await living.outcome(2);
      await settled(living, 2);
    },
    keep: (model) => ({
      'monitor-refused': `${monitorWorkflowId(model)}-early`,
      'monitor-alarm': `${monitorWorkflowId(model)}-alarm`,
      'model-retrained': modelWorkflowId(model),
    }),
  },
  {
    changes: (_, usual) => {
      let denied = 2;
      return {
        record: async (input) => {
          denied -= 1;
          return denied < 0 ? usual.record(input) : Promise.reject(permanent('AccessDenied', 'no right to write'));
        },
        removeModel: async () => Promise.reject(permanent('AccessDenied', 'no right to remove')),
      };
    },
    play: async (living) => {
      await living.cycle(1);
      await living.handle.executeUpdate(say.retire, { args: [{ by: 'ann' }] });
      await until(async () => (await living.handle.query(say.status)).problems.join().includes('could not be retired'));
    },
    keep: (model) => ({ 'model-in-trouble': modelWorkflowId(model) }),
  },
  {
    changes: (_, usual) => ({
      watchJob: async (input) => (held ? Promise.reject(stillRunning(input.name)) : usual.watchJob(input)),
    }),
    play: async (living, { world }) => {
      held = true;
      await living.handle.signal(say.wishCycle, { trigger: 'person', by: 'ann' });
      await until(() => world.called('watchJob').length > 0);
      await living.handle.executeUpdate(say.pause, { args: [{ by: 'ann' }] });
      held = false;
      await until(() => world.called('registerVersion').length > 0);
      await living.handle.executeUpdate(say.resume, { args: [{ by: 'ann' }] });
      await living.outcome(1);
    },
    keep: first('cycle-held'),
  },
  {
    changes: () => ({ watchJob: async ({ name }) => Promise.reject(stillRunning(name)) }),
    play: async ({ handle, name }, { env, world, operator: { taskQueue } }) => {
      const frozen = await handle.query(say.plan);
      const backtest = { model: name, frozen, by: 'ann', calendar: 'every month', instants: INSTANTS, horizon: 2 };
      const workflowId = backtestWorkflowId(name, 'cancelled');
      const running = await env.client.workflow.start('backtest', { taskQueue, workflowId, args: [backtest] });
      await until(() => world.called('watchJob').length > 1);
      await running.cancel();
      await running.result().catch(() => {});
    },
    keep: (model) => ({ 'backtest-cancelled': backtestWorkflowId(model, 'cancelled') }),
  },
  {
    changes: () => ({ judge: async () => evaluation(false, false) }),
    play: (living) => living.cycle(1),
    keep: first('cycle-rejected'),
  },
  {
    plan: MANUAL,
    play: async (living) => {
      await living.handle.signal(say.wishCycle, { trigger: 'person', by: 'ann' });
      await until(async () => (await living.handle.query(say.status)).approval);
      await living.handle.executeUpdate(say.decide, { args: [{ cycle: 1, decision: 'approve', by: 'ann' }] });
      await living.outcome(1);
    },
    keep: (model) => ({ 'cycle-approved': cycleWorkflowId(model, 1), 'model-approved': modelWorkflowId(model) }),
  },
  {
    changes: () => ({
      watchJob: async () => Promise.reject(permanent('JobFailed', 'it crashed', { because: 'internal' })),
    }),
    play: (living) => living.cycle(1),
    keep: first('cycle-failed'),
  },
  {
    changes: () => ({ watchJob: async ({ name }) => Promise.reject(stillRunning(name)) }),
    play: async (living, { env, world }) => {
      await living.handle.signal(say.wishCycle, { trigger: 'person', by: 'ann' });
      await until(() => world.called('watchJob').length > 1);
      await env.client.workflow.getHandle(cycleWorkflowId(living.name, 1)).cancel();
      await living.outcome(1);
    },
    keep: first('cycle-cancelled'),
  },
  {
    changes: () => ({
      judgeCanary: async () => ({ healthy: false, requests: 9, errorRate: 0.5, reason: 'half of it failed' }),
    }),
    play: async (living) => {
      await living.cycle(1);
      await living.cycle(2);
    },
    keep: (model) => ({
      'cycle-rolled-back': cycleWorkflowId(model, 2),
      'rollout-rolled-back': rolloutWorkflowId(model, '2'),
    }),
  },
  {
    changes: (_, usual) => ({
      prepareData: async (input) => {
        if (input.asOf === INSTANTS[0]) throw permanent('DataUnusable', 'too few rows then');
        return usual.prepareData(input);
      },
    }),
    play: async ({ handle, name }, { env, operator: { taskQueue } }) => {
      const frozen = await handle.query(say.plan);
      const backtest = { model: name, frozen, by: 'ann', calendar: 'every month', instants: INSTANTS, horizon: 2 };
      const workflowId = backtestWorkflowId(name, 'recorded');
      await env.client.workflow.execute('backtest', { taskQueue, workflowId, args: [backtest] });
    },
    keep: (model) => ({ backtest: backtestWorkflowId(model, 'recorded') }),
  },
  {
    changes: () => ({
      findOrphans: async ({ only = '' }) => ({
        found: [{ kind: 'model', name: `${only}-9-model`, model: only, why: 'no version of its cycle is kept' }],
        ...{ gone: [], unknown: [] },
      }),
    }),
    play: async ({ name }, { env, operator: { taskQueue } }) => {
      const args = [{ living: [], only: name, olderThan: 1, remove: true }];
      await env.client.workflow.execute('sweep', { taskQueue, args, workflowId: sweepWorkflowId(name) });
    },
    keep: (model) => ({ sweep: sweepWorkflowId(model) }),
  },
  {
    play: async ({ name }, { env, operator }) => {
      const { id } = await claimRequest(operator, { by: 'ann', key: name, said: 'a request' });
      await answerRequest(operator, { id }, { status: 202 });
      await answerRequest(operator, { id }, { status: 500 }).catch(() => {});
      await env.client.workflow.getHandle(requestWorkflowId(id)).result();
    },
    keep: (model) => ({ request: requestWorkflowId(requestId({ by: 'ann', key: model })) }),
  },
  {
    play: async ({ handle, cycle }) => {
      await cycle(1);
      await handle.executeUpdate(say.pause, { args: [{ by: 'ann', reason: 'freeze' }] });
      await handle.signal(say.wishCycle, { trigger: 'schedule', by: 'calendar' });
      await handle.executeUpdate(say.resume, { args: [{ by: 'ann' }] });
      await cycle(2);
      await handle.executeUpdate(say.retire, { args: [{ by: 'ann', reason: 'replaced' }] });
      await handle.result();
    },
    keep: (model) => ({ 'model-retired': modelWorkflowId(model) }),
  },
  {
    changes: (world, usual) => ({
      recall: async (input) => {
        world.endpoint = { endpoint: input.model, config: `${input.model}-2-canary`, weights: { v1: 90, v2: 10 } };
        return usual.recall(input);
      },
    }),
    play: async (living, { env, operator, world }) => {
      await living.cycle(1);
      await settled(living, 1);
      await living.handle.terminate('lost');
      const { workflow } = env.client;
      const { taskQueue } = operator;
      const [frozen] = [...world.plans.values()];
      const args = [{ model: living.name }];
      const again = await workflow.start('model', { workflowId: modelWorkflowId(living.name), taskQueue, args });
      await again.executeUpdate(say.applyPlan, { args: [{ frozen: frozen as FrozenPlan, by: 'ann' }] });
      await until(async () => (await again.query(say.status)).lastRollback !== undefined);
    },
    keep: (model) => ({ 'model-recalled': modelWorkflowId(model) }),
  },
  {
    play: cancelledAsItStarts,
    keep: (model) => ({ 'model-cancels-at-start': modelWorkflowId(model) }),
  },
];

/** Stack traces name the folders of whoever recorded. */
const withoutPlaces = (history: string): string =>
  history.replace(/"stackTrace": "(?:[^"\\]|\\.)*"/g, '"stackTrace": ""');

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const env = await devServer();
try {
  for (const { changes, plan = AT_ONCE, play, keep } of scenes) {
    const frozen = freshPlan(plan);
    await withWorker(env, fakeWorld(changes), async (stage) => play(await beginModel(stage, frozen), stage));
    for (const [name, id] of Object.entries(keep(frozen.plan.model))) {
      const show = ['workflow', 'show', '--output', 'json', '--workflow-id', id, '--address', env.address];
      const { stdout } = await execa(found('temporal'), show, { timeout: 30_000 });
      await writeFile(new URL(`${name}.json`, folder), `${withoutPlaces(stdout)}\n`);
      console.log(`${name}: ${stdout.length} bytes`);
    }
  }
} finally {
  await env.teardown();
}
