/** Sweeping: what the living models need is asked of them, what nothing needs is looked for by a workflow. */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { LivingModel, Orphan } from '../activities/types.ts';
import { UserError } from '../errors.ts';
import { modelWorkflowId, sweepWorkflowId } from '../names.ts';
import { MODEL } from '../workflows/search.ts';
import type { sweep as sweepWorkflow } from '../workflows/sweep.ts';
import { listModels, modelStatus } from './models.ts';
import { removeSchedules } from './schedules.ts';
import { ask, asUserError } from './trouble.ts';
import type { Operator } from './types.ts';

export interface Swept {
  readonly found: readonly Orphan[];
  readonly deleted: number;
  /** Models that things are tagged with, and that neither live nor were retired: name one to sweep it. */
  readonly unknown: readonly string[];
}

export interface SweepAsked {
  /** All models when left out. */
  readonly model?: string;
  readonly remove: boolean;
  /** Milliseconds that what cycles without a version wrote is left alone. */
  readonly olderThan: number;
  readonly by: string;
}

/** Deletes only when `remove` is said. A model that does not answer ends it: what it needs is not known. */
export async function sweep(operator: Operator, asked: SweepAsked): Promise<Swept> {
  const { model, remove } = asked;
  const names =
    model === undefined ? (await listModels(operator)).map((one) => one.model) : await itself(operator, model);
  const living = await livingModels(operator, new Set(names));
  const handle = await ask(operator, 'sweep', () => start(operator, asked, living));
  try {
    const { found, gone, unknown, deleted } = await handle.result();
    const calendars = await orphanedCalendars(operator, gone);
    if (remove)
      await removeSchedules(
        operator,
        calendars.map(({ name }) => name),
      );
    return { found: [...found, ...calendars], deleted: deleted.length + (remove ? calendars.length : 0), unknown };
  } catch (error) {
    throw asUserError(error, 'sweep', operator.address);
  }
}

async function start(
  { client, taskQueue }: Operator,
  { model, remove, olderThan, by }: SweepAsked,
  living: readonly LivingModel[],
) {
  const workflowId = sweepWorkflowId(model);
  try {
    return await client.workflow.start<typeof sweepWorkflow>('sweep', {
      workflowId,
      taskQueue,
      args: [{ living, only: model, olderThan, remove }],
      staticSummary: `Sweep ${model ?? 'all models'}${remove ? '' : ' (a dry run)'}, asked by ${by}`,
      typedSearchAttributes: model === undefined ? [] : [{ key: MODEL, value: model }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new UserError(`${workflowId} runs already`, 'wait for it, or cancel it in the Temporal Web UI');
  }
}

/** Models that run, and those of which only a cycle, a rollout or a backtest still does. */
async function livingModels(operator: Operator, names: ReadonlySet<string>): Promise<LivingModel[]> {
  const children = await runningChildren(operator);
  const living: LivingModel[] = [];
  for (const model of names) {
    const { versions, champion, current, rollback } = await modelStatus(operator, model);
    const own = children.get(model);
    const cycles = [...versions, ...(champion ? [champion] : [])].map(({ cycle }) => String(cycle));
    living.push({
      ...{ model, kept: [...new Set(cycles)], backtest: own?.has('backtest') ?? false },
      ...(current ? { running: String(current.cycle) } : {}),
      busy: current !== undefined || rollback !== undefined || own !== undefined,
    });
  }
  for (const [model, types] of children)
    if (!names.has(model)) living.push({ model, kept: [], busy: true, backtest: types.has('backtest') });
  return living;
}

/** The model, when it lives: the list of models may be a moment behind, and whoever is named and not alive is swept. */
async function itself({ client }: Operator, model: string): Promise<string[]> {
  try {
    const { status } = await client.workflow.getHandle(modelWorkflowId(model)).describe();
    return status.name === 'RUNNING' ? [model] : [];
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}

/** The kinds of workflows that run below `model/<name>/`, by model. */
async function runningChildren(operator: Operator): Promise<Map<string, Set<string>>> {
  const query = "ExecutionStatus = 'Running' AND WorkflowType IN ('cycle', 'rollout', 'backtest')";
  return ask(operator, 'list of workflows', async () => {
    const found = new Map<string, Set<string>>();
    for await (const { workflowId, type } of operator.client.workflow.list({ query })) {
      const model = /^model\/([^/]+)\//.exec(workflowId)?.[1];
      if (model) found.set(model, (found.get(model) ?? new Set()).add(type));
    }
    return found;
  });
}

async function orphanedCalendars(operator: Operator, gone: readonly string[]): Promise<Orphan[]> {
  if (gone.length === 0) return [];
  return ask(operator, 'list of schedules', async () => {
    const found: Orphan[] = [];
    for await (const { scheduleId } of operator.client.schedule.list()) {
      const model = /^model\/([^/]+)\/(retrain|monitor)$/.exec(scheduleId)?.[1];
      if (model !== undefined && gone.includes(model))
        found.push({ kind: 'schedule', name: scheduleId, model, why: 'no such model lives' });
    }
    return found;
  });
}
