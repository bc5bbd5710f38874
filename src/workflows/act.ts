/** Activities as workflows call them: `quick('Create the model').createModel(input)`. The summary shows in the Web UI. */
import { type ActivityOptions, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/interface.ts';
import { dataTaskQueue } from '../names.ts';
import { priorityOf } from './priority.ts';
import { DATA, KEEP, look, QUICK, TELL } from './timeouts.ts';

/** Activities that take an object and give a promise; the SDK's own mapping asks for an index signature. */
type Acts = { readonly [K in keyof Activities]: Activities[K] };

const act = (options: ActivityOptions): Acts =>
  proxyActivities<Activities>({
    ...options,
    priority: priorityOf(workflowInfo().workflowId),
  }) as unknown as Acts;

export const quick = (summary: string): Acts => act({ ...QUICK, summary });
/** In a line of their own, so that nothing quick ever waits behind them. */
export const data = (summary: string): Acts =>
  act({ ...DATA, taskQueue: dataTaskQueue(workflowInfo().taskQueue), summary });
export const keep = (summary: string): Acts => act({ ...KEEP, summary });
export const tell = (summary: string): Acts => act({ ...TELL, summary });
/** `ms`: how long what is looked at may take. */
export const watch = (summary: string, ms: number): Acts => act({ ...look(ms), summary });
