import { defineSearchAttributeKey } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';

const SCHEDULED_START = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

/** The time that a Schedule meant when it started this workflow: a backfill means the past. */
export function scheduledAt(): string | undefined {
  const at = workflowInfo().typedSearchAttributes.get(SCHEDULED_START);
  return at && new Date(at).toISOString();
}
