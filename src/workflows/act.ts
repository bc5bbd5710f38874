/** Activities as workflows call them: `quick('Create the model').createModel(input)`. The summary shows in the Web UI. */
import { type ActivityOptions, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/interface.ts';
import { DATA, KEEP, look, QUICK, TELL } from './timeouts.ts';

/** Activities that take an object and give a promise; the SDK's own mapping asks for an index signature. */
type Acts = { readonly [K in keyof Activities]: Activities[K] };

const act = (options: ActivityOptions): Acts => proxyActivities<Activities>(options) as unknown as Acts;

export const quick = (summary: string): Acts => act({ ...QUICK, summary });
export const data = (summary: string): Acts => act({ ...DATA, summary });
export const keep = (summary: string): Acts => act({ ...KEEP, summary });
export const tell = (summary: string): Acts => act({ ...TELL, summary });
/** `ms`: how long what is looked at may take. */
export const watch = (summary: string, ms: number): Acts => act({ ...look(ms), summary });
