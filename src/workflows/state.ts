/** The state of a model: plain JSON that survives continue-as-new, and the pure changes to it. Nothing here reads a clock. */
import type { FrozenPlan, LedgerEntry, MonitorReport, PredictionApi } from '../activities/types.ts';
import { endpointName } from '../names.ts';
import type { ApprovalWanted, Decision } from './messages.ts';
import type {
  Champion,
  CycleOutcome,
  CycleResult,
  Deployment,
  Kept,
  ModelStatus,
  MonitorSummary,
  RollbackStarted,
  Trigger,
  Wish,
} from './shapes.ts';

/** A ledger entry before it knows its place in the chain. */
export type LedgerDraft = Omit<LedgerEntry, 'seq' | 'previous'>;

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
  approval?: ApprovalWanted;
  decision?: Decision;
  rollback?: RollbackStarted & { by: string; reason: string };
  lastRollback?: ModelStatus['lastRollback'];
  champion?: Champion;
  /** Every version that can be served, champion included, by number. */
  versions: Kept[];
  outcomes: CycleOutcome[];
  /** Cycles started in the calendar month `name` (UTC, `2026-11`). */
  month: { name: string; cycles: number };
  lastEndedAt?: string;
  monitored?: MonitorSummary;
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

const OUTCOMES_KEPT = 10;
const NOTICES_KEPT = 50;

export const newModel = (model: string): ModelState => ({
  model,
  cycles: 0,
  rollbacks: 0,
  wishes: 0,
  queue: [],
  versions: [],
  outcomes: [],
  month: { name: '', cycles: 0 },
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
  remember(state, { at, event: 'plan applied', by, reason, facts: { planHash: frozen.hash } });
  return true;
}

export function deployed(state: ModelState, deployment: Deployment, by: string, reason: string): void {
  const { champion, retired } = deployment;
  const { kept, since, serving } = champion;
  const before = state.champion?.kept.version.version;
  state.champion = champion;
  state.api = deployment.api ?? state.api;
  state.versions = [
    ...state.versions.filter(
      ({ version }) => version.version !== kept.version.version && !retired.includes(version.version),
    ),
    kept,
  ].sort((a, b) => a.version.version - b.version.version);
  const { version, packageArn, artifact, cycle, planHash, evaluation } = kept.version;
  const facts = { version, before, config: serving.config, packageArn, artifact, cycle, planHash, retired };
  remember(state, { at: since, event: 'serving', by, reason, facts: { ...facts, evaluation: evaluation.sha256 } });
}

export function cycleEnded(state: ModelState, result: CycleResult): void {
  const { outcome, deployment, watching } = result;
  state.current = undefined;
  state.approval = undefined;
  state.decision = undefined;
  state.lastEndedAt = outcome.endedAt;
  if (deployment) deployed(state, deployment, outcome.by, outcome.reason);
  if (watching) {
    state.topicArn = watching.topicArn;
    state.dashboard = watching.dashboard;
  }
  state.outcomes = [outcome, ...state.outcomes].slice(0, OUTCOMES_KEPT);
  const { cycle, asOf, stage, failure, version, evaluation, costUsd } = outcome;
  const facts = { cycle, outcome: outcome.outcome, asOf, stage, failure, version, costUsd };
  remember(state, {
    at: outcome.endedAt,
    event: 'cycle ended',
    by: outcome.by,
    reason: outcome.reason,
    facts: { ...facts, evaluation: evaluation?.sha256 },
  });
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

/** Where the next monitoring window begins: exactly where the last one ended. */
export const windowStart = (state: ModelState): string | undefined => state.monitored?.to ?? state.champion?.since;

export function monitored(state: ModelState, report: MonitorReport): void {
  if (state.monitored && state.monitored.to > report.to) return;
  state.monitored = {
    id: report.id,
    version: report.version,
    from: report.from,
    to: report.to,
    requests: report.requests,
    labelled: report.labelled,
    quality: report.quality,
    findings: report.findings,
    report: report.report.uri,
  };
}

export const endpointOf = (state: ModelState): string => state.champion?.serving.endpoint ?? endpointName(state.model);
