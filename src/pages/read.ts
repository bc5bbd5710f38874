/** Everything that a model's page shows of the past, read side by side: what cannot be read now leaves the rest to be seen. */
import type { Deps } from '../api/types.ts';
import { UserError } from '../errors.ts';
import type { Alarm, Audit, Contest, History, Pass, Score } from '../operations/views.ts';
import { redact } from '../redact.ts';

/** What was found, or why nothing could be. */
export type Tried<T> = { readonly found: T } | { readonly why: string };

export interface Past {
  readonly history: Tried<History>;
  readonly audit: Tried<Audit>;
  readonly contests: Tried<readonly Contest[]>;
  readonly passes: Tried<readonly Pass[]>;
  readonly alarms: Tried<readonly Alarm[]>;
  readonly score: Tried<Score>;
}

const NOWHERE = { why: 'The API does not know the bucket: set PERENNIAL_BUCKET for it.' };
const CYCLES = 100;

export async function readPast({ views }: Deps, model: string): Promise<Past> {
  if (!views)
    return { history: NOWHERE, audit: NOWHERE, contests: NOWHERE, passes: NOWHERE, alarms: NOWHERE, score: NOWHERE };
  const [history, audit, contests, passes, alarms, score] = await Promise.all([
    tried(() => views.history({ model, limit: CYCLES })),
    tried(() => views.audit({ model })),
    tried(() => views.contests({ model })),
    tried(() => views.passes({ model })),
    tried(() => views.alarms({ model })),
    tried(() => views.score({ model })),
  ]);
  return { history, audit, contests, passes, alarms, score };
}

export async function tried<T>(read: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { found: await read() };
  } catch (error) {
    if (error instanceof UserError) return { why: redact(`${error.message}; ${error.hint}`) };
    throw error;
  }
}

/** What was found, or undefined. */
export const foundIn = <T>(one: Tried<T>): T | undefined => ('found' in one ? one.found : undefined);
