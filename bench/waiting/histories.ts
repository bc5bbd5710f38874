/** What a workflow's history tells of its cost: events, and actions as Temporal Cloud bills them. */
import type { Client } from '@temporalio/client';

export interface Told {
  readonly events: number;
  /**
   * Starts of workflows and children (a child counts twice), timers, attempts of activities, signals and upserts of search
   * attributes. Heartbeats are billed too, and leave nothing in a history.
   */
  readonly actions: number;
  /** When the first watch of a job, or the whole workflow, was done: milliseconds since 1970. */
  readonly watched?: number;
  readonly ended: number;
}

export async function historyOf(client: Client, workflowId: string): Promise<Told> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const all = events ?? [];
  let actions = 0;
  let watch: string | undefined;
  let watched: number | undefined;
  for (const event of all) {
    const { activityTaskScheduledEventAttributes: scheduled, activityTaskStartedEventAttributes: started } = event;
    if (scheduled?.activityType?.name === 'watchJob') watch ??= String(event.eventId);
    if (started) actions += started.attempt ?? 1;
    if (event.workflowExecutionStartedEventAttributes || event.timerStartedEventAttributes) actions += 1;
    if (event.startChildWorkflowExecutionInitiatedEventAttributes) actions += 2;
    if (event.signalExternalWorkflowExecutionInitiatedEventAttributes) actions += 1;
    if (event.upsertWorkflowSearchAttributesEventAttributes) actions += 1;
    const done = event.activityTaskCompletedEventAttributes;
    if (done && String(done.scheduledEventId) === watch) watched ??= instant(event.eventTime);
  }
  return { events: all.length, actions, watched, ended: instant(all.at(-1)?.eventTime) };
}

type Time = { seconds?: unknown; nanos?: number | null } | null | undefined;
const instant = (time: Time): number => Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1e6;
