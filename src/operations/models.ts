/** The verbs on a model. */
import { WithStartWorkflowOperation, type WorkflowHandle } from '@temporalio/client';
import type { FrozenPlan } from '../activities/types.ts';
import { modelWorkflowId, monitorWorkflowId } from '../names.ts';
import * as say from '../workflows/messages.ts';
import type { model as modelWorkflow } from '../workflows/model.ts';
import type { monitor as monitorWorkflow } from '../workflows/monitor.ts';
import { MODEL, MODEL_VERSION, OUTCOME, TRIGGER } from '../workflows/search.ts';
import { ensureSearchAttributes } from './connect.ts';
import { look } from './look.ts';
import { ensureSchedules, nextRuns } from './schedules.ts';
import { ask, asUserError } from './trouble.ts';
import type { ModelSummary, Operator } from './types.ts';

export const modelHandle = ({ client }: Operator, model: string): WorkflowHandle<typeof modelWorkflow> =>
  client.workflow.getHandle<typeof modelWorkflow>(modelWorkflowId(model));

/** Starts the model or gives it a new plan, and sets its calendars. The same plan again changes nothing. */
export async function applyPlan(
  operator: Operator,
  { frozen, by, reason }: { frozen: FrozenPlan; by: string; reason?: string },
): Promise<say.ModelStatus> {
  const { plan } = frozen;
  await ensureSearchAttributes(operator);
  // First the calendars: the server refuses a wrong one before the plan is in force.
  await ensureSchedules(operator, frozen);
  const startWorkflowOperation = new WithStartWorkflowOperation<typeof modelWorkflow>('model', {
    workflowId: modelWorkflowId(plan.model),
    taskQueue: operator.taskQueue,
    args: [{ model: plan.model }],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `${plan.model}, owned by ${plan.owner.team}`,
    staticDetails: `${plan.objective}\n\nOwner: ${plan.owner.team}, ${plan.owner.contact}`,
    memo: { objective: plan.objective, owner: plan.owner },
    typedSearchAttributes: [{ key: MODEL, value: plan.model }],
  });
  return ask(operator, `model "${plan.model}"`, () =>
    operator.client.workflow.executeUpdateWithStart(say.applyPlan, {
      args: [{ frozen, by, reason }],
      startWorkflowOperation,
    }),
  );
}

export const requestCycle = (
  operator: Operator,
  { model, ...request }: say.CycleRequest & { model: string },
): Promise<say.WishAnswer> =>
  ask(operator, `model "${model}"`, () =>
    modelHandle(operator, model).executeUpdate(say.requestCycle, { args: [request] }),
  );

/** The model's status with the progress of what runs now and the next runs of its calendars. */
export async function status(operator: Operator, { model }: { model: string }): Promise<say.ModelStatus> {
  const found = await modelStatus(operator, model);
  const [runs, running] = await Promise.all([
    nextRuns(operator, model),
    found.current ? look(operator, model, found.current.cycle) : undefined,
  ]);
  const current = found.current && { ...found.current, ...running };
  return { ...found, current, nextRuns: runs };
}

export const modelStatus = (operator: Operator, model: string): Promise<say.ModelStatus> =>
  ask(operator, `model "${model}"`, () => modelHandle(operator, model).query(say.status));

export async function listModels(operator: Operator): Promise<ModelSummary[]> {
  return ask(operator, 'list of models', async () => {
    const models: ModelSummary[] = [];
    const query = "WorkflowType = 'model' AND ExecutionStatus = 'Running'";
    for await (const found of operator.client.workflow.list({ query }))
      models.push({
        model: found.workflowId.replace(/^model\//, ''),
        version: found.typedSearchAttributes.get(MODEL_VERSION),
        outcome: found.typedSearchAttributes.get(OUTCOME),
        startedAt: found.startTime.toISOString(),
      });
    return models.sort((a, b) => a.model.localeCompare(b.model));
  });
}

/** Approves or rejects the cycle that waits. */
export const decide = (operator: Operator, { model, ...decision }: say.Decision & { model: string }): Promise<void> =>
  ask(operator, `model "${model}"`, () => modelHandle(operator, model).executeUpdate(say.decide, { args: [decision] }));

/** Asks for a rollback; `waitForRollback` tells how it ended. */
export const rollback = (
  operator: Operator,
  { model, ...request }: say.RollbackRequest & { model: string },
): Promise<say.RollbackStarted> =>
  ask(operator, `model "${model}"`, () =>
    modelHandle(operator, model).executeUpdate(say.rollback, { args: [request] }),
  );

/** Asks a cycle to stop: its jobs are stopped, what it half made is removed, the champion stays. */
export const cancelCycle = (
  operator: Operator,
  { model, ...word }: say.Word & { model: string; cycle?: number },
): Promise<number> =>
  ask(operator, `model "${model}"`, () =>
    modelHandle(operator, model).executeUpdate(say.cancelCycle, { args: [word] }),
  );

/** One monitoring pass now, waited for. `asOf`: what a cycle that follows looks back from. */
export async function runMonitor(
  operator: Operator,
  { model, asOf, by = 'person' }: { model: string; asOf?: string; by?: string },
): Promise<say.MonitorResult> {
  await modelStatus(operator, model);
  const handle = await ask(operator, `model "${model}"`, () =>
    operator.client.workflow.start<typeof monitorWorkflow>('monitor', {
      workflowId: `${monitorWorkflowId(model)}-${new Date().toISOString()}`,
      taskQueue: operator.taskQueue,
      args: [{ model, asOf }],
      staticSummary: `Monitor ${model}, asked by ${by}`,
      typedSearchAttributes: [
        { key: MODEL, value: model },
        { key: TRIGGER, value: 'person' },
      ],
    }),
  );
  try {
    return await handle.result();
  } catch (error) {
    throw asUserError(error, `monitor of "${model}"`, operator.address);
  }
}
