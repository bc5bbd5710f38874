/** The verbs on a model. */
import { WithStartWorkflowOperation, type WorkflowHandle } from '@temporalio/client';
import type { FrozenPlan } from '../activities/types.ts';
import { modelWorkflowId } from '../names.ts';
import * as say from '../workflows/messages.ts';
import type { model as modelWorkflow } from '../workflows/model.ts';
import { MODEL, MODEL_VERSION, OUTCOME } from '../workflows/search.ts';
import { ensureSearchAttributes } from './connect.ts';
import { look } from './look.ts';
import { ensureSchedules, nextRuns } from './schedules.ts';
import { ask } from './trouble.ts';
import type { ModelSummary, Once, Operator } from './types.ts';

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
  { model, updateId, ...request }: say.CycleRequest & Once & { model: string },
): Promise<say.WishAnswer> =>
  ask(operator, `model "${model}"`, () =>
    modelHandle(operator, model).executeUpdate(say.requestCycle, { args: [request], updateId }),
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
export const decide = (
  operator: Operator,
  { model, updateId, ...decision }: say.Decision & Once & { model: string },
): Promise<void> =>
  ask(operator, `model "${model}"`, () =>
    modelHandle(operator, model).executeUpdate(say.decide, { args: [decision], updateId }),
  );

/** Asks for a rollback; `waitForRollback` tells how it ended. */
export const rollback = (
  operator: Operator,
  { model, updateId, ...request }: say.RollbackRequest & Once & { model: string },
): Promise<say.RollbackStarted> =>
  ask(operator, `model "${model}"`, () =>
    modelHandle(operator, model).executeUpdate(say.rollback, { args: [request], updateId }),
  );

/** Asks a cycle to stop: its jobs are stopped, what it half made is removed, the champion stays. */
export const cancelCycle = (
  operator: Operator,
  { model, updateId, ...word }: say.Word & Once & { model: string; cycle?: number },
): Promise<number> =>
  ask(operator, `model "${model}"`, () =>
    modelHandle(operator, model).executeUpdate(say.cancelCycle, { args: [word], updateId }),
  );
