/** One monitoring pass now, instead of at the next time of the calendar. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { monitorWorkflowId } from '../names.ts';
import type * as say from '../workflows/messages.ts';
import type { monitor as monitorWorkflow } from '../workflows/monitor.ts';
import { MODEL, TRIGGER } from '../workflows/search.ts';
import { modelStatus } from './models.ts';
import { ask, asUserError } from './trouble.ts';
import type { Operator } from './types.ts';

export interface MonitorAsked {
  readonly model: string;
  /** What a cycle that follows looks back from. */
  readonly asOf?: string;
  readonly by?: string;
  /** Asked again by the same id, it is the same pass; a new one when left out. */
  readonly id?: string;
}

/** Starts the pass. Gives its workflow's id. */
export async function startMonitor(operator: Operator, asked: MonitorAsked): Promise<string> {
  const { model, asOf, by = 'person', id = new Date().toISOString() } = asked;
  await modelStatus(operator, model);
  const workflowId = `${monitorWorkflowId(model)}-${id}`;
  try {
    await ask(operator, `model "${model}"`, () =>
      operator.client.workflow.start<typeof monitorWorkflow>('monitor', {
        workflowId,
        taskQueue: operator.taskQueue,
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        args: [{ model, asOf }],
        staticSummary: `Monitor ${model}, asked by ${by}`,
        typedSearchAttributes: [
          { key: MODEL, value: model },
          { key: TRIGGER, value: 'person' },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return workflowId;
}

/** Waits until the pass has ended. Throws `UserError` when it failed. */
export async function monitorResult(
  operator: Operator,
  { model, workflowId }: { model: string; workflowId: string },
): Promise<say.MonitorResult> {
  try {
    return await operator.client.workflow.getHandle<typeof monitorWorkflow>(workflowId).result();
  } catch (error) {
    throw asUserError(error, `monitor of "${model}"`, operator.address);
  }
}

/** One pass, waited for. */
export async function runMonitor(operator: Operator, asked: MonitorAsked): Promise<say.MonitorResult> {
  return monitorResult(operator, { model: asked.model, workflowId: await startMonitor(operator, asked) });
}
