/** The state of a model: plain JSON that survives continue-as-new, and the pure changes to it. Nothing here reads a clock. */
import type { FrozenPlan, LedgerEntry, PredictionApi } from '../activities/types.ts';
import { endpointName } from '../names.ts';
import type { ApprovalWanted, Decision } from './messages.ts';
import type {
  Champion,
  CycleOutcome,
  Hold,
  Kept,
  ModelStatus,
  MonitorSummary,
  RollbackStarted,
  Stop,
  Trigger,
  Wish,
} from './shapes.ts';

/** A ledger entry before it knows its place in the chain; a plan that it tells of is kept beside it. */
export type LedgerDraft = Omit<LedgerEntry, 'seq' | 'previous'> & { readonly plan?: FrozenPlan };

export interface Notice {
  readonly subject: string;
  readonly message: string;
}

export interface RunningCycle {
  cycle: number;
  trigger: Trigger;
  by: string;
  reason?: string;
  asOf?: string;
  startedAt: string;
  /** Automatic wishes that this cycle serves, too. */
  joined: number;
  /** A person asked it to stop. */
  cancelled?: Hold;
  /** What it told as it was cancelled. */
  told?: Pick<CycleOutcome, 'stage' | 'costUsd' | 'metrics' | 'evaluation' | 'problems'>;
}

export interface ModelState {
  model: string;
  frozen?: FrozenPlan;
  applied?: { at: string; by: string };
  /** Number of the last cycle that started; cycles are counted from 1. */
  cycles: number;
  /** Number of rollbacks wished so far; it makes their names unique. */
  rollbacks: number;
  wishes: number;
  queue: Wish[];
  current?: RunningCycle;
  /** A cycle that ended without a word: what it left is to be cleared away before anything else. */
  lost?: number;
  approval?: ApprovalWanted;
  decision?: Decision;
  rollback?: RollbackStarted & { by: string; reason: string };
  lastRollback?: ModelStatus['lastRollback'];
  champion?: Champion;
  /** Every version that can be served, champion included, by number. */
  versions: Kept[];
  outcomes: CycleOutcome[];
  /** Cycles started, and what ended ones cost, in the calendar month `name` (UTC, `2026-11`). */
  month: { name: string; cycles: number; usd: number };
  lastEndedAt?: string;
  paused?: Hold;
  quarantine?: Stop;
  /** Cycles for drift or quality since the last calm pass. */
  attempts: number;
  /** What the last of them was for. */
  tried?: 'drift' | 'quality';
  breaker?: Stop;
  retired?: Hold;
  monitored?: MonitorSummary;
  /** The window that a monitor looks at now: no other may until its report has come or it is gone. */
  window?: { id: string; monitor: string; from: string; to: string };
  alarms?: { subjects: string; at: string };
  api?: PredictionApi;
  topicArn?: string;
  dashboard?: string;
  ledger: { seq: number; hash: string };
  /** Decisions not yet written to the ledger, oldest first. */
  outbox: LedgerDraft[];
  /** Notices not yet sent, oldest first. */
  notices: Notice[];
  problems: Record<string, string>;
}

const NOTICES_KEPT = 50;

export const newModel = (model: string): ModelState => ({
  model,
  cycles: 0,
  rollbacks: 0,
  wishes: 0,
  queue: [],
  versions: [],
  outcomes: [],
  month: { name: '', cycles: 0, usd: 0 },
  attempts: 0,
  ledger: { seq: 0, hash: '0'.repeat(64) },
  outbox: [],
  notices: [],
  problems: {},
});

export function remember(state: ModelState, draft: LedgerDraft): void {
  state.outbox.push(draft);
}

/** Queues a notice; when too many wait, the oldest gives way (nobody reads the fifty-first). */
export function tell(state: ModelState, notice: Notice): void {
  state.notices.push(notice);
  if (state.notices.length > NOTICES_KEPT) state.notices.shift();
}

/** True when the plan is another than the one in force. */
export function putInForce(state: ModelState, frozen: FrozenPlan, by: string, at: string, reason?: string): boolean {
  if (state.frozen?.hash === frozen.hash) return false;
  state.frozen = frozen;
  state.applied = { at, by };
  remember(state, { at, event: 'plan applied', by, reason, facts: { planHash: frozen.hash }, plan: frozen });
  return true;
}

/** The version that a rollback leads to, or why there is none. */
export function rollbackTarget(state: ModelState, to?: number): Kept | string {
  const champion = state.champion?.kept.version.version;
  if (champion === undefined) return 'nothing is deployed yet';
  const others = state.versions.filter(({ version }) => version.version !== champion);
  const known = others.map(({ version }) => version.version).join(', ') || 'none';
  if (to === undefined) {
    const below = others.filter(({ version }) => version.version < champion).at(-1);
    return below ?? `no version before ${champion} is kept (kept besides it: ${known})`;
  }
  if (to === champion) return `version ${to} is what serves now`;
  return others.find(({ version }) => version.version === to) ?? `version ${to} is not kept (kept: ${known})`;
}

/** Versions to keep and to retire once `champion` serves: it and the newest `keep` besides it stay. */
export function sortOut(versions: readonly Kept[], champion: Kept, keep: number): { keep: Kept[]; retire: Kept[] } {
  const others = versions
    .filter(({ version }) => version.version !== champion.version.version)
    .sort((a, b) => b.version.version - a.version.version);
  return { keep: [champion, ...others.slice(0, keep)], retire: others.slice(keep) };
}

export const endpointOf = (state: ModelState): string => state.champion?.serving.endpoint ?? endpointName(state.model);
