/** What a model says of itself, from its state. Pure. */
import { cycleWorkflowId } from '../names.ts';
import type { ModelStatus } from './shapes.ts';
import type { ModelState } from './state.ts';
import { cyclesThisMonth, notBefore, usdThisMonth } from './wishes.ts';

export function statusOf(state: ModelState, at: string): ModelStatus {
  const { frozen, applied, champion, current, api } = state;
  return {
    model: state.model,
    plan: frozen &&
      applied && { hash: frozen.hash, objective: frozen.plan.objective, appliedAt: applied.at, by: applied.by },
    champion: champion && {
      version: champion.kept.version.version,
      since: champion.since,
      algorithm: champion.kept.version.algorithm,
      cycle: champion.kept.version.cycle,
      metrics: champion.kept.metrics,
    },
    current: current && {
      cycle: current.cycle,
      workflowId: cycleWorkflowId(state.model, current.cycle),
      trigger: current.trigger,
      by: current.by,
      reason: current.reason,
      startedAt: current.startedAt,
    },
    approval: state.decision ? undefined : state.approval,
    rollback: state.rollback && { label: state.rollback.label, from: state.rollback.from, to: state.rollback.to },
    lastRollback: state.lastRollback,
    queue: state.queue.map((wish) => {
      const earliest = wish.trigger === 'person' ? at : notBefore(state, wish);
      return { ...wish, notBefore: earliest > at ? earliest : undefined };
    }),
    outcomes: state.outcomes,
    cycles: state.cycles,
    cyclesThisMonth: cyclesThisMonth(state, at),
    usdThisMonth: usdThisMonth(state, at),
    paused: state.paused,
    quarantine: state.quarantine,
    breaker: state.breaker,
    retired: state.retired,
    versions: state.versions.map(({ version: { version, cycle, registeredAt } }) => ({ version, cycle, registeredAt })),
    monitor: state.monitored,
    api: api && { url: api.url, keyId: api.keyId },
    dashboard: state.dashboard,
    topicArn: state.topicArn,
    ledger: { entries: state.ledger.seq, hash: state.ledger.hash, pending: state.outbox.length },
    problems: Object.values(state.problems),
  };
}
