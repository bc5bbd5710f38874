/** Children that hear of a cancellation whenever it comes. */
import type { WithWorkflowArgs, Workflow } from '@temporalio/common';
import {
  CancellationScope,
  type ChildWorkflowHandle,
  type ChildWorkflowOptions,
  startChild,
} from '@temporalio/workflow';
import { askToEnd } from './over.ts';

/** As `startChild` takes them of a workflow that is given as a function. */
type Options = Omit<ChildWorkflowOptions, 'typeInfo'> & { typeInfo?: undefined };

/**
 * Starts a child. A cancellation that comes while the server starts it finds no such workflow yet: the server refuses it
 * (`RequestCancelExternalWorkflowExecutionFailed`), the SDK says so to nobody, and the child would go on. So it is asked again.
 */
export async function beginChild<T extends Workflow>(
  workflow: T,
  options: WithWorkflowArgs<T, Options>,
): Promise<ChildWorkflowHandle<T>> {
  const child = await startChild(workflow, options);
  if (CancellationScope.current().consideredCancelled)
    await CancellationScope.nonCancellable(() => askToEnd(child.workflowId));
  return child;
}
