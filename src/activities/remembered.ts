/** What a model's ledger says of its state: every entry in order, each changing what is known. Pure. */
import { hashOf, NO_PREVIOUS } from '../aws/ledger.ts';
import type { CycleOutcome, Hold, Kept, Stop, Trigger, Wish } from '../workflows/shapes.ts';
import type { EndpointShape, LedgerEntry } from './types.ts';

export interface Remembered {
  readonly ledger: { readonly seq: number; readonly hash: string };
  cycles: number;
  rollbacks: number;
  wishes: number;
  /** Wishes that led to nothing yet, oldest first. */
  waiting: Wish[];
  plan?: { readonly hash: string; readonly at: string; readonly by: string };
  serving?: {
    readonly kept: Kept;
    readonly since: string;
    readonly serving: EndpointShape;
    readonly planHash: string;
  };
  /** Every version that can be served, by number. */
  versions: Kept[];
  /** The last ten, newest first. */
  outcomes: CycleOutcome[];
  /** A cycle that started and of whose end nothing is known. */
  running?: Pick<CycleOutcome, 'cycle' | 'trigger' | 'by' | 'asOf' | 'startedAt'>;
  month: { name: string; cycles: number; usd: number };
  lastEndedAt?: string;
  paused?: Hold;
  quarantine?: Stop;
  breaker?: Stop;
  attempts: number;
  tried?: 'drift' | 'quality';
  /** What the ledger leaves open, in sentences. */
  readonly problems: string[];
}

type Facts = Readonly<Record<string, unknown>>;
type Reader = (known: Remembered, entry: LedgerEntry, facts: Facts) => void;

const OUTCOMES_KEPT = 10;
const nothing = () => ({ cycles: 0, rollbacks: 0, wishes: 0, waiting: [], versions: [], outcomes: [], attempts: 0 });

export function remembered(entries: readonly LedgerEntry[]): Remembered {
  const last = entries.at(-1);
  const ledger = { seq: last?.seq ?? 0, hash: last ? hashOf(last) : NO_PREVIOUS };
  const known: Remembered = { ledger, ...nothing(), month: { name: '', cycles: 0, usd: 0 }, problems: [] };
  for (const entry of entries)
    if (Object.hasOwn(READERS, entry.event)) READERS[entry.event]?.(known, entry, entry.facts);
  return known;
}

const READERS: Readonly<Record<string, Reader>> = {
  'plan applied': (known, { at, by }, { planHash }) => {
    known.plan = { hash: String(planHash), at, by };
  },
  'cycle wished': (known, { at, by, reason }, facts) => {
    const { wish, trigger, asOf, about } = facts as { wish: number; trigger: Trigger; asOf?: string; about?: number };
    known.wishes = Math.max(known.wishes, wish);
    known.waiting.push({ id: wish, trigger, by, reason, asOf, at, about, joined: 0 });
  },
  'wish dismissed': (known, _, { wish }) => forget(known, wish),
  'cycle started': (known, { at, by }, facts) => {
    const { cycle, wish, trigger, asOf } = facts as { cycle: number; wish?: number; trigger: Trigger; asOf?: string };
    forget(known, wish);
    known.cycles = Math.max(known.cycles, cycle);
    known.running = { cycle, trigger, by, asOf: asOf ?? at, startedAt: at };
    monthOf(known, at).cycles += 1;
    if (trigger !== 'drift' && trigger !== 'quality') return;
    known.attempts += 1;
    known.tried = trigger;
  },
  'cycle ended': (known, { at, by, reason = '' }, facts) => {
    const { joined: _, verdicts: __, ...told } = facts;
    const outcome = { ...(told as unknown as CycleOutcome), by, reason, endedAt: at };
    known.running = undefined;
    known.lastEndedAt = at;
    known.outcomes = [outcome, ...known.outcomes].slice(0, OUTCOMES_KEPT);
    monthOf(known, at).usd += outcome.costUsd ?? 0;
  },
  serving: (known, { at, seq }, facts) => {
    const {
      kept,
      serving,
      planHash,
      retired = [],
    } = facts as Partial<NonNullable<Remembered['serving']>> & {
      retired?: readonly number[];
    };
    if (!kept || !serving || !planHash) {
      known.problems.push(
        `entry ${seq} of the ledger does not say how to serve its version: it was written before that`,
      );
      return;
    }
    const { version } = kept.version;
    known.serving = { kept, since: at, serving, planHash };
    known.versions = [
      ...known.versions.filter((one) => one.version.version !== version && !retired.includes(one.version.version)),
      kept,
    ].sort((a, b) => a.version.version - b.version.version);
  },
  'rollback asked': (known) => {
    known.rollbacks += 1;
  },
  paused: (known, { at, by, reason }) => {
    known.paused = { at, by, reason };
  },
  resumed: (known) => {
    known.paused = known.quarantine = known.breaker = undefined;
    known.attempts = 0;
  },
  quarantined: (known, entry) => {
    known.quarantine = stopOf(entry);
  },
  'quarantine ended': (known) => {
    known.quarantine = undefined;
  },
  'breaker opened': (known, entry) => {
    known.breaker = stopOf(entry);
  },
  'breaker closed': (known) => {
    known.breaker = undefined;
    known.attempts = 0;
  },
  retired: (known) => {
    known.serving = known.paused = known.quarantine = known.breaker = known.running = undefined;
    known.versions = [];
    known.waiting = [];
    known.attempts = 0;
  },
};

const stopOf = ({ at, reason = '', facts }: LedgerEntry): Stop => ({
  since: at,
  reason,
  report: facts.report as string | undefined,
});

function forget(known: Remembered, wish: unknown): void {
  known.waiting = known.waiting.filter(({ id }) => id !== wish);
}

function monthOf(known: Remembered, at: string): Remembered['month'] {
  const name = at.slice(0, 7);
  if (known.month.name !== name) known.month = { name, cycles: 0, usd: 0 };
  return known.month;
}
