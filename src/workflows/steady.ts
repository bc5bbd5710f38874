/**
 * What a workflow does must not depend on the tasks in which it hears of things. Two habits of the core would make it so; both
 * need a worker that does not remember the workflow, as after each start, and leave a run that does not replay any more.
 */
import { defaultPayloadConverter } from '@temporalio/common';
import {
  IllegalStateError,
  type WorkflowInterceptors,
  type WorkflowInternalsInterceptor,
  workflowInfo,
} from '@temporalio/workflow';

const NOTHING = {
  modifyWorkflowProperties: { upsertedMemo: { fields: { nothing: defaultPayloadConverter.toPayload(null) } } },
};

/**
 * A query to a workflow that is not remembered plays it to the end of its history, news after its last task included. Its next
 * task would then bring only what came later still, though replay gives it all of that at once. Such a query is refused, and the
 * worker forgets the workflow; who asks again after that task is answered.
 */
export function neverAhead(): WorkflowInternalsInterceptor {
  let [task, length] = ['', 0];
  return {
    activate(input, next) {
      const { timestamp, historyLength, isReplaying, jobs } = input.activation;
      if (jobs?.some(({ queryWorkflow }) => !queryWorkflow)) {
        // Only a task moves the clock.
        const now = `${timestamp?.seconds}.${timestamp?.nanos}`;
        if (!isReplaying && now === task && (historyLength ?? 0) > length)
          throw new IllegalStateError('news of this workflow is about to be taken up: ask again in a moment');
        task = now;
        length = historyLength ?? 0;
      }
      next(input);
    },
  };
}

/**
 * Two tasks in which a workflow asks for nothing, and then one with an update, are put together the first time but told apart by
 * replay (temporalio/sdk-rust#1146). So no task that will stand in the history is without a command: the removal of a memo that
 * nobody set.
 */
export function neverSilent(): WorkflowInternalsInterceptor {
  let heard = false;
  return {
    activate(input, next) {
      // Of an update that is refused the history tells nothing; one that is taken up is a command.
      heard = input.activation.jobs?.some(({ queryWorkflow, doUpdate }) => !queryWorkflow && !doUpdate) ?? false;
      next(input);
    },
    concludeActivation(input, next) {
      const { commands } = next(input);
      const silent = commands.every(({ updateResponse }) => updateResponse?.rejected);
      if (!silent || !heard) return { commands };
      return { commands: [...commands, NOTHING] };
    },
  };
}

export const interceptors = (): WorkflowInterceptors => ({
  // Only models have updates.
  internals: [neverAhead(), ...(workflowInfo().workflowType === 'model' ? [neverSilent()] : [])],
});
