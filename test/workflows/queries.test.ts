import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { permanent } from '../../src/failures.ts';
import { monitorWorkflowId } from '../../src/names.ts';
import * as say from '../../src/workflows/messages.ts';
import { MODEL } from '../../src/workflows/search.ts';
import { ALARM, type Changes, evaluation, fakeWorld, stillRunning } from '../support/fake-activities.ts';
import {
  AT_ONCE,
  beginModel,
  devServer,
  freshPlan,
  type Living,
  type Stage,
  settled,
  until,
  withWorker,
  workflowBundle,
} from './theatre.ts';

const page = new URL('../../docs/web-ui.md', import.meta.url);
const forEver: Changes = () => ({ watchJob: async ({ name }) => Promise.reject(stillRunning(name)) });

describe('the saved queries of docs/web-ui.md', function () {
  this.timeout(60_000);
  let env: TestWorkflowEnvironment;
  let queries: Map<string, string>;
  const names: Record<string, string> = {};

  before(async function () {
    this.timeout(120_000);
    [env] = await Promise.all([devServer(), workflowBundle()]);
    const rows = (await readFile(page, 'utf8')).matchAll(/^\| ([^|]+) \| `+ ?((?:WorkflowType|Model) = .+?) ?`+ \|$/gm);
    queries = new Map([...rows].map(([, name = '', query = '']) => [name, query]));
    await scene('waits', { plan: { approve: { mode: 'manual', timeout: '24h' } } }, async (living) => {
      await wish(living);
      await until(async () => (await living.handle.query(say.status)).approval);
    });
    await scene('trains', { changes: forEver }, async (living, { world }) => {
      await wish(living);
      await until(() => world.called('watchJob').length > 0);
    });
    const crash: Changes = () => ({ watchJob: async () => Promise.reject(permanent('JobFailed', 'it crashed')) });
    await scene('fails', { changes: crash }, (living) => living.cycle(1));
    await scene('worse', { changes: () => ({ judge: async () => evaluation(false, false) }) }, (l) => l.cycle(1));
    const ill = { healthy: false, requests: 9, errorRate: 0.5, reason: 'half of it failed' };
    await scene('returns', { plan: AT_ONCE, changes: () => ({ judgeCanary: async () => ill }) }, async (living) => {
      await living.cycle(1);
      await living.cycle(2);
    });
    await scene(
      'canary',
      { plan: { deploy: { rollout: { steps: [50], bake: '10m' } } } },
      async (living, { world }) => {
        await living.cycle(1);
        await wish(living);
        await until(() => world.called(`watchEndpoint ${living.name}-2-`).length > 0);
      },
    );
    const moved: Changes = (_, usual) => ({
      inspectModel: async (input) => ({ ...(await usual.inspectModel(input)), findings: [ALARM] }),
    });
    const plan = { ...AT_ONCE, retrain: { on: ['drift'], cooldown: 0, debounce: 0 } };
    await scene('drifts', { plan, changes: moved }, async (living, { operator: { taskQueue } }) => {
      await living.cycle(1);
      await settled(living, 1);
      const { name } = living;
      const typedSearchAttributes = [{ key: MODEL, value: name }];
      await env.client.workflow.execute('monitor', {
        ...{ taskQueue, workflowId: monitorWorkflowId(name), args: [{ model: name }], typedSearchAttributes },
      });
      await living.outcome(2);
      await settled(living, 2);
    });
  });
  after(() => env?.teardown());

  const wish = ({ handle }: Living) => handle.signal(say.wishCycle, { trigger: 'person', by: 'ann' });

  async function scene(
    called: string,
    { plan = {}, changes }: { plan?: Readonly<Record<string, unknown>>; changes?: Changes },
    play: (living: Living, stage: Stage) => Promise<unknown>,
  ): Promise<void> {
    await withWorker(env, fakeWorld(changes), async (stage) => {
      const living = await beginModel(stage, freshPlan(plan));
      names[called] = living.name;
      await play(living, stage);
    });
  }

  /** What is found, by the name that the scene has here: `waits/cycle/1`. */
  async function find(query: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { workflowId } of env.client.workflow.list({ query }))
      found.push(
        Object.entries(names).reduce(
          (id, [called, name]) => id.replace(new RegExp(`^model/${name}(?=/|$)`), called),
          workflowId,
        ),
      );
    return found.sort();
  }

  const everyone = ['waits', 'trains', 'fails', 'worse', 'returns', 'canary', 'drifts'];
  const wanted: Readonly<Record<string, readonly string[]>> = {
    'all models': everyone,
    'waits for approval': ['waits/cycle/1'],
    'cycles that run': ['waits/cycle/1', 'trains/cycle/1', 'canary/cycle/2'],
    'cycles that train now': ['trains/cycle/1'],
    'cycles that failed': ['fails/cycle/1'],
    'stopped by gates or people': ['worse/cycle/1'],
    'rolled back': ['returns/cycle/2'],
    'cycles begun by a monitor': ['drifts/cycle/2'],
    'canaries in progress': ['canary/rollout/2'],
    alarms: ['drifts/monitor'],
    'models whose last cycle failed': ['fails'],
    'everything of one model': [
      ...['drifts', 'drifts/cycle/1', 'drifts/cycle/2', 'drifts/monitor'],
      ...['drifts/rollout/1', 'drifts/rollout/2'],
    ],
    "one version's story": ['drifts', 'drifts/cycle/2', 'drifts/rollout/2'],
  };

  it('are all tried here', () => {
    assert.deepEqual([...queries.keys()], Object.keys(wanted));
  });

  for (const [name, ids] of Object.entries(wanted))
    it(`${name}: find what they name, and nothing else`, async () => {
      const { drifts = '' } = names;
      const query = (queries.get(name) ?? '').replace('flight-delays', drifts).replace('= 4', '= 2');
      const sorted = [...ids].sort();
      let found = await find(query);
      // What is listed comes a moment after it happened.
      await until(async () => {
        found = await find(query);
        return found.join() === sorted.join();
      }).catch(() => {});
      assert.deepEqual(found, sorted);
    });
});
