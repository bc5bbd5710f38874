/** Everything that became of a model: its cycles from the first on, and the rollbacks, plans and endings between them. */
import { z } from 'zod';
import type { LedgerEntry } from '../activities/types.ts';
import type { CycleOutcome, Trigger } from '../workflows/shapes.ts';
import { type Archive, ledgerOf, planReader } from './archive.ts';
import { type Word, word, wordOf } from './ledger-words.ts';
import { estimate } from './shapes/parts.ts';

const cycleEvent = z.object({
  kind: z.literal('cycle'),
  seq: z.number().describe('Of the ledger entry that told it last.'),
  at: z.string().describe('When it ended; when it began while it runs.'),
  by: z.string(),
  reason: z.string().optional(),
  cycle: z.number(),
  trigger: z.string(),
  outcome: z.string().describe('running, until it has ended.'),
  asOf: z.string(),
  startedAt: z.string(),
  seconds: z.number().optional(),
  version: z.number().optional(),
  metrics: z.record(z.string(), estimate).optional(),
  objective: z.string().optional().describe('The metric that its plan trained for.'),
  costUsd: z.number().optional(),
  planHash: z.string().optional(),
  stage: z.string().optional(),
  failure: z.string().optional(),
  report: z.string().optional(),
});

export const historyShape = z
  .object({
    model: z.string(),
    events: z
      .array(
        z.discriminatedUnion('kind', [
          cycleEvent,
          z.object({
            kind: z.literal('rollback'),
            ...word,
            from: z.number(),
            to: z.number(),
            outcome: z.enum(['asked', 'deployed', 'failed']),
          }),
          z.object({ kind: z.literal('plan'), ...word, planHash: z.string() }),
          z.object({ kind: z.literal('retired'), ...word }),
        ]),
      )
      .describe('Newest first.'),
    next: z.number().optional().describe('Give it as `before` to see what came earlier; absent at the beginning.'),
  })
  .meta({ id: 'History' });
export type History = z.infer<typeof historyShape>;
export type HistoryEvent = History['events'][number];
export type CycleEvent = HistoryEvent & { readonly kind: 'cycle' };

export interface HistoryAsked {
  readonly model: string;
  /** Events at most. */
  readonly limit?: number;
  /** None that is older than this instant. */
  readonly since?: string;
  /** Only what was told before this entry of the ledger. */
  readonly before?: number;
}

export async function history(archive: Archive, asked: HistoryAsked): Promise<History> {
  const { model, limit = 50, since = '', before = Number.POSITIVE_INFINITY } = asked;
  const all = eventsOf(await ledgerOf(archive, model)).filter(({ at, seq }) => at >= since && seq < before);
  const events = all.slice(0, limit);
  const planOf = planReader(archive, model);
  const told = await Promise.all(
    events.map(async (event) => {
      if (event.kind !== 'cycle' || event.planHash === undefined) return event;
      const frozen = await planOf(event.planHash);
      return frozen ? { ...event, objective: frozen.plan.train.objective.metric } : event;
    }),
  );
  return { model, events: told, ...(all.length > limit && { next: events.at(-1)?.seq }) };
}

/** A ledger's events, newest first. Pure. */
export function eventsOf(entries: readonly LedgerEntry[]): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const begun = new Map<number, CycleEvent>();
  let rollback: (HistoryEvent & { kind: 'rollback' }) | undefined;
  for (const entry of entries) {
    const { at, event, facts } = entry;
    const said = wordOf(entry);
    if (event === 'cycle started') {
      const { cycle, trigger, asOf, planHash } = facts as unknown as Begun;
      const running = { kind: 'cycle', ...said, cycle, trigger, outcome: 'running', asOf: asOf ?? at } as const;
      const started = { ...running, startedAt: at, ...(planHash && { planHash }) };
      begun.set(cycle, started);
      events.push(started);
    } else if (event === 'cycle ended') {
      const ended = endedCycle(said, facts as unknown as CycleOutcome);
      const started = begun.get(ended.cycle);
      if (started) events.splice(events.indexOf(started), 1);
      events.push({ ...ended, ...(started?.planHash && { planHash: started.planHash }) });
    } else if (event === 'rollback asked') {
      const { from, to } = facts as { from: number; to: number };
      rollback = { kind: 'rollback', ...said, from, to, outcome: 'asked' };
      events.push(rollback);
    } else if (event === 'rollback failed' || event === 'serving') {
      if (!rollback || (event === 'serving' && facts.version !== rollback.to)) continue;
      rollback.outcome = event === 'serving' ? 'deployed' : 'failed';
      rollback = undefined;
    } else if (event === 'plan applied') events.push({ kind: 'plan', ...said, planHash: String(facts.planHash) });
    else if (event === 'retired') events.push({ kind: 'retired', ...said });
  }
  return events.reverse();
}

/** The cycles among them, newest first. */
export const cyclesOf = (entries: readonly LedgerEntry[]): CycleEvent[] =>
  eventsOf(entries).filter((event) => event.kind === 'cycle');

interface Begun {
  readonly cycle: number;
  readonly trigger: Trigger;
  readonly asOf?: string;
  readonly planHash?: string;
}

function endedCycle(said: Word, told: CycleOutcome): CycleEvent {
  const { cycle, trigger, outcome, asOf, startedAt, stage, failure, version, metrics, costUsd, evaluation } = told;
  const measured = Object.entries(metrics ?? {}).flatMap(([name, found]) => (found ? [[name, found] as const] : []));
  const seconds = Math.max(0, Math.round((Date.parse(said.at) - Date.parse(startedAt)) / 1000));
  return {
    ...{ kind: 'cycle', ...said, cycle, trigger, outcome, asOf, startedAt, stage, failure, version, costUsd, seconds },
    ...(measured.length > 0 && { metrics: Object.fromEntries(measured) }),
    report: evaluation?.report,
  };
}
