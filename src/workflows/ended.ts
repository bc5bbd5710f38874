/** What the end of a cycle or a rollout changes in a model. Pure. */
import type { CycleResult, Deployment } from './shapes.ts';
import { type ModelState, remember } from './state.ts';
import { monthOf } from './wishes.ts';

export const OUTCOMES_KEPT = 10;

export function deployed(state: ModelState, deployment: Deployment, by: string, reason: string): void {
  const { champion, retired } = deployment;
  const { kept, since, serving, frozen } = champion;
  const before = state.champion?.kept.version.version;
  state.champion = champion;
  state.api = deployment.api ?? state.api;
  state.versions = [
    ...state.versions.filter(
      ({ version }) => version.version !== kept.version.version && !retired.includes(version.version),
    ),
    kept,
  ].sort((a, b) => a.version.version - b.version.version);
  delete state.problems.endpoint;
  const facts = { version: kept.version.version, before, retired, serving, planHash: frozen.hash, kept };
  remember(state, { at: since, event: 'serving', by, reason, facts });
}

export function cycleEnded(state: ModelState, result: CycleResult): void {
  const { outcome, deployment, watching, verdicts } = result;
  const joined = state.current?.joined;
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
  const month = monthOf(outcome.endedAt);
  if (state.month.name !== month) state.month = { name: month, cycles: 0, usd: 0 };
  state.month.usd += outcome.costUsd ?? 0;
  const { by, reason, endedAt: at, ...facts } = outcome;
  remember(state, { at, event: 'cycle ended', by, reason, facts: { ...facts, joined, verdicts } });
}
