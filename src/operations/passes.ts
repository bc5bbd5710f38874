/** Monitoring passes over time: how far each column had moved in each, by the limits of its plan. */
import { z } from 'zod';
import { effect } from '../data/drift.ts';
import type { MonitorDetails } from '../data/monitoring.ts';
import { keys } from '../names.ts';
import { type Archive, jsonAt, reading } from './archive.ts';
import { metrics } from './shapes/parts.ts';

export const passShape = z.object({
  id: z.string(),
  version: z.number(),
  from: z.string(),
  to: z.string(),
  requests: z.number(),
  labelled: z.number(),
  drift: z.object({
    method: z.enum(['psi', 'jensen-shannon', 'ks']),
    warn: z.number(),
    alarm: z.number(),
    columns: z.array(
      z.object({ column: z.string(), value: z.number(), state: z.enum(['not judged', 'calm', 'warn', 'alarm']) }),
    ),
  }),
  quality: metrics.describe('Of the predictions whose outcome arrived in the time of the pass.'),
  alarms: z.number(),
  warnings: z.number(),
});
export type Pass = z.infer<typeof passShape>;

export interface PassesAsked {
  readonly model: string;
  /** When there were more, of each day the last, and no more days than this. */
  readonly limit?: number;
}

/** Oldest first. A pass that died in its midst has told nothing, and is left out. */
export async function passes(archive: Archive, { model, limit = 30 }: PassesAsked): Promise<Pass[]> {
  const all = await passIds(archive, model);
  const chosen = all.length > limit ? lastOfDays(all).slice(-limit) : all;
  const found = await Promise.all(
    chosen.map(async (id) => {
      const there = await passDetails(archive, model, id);
      return there ? [passOf(there)] : [];
    }),
  );
  return found.flat();
}

/** Oldest first. Those that died in their midst have left a folder, and no details. */
export const passIds = async ({ store }: Archive, model: string): Promise<string[]> =>
  (await reading(() => store.folders(`${keys.model(model)}/monitor/`))).sort();

export const passDetails = (archive: Archive, model: string, id: string): Promise<MonitorDetails | undefined> =>
  jsonAt(archive, archive.store.uri(keys.monitor(model, id, 'monitoring.json')));

/** Of ids in order, which begin with the day: the last of each. */
const lastOfDays = (ids: readonly string[]): string[] =>
  ids.filter((id, at) => id.slice(0, 10) !== ids[at + 1]?.slice(0, 10));

function passOf({ id, version, from, to, captured, drift, quality, findings }: MonitorDetails): Pass {
  const { method, warn, alarm, columns, judged, states } = drift;
  const severe = findings.filter(({ severity }) => severity === 'alarm').length;
  return {
    ...{ id, version, from, to, requests: captured.requests, labelled: quality.labelled },
    drift: {
      ...{ method, warn, alarm },
      columns: columns.map((one) => ({
        column: one.column,
        value: effect(one, method),
        state: (judged && states[one.column]?.state) || 'not judged',
      })),
    },
    quality: quality.scores?.metrics ?? {},
    ...{ alarms: severe, warnings: findings.length - severe },
  };
}
