/** History replayed as a backtest: which instants, one at a time, joined when it runs already. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { BacktestResult } from '../activities/backtest-types.ts';
import type { FrozenPlan } from '../activities/types.ts';
import { UserError } from '../errors.ts';
import { backtestWorkflowId } from '../names.ts';
import { candidateName } from '../plan/meaning.ts';
import type { backtest as backtestWorkflow } from '../workflows/backtest.ts';
import type { BacktestProgress } from '../workflows/backtest-board.ts';
import * as say from '../workflows/messages.ts';
import { MODEL, TRIGGER } from '../workflows/search.ts';
import { calendarOf } from './backtest-calendar.ts';
import { ensureSearchAttributes } from './connect.ts';
import { modelHandle } from './models.ts';
import { ask, asUserError } from './trouble.ts';
import type { Operator } from './types.ts';
import { patiently } from './wait.ts';

export interface BacktestRequest {
  readonly frozen: FrozenPlan;
  readonly from: string;
  readonly to: string;
  /** Milliseconds between instants; the plan's calendar when left out. */
  readonly every?: number;
  /** So many windows are scored after each instant. */
  readonly horizon: number;
  /** The one candidate that is trained; all when left out. */
  readonly candidate?: string;
  readonly budgetUsd?: number;
  readonly by: string;
}

/** The plan that is in force. Throws `UserError` when the model has none. */
export async function planInForce(operator: Operator, model: string): Promise<FrozenPlan> {
  const frozen = await ask(operator, `model "${model}"`, () => modelHandle(operator, model).query(say.plan));
  if (frozen) return frozen;
  throw new UserError(`${model} has no plan yet`, 'apply one: "perennial apply <folder>"');
}

/** Starts the backtest, or joins the one of the same plan and instants, also when it is done. Gives its workflow's id. */
export async function startBacktest(
  operator: Operator,
  request: BacktestRequest,
): Promise<{ workflowId: string; joined: boolean }> {
  const { horizon, budgetUsd, by } = request;
  const frozen = withCandidate(request.frozen, request.candidate);
  refuseTimeless(frozen);
  const { calendar, instants } = calendarOf(request);
  const { model } = frozen.plan;
  const workflowId = backtestWorkflowId(model, idOf([frozen.hash, frozen.plan.train.candidates, instants, horizon]));
  await ensureSearchAttributes(operator);
  await refuseOther(operator, model, workflowId);
  const { workflow } = operator.client;
  try {
    await ask(operator, `backtest of "${model}"`, () =>
      workflow.start<typeof backtestWorkflow>('backtest', {
        workflowId,
        taskQueue: operator.taskQueue,
        workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
        workflowIdConflictPolicy: 'FAIL',
        args: [{ model, frozen, by, calendar, instants, horizon, budgetUsd }],
        staticSummary: `Backtest of ${model}, ${instants[0]} to ${instants.at(-1)}, asked by ${by}`,
        typedSearchAttributes: [
          { key: MODEL, value: model },
          { key: TRIGGER, value: 'person' },
        ],
      }),
    );
    return { workflowId, joined: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { workflowId, joined: true };
  }
}

export type BacktestNews =
  | { readonly kind: 'running'; readonly progress: BacktestProgress }
  | { readonly kind: 'ended'; readonly progress: BacktestProgress; readonly result: BacktestResult };

/** News until it has ended; `signal` ends the waiting, and the backtest goes on. Throws `UserError` when it failed or was cancelled. */
export async function* waitForBacktest(
  operator: Operator,
  { workflowId, every = 1_000, signal }: { workflowId: string; every?: number; signal?: AbortSignal },
): AsyncGenerator<BacktestNews, void> {
  const what = `backtest ${workflowId}`;
  const handle = operator.client.workflow.getHandle<typeof backtestWorkflow>(workflowId);
  for (;;) {
    signal?.throwIfAborted();
    const { status } = await patiently(() => ask(operator, what, () => handle.describe()), signal);
    const progress = await patiently(() => ask(operator, what, () => handle.query(say.backtestProgress)), signal);
    yield { kind: 'running', progress };
    if (status.name === 'CANCELLED')
      throw new UserError(`${what} was cancelled`, 'the same command again begins it anew');
    if (status.name !== 'RUNNING') {
      const result = await handle.result().catch((error: unknown) => {
        throw asUserError(error, what, operator.address);
      });
      return yield { kind: 'ended', progress, result };
    }
    await sleep(every, undefined, { signal });
  }
}

/** Asks the backtests of a model that run to stop. Gives their workflows' ids. */
export async function cancelBacktest(operator: Operator, model: string): Promise<string[]> {
  const running = await runningBacktests(operator, model);
  if (running.length === 0) throw new UserError(`no backtest of ${model} runs`, 'see the Temporal Web UI');
  for (const id of running)
    await ask(operator, `backtest ${id}`, () => operator.client.workflow.getHandle(id).cancel());
  return running;
}

/** The plan with one of its candidates, and no baseline beside it. */
function withCandidate(frozen: FrozenPlan, wanted: string | undefined): FrozenPlan {
  if (wanted === undefined) return frozen;
  const { train } = frozen.plan;
  const candidates = train.candidates.filter((one) => candidateName(one) === wanted);
  if (candidates.length > 0)
    return { ...frozen, plan: { ...frozen.plan, train: { ...train, candidates, baseline: 'none' } } };
  const names = train.candidates.map(candidateName).join(', ');
  throw new UserError(`the plan has no candidate "${wanted}"`, `it has ${names}`);
}

function refuseTimeless({ plan }: FrozenPlan): void {
  const [name, main] = Object.entries(plan.collect.sources).find(([, { reference }]) => !reference) ?? [];
  if (main?.time !== undefined) return;
  throw new UserError(
    `collect.sources.${name} has no time: nothing tells which rows come after which`,
    'name its column of instants, as `time: date`',
  );
}

async function refuseOther(operator: Operator, model: string, own: string): Promise<void> {
  const other = (await runningBacktests(operator, model)).find((id) => id !== own);
  if (other)
    throw new UserError(
      `another backtest of ${model} runs (${other})`,
      `wait until it has ended, or stop it: "perennial backtest ${model} --cancel"`,
    );
}

const runningBacktests = (operator: Operator, model: string): Promise<string[]> =>
  ask(operator, `list of backtests of "${model}"`, async () => {
    const query = `WorkflowType = 'backtest' AND Model = '${model}' AND ExecutionStatus = 'Running'`;
    const found: string[] = [];
    for await (const { workflowId } of operator.client.workflow.list({ query })) found.push(workflowId);
    return found;
  });

const idOf = (parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12);
