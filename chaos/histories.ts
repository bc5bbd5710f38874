/** What Temporal knows of a model afterwards: nothing of it may still run, and no workflow may have failed to replay. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Operator } from '../src/operations/index.ts';
import { pendingActivities } from '../src/operations/pending.ts';

/** Temporal's WorkflowTaskFailedCause: a task that met news while it ended is tried again, which is no fault of the code. */
const UNHANDLED_COMMAND = 1;
const SEEN_WITHIN_MS = 10_000;

/** Workflow tasks of the model's workflows that failed: code that does not replay, or throws. */
export async function failedTasks({ client }: Operator, model: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: `Model = '${model}'` })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const { workflowTaskFailedEventAttributes: failed } of events ?? [])
      if (failed && failed.cause !== UNHANDLED_COMMAND)
        found.push(`${workflowId}: a workflow task failed: ${failed.failure?.message ?? `cause ${failed.cause}`}`);
  }
  return found;
}

/** Workflows that go on though their model was retired. The list of workflows is a little behind. */
export async function stillRunning({ client }: Operator, model: string): Promise<string[]> {
  const until = Date.now() + SEEN_WITHIN_MS;
  for (;;) {
    const running: string[] = [];
    for await (const { workflowId } of client.workflow.list({
      query: `Model = '${model}' AND ExecutionStatus = 'Running'`,
    }))
      running.push(`${workflowId} runs on after the model's retirement`);
    if (running.length === 0 || Date.now() > until) return running;
    await sleep(250);
  }
}

/** What runs of the model just now, and what each of it waits for. */
export async function waits({ client }: Operator, model: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { workflowId } of client.workflow.list({
    query: `Model = '${model}' AND ExecutionStatus = 'Running'`,
  })) {
    const { raw } = await client.workflow.getHandle(workflowId).describe();
    const pending = (await pendingActivities(client, raw)).map(
      ({ activity, attempt, text }) => `${activity}, attempt ${attempt}: ${text || 'nothing told'}`,
    );
    found.push(
      `${workflowId} waits for ${pending.join('; ') || 'no activity'}${raw.pendingWorkflowTask ? ' and a worker' : ''}`,
    );
  }
  return found;
}
