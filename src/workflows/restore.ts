/** A model that was lost, or retired, and is applied again: its state from what could be recalled. Pure. */
import type { Recalled } from '../activities/types.ts';
import { endpointName } from '../names.ts';
import { OUTCOMES_KEPT } from './ended.ts';
import type { Champion, CycleOutcome } from './shapes.ts';
import { type ModelState, remember, tell } from './state.ts';

const BY = 'perennial';

export function restore(state: ModelState, known: Recalled, at: string): void {
  const { cycles, rollbacks, wishes, versions, outcomes, month, attempts, tried, ledger, lastEndedAt } = known;
  const { paused, quarantine, breaker, monitored, frozen } = known;
  Object.assign(state, { cycles, rollbacks, wishes, versions, outcomes, month, attempts, tried, lastEndedAt });
  Object.assign(state, { paused, quarantine, breaker, monitored, frozen, ledger: { ...ledger } });
  state.applied = known.plan && { at: known.plan.at, by: known.plan.by };
  state.queue = known.waiting.filter(({ trigger }) => frozen || trigger === 'person');
  for (const [index, problem] of known.problems.entries()) state.problems[`recalled ${index + 1}`] = problem;
  endCycle(state, known, at);
  seat(state, known, at);
  const version = state.champion?.kept.version.version;
  const reason = `recalled from ${ledger.seq} entries of the ledger and what SageMaker serves`;
  remember(state, { at, event: 'recalled', by: BY, reason, facts: { version, cycles, problems: known.problems } });
}

/** Nobody knows how the cycle went that ran when the model was lost. */
function endCycle(state: ModelState, { running }: Recalled, at: string): void {
  if (!running) return;
  const { by, ...facts } = running;
  const reason = `it ran when Temporal lost it; "perennial sweep ${state.model}" finds what it left`;
  const outcome: CycleOutcome = { ...running, outcome: 'failed', endedAt: at, reason };
  state.outcomes = [outcome, ...state.outcomes].slice(0, OUTCOMES_KEPT);
  state.lastEndedAt = at;
  remember(state, { at, event: 'cycle ended', by, reason, facts: { ...facts, outcome: 'failed' } });
  tell(state, { subject: `cycle ${running.cycle} failed`, message: reason });
}

/** The champion serves again as the ledger says; an endpoint that is on anything else is brought back to it. */
function seat(state: ModelState, { serving, servingPlan, endpoint }: Recalled, at: string): void {
  if (!serving || !servingPlan) return;
  const champion: Champion = {
    kept: serving.kept,
    since: serving.since,
    serving: serving.serving,
    frozen: servingPlan,
  };
  const { version } = serving.kept.version;
  if (!endpoint || endpoint.status === 'Failed' || endpoint.status === 'Deleting') {
    state.problems.endpoint = `the endpoint ${endpointName(state.model)} is gone, which served version ${version}: the next cycle makes it anew`;
    tell(state, { subject: 'the endpoint is gone', message: state.problems.endpoint });
    return;
  }
  state.champion = champion;
  const { shape } = endpoint;
  if (shape.config === serving.serving.config && endpoint.status === 'InService') return;
  state.rollbacks += 1;
  const started = { label: `rollback-${state.rollbacks}`, from: version, to: version };
  const reason = `the endpoint is ${endpoint.status} on ${shape.config}, not on ${serving.serving.config}`;
  state.rollback = { ...started, by: BY, reason };
  remember(state, { at, event: 'rollback asked', by: BY, reason, facts: started });
}
