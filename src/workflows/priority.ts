/** Whose turn it is when activities wait in line: models in turn, what guards a live endpoint first, replayed history last. */
import type { Priority } from '@temporalio/common';

const URGENT = 1;
const USUAL = 3;
const WHENEVER = 5;

/** Of a workflow's activities. A model's many cannot keep another model's few waiting: the server takes them by turns. */
export const priorityOf = (workflowId: string): Priority => ({
  priorityKey: urgency(workflowId),
  fairnessKey: /^(?:model|sweep)\/([^/]+)/.exec(workflowId)?.[1] ?? workflowId.slice(0, LONGEST_KEY),
});

/** Temporal takes no longer fairness keys. */
const LONGEST_KEY = 64;

function urgency(workflowId: string): number {
  if (/^model\/[^/]+\/rollout\//.test(workflowId)) return URGENT;
  return /^model\/[^/]+\/backtest\//.test(workflowId) ? WHENEVER : USUAL;
}
