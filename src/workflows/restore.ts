/** A model that was lost, or retired, and is applied again: its state from what could be recalled. Pure. */
import type { Recalled } from '../activities/types.ts';
import { endpointName } from '../names.ts';
import { cycleEnded, OUTCOMES_KEPT } from './ended.ts';
import type { Champion, CycleOutcome, CycleResult } from './shapes.ts';
import { type ModelState, remember, tell } from './state.ts';

export const BY = 'perennial';

/** What a run of a model knows that found other entries in the ledger than its own. */
export interface SetBack {
  /** What it had not written yet. */
  readonly forgotten: readonly string[];
  /** A cycle that ended meanwhile. */
  readonly ended?: CycleResult;
}

export function restore(state: ModelState, known: Recalled, at: string, setBack?: SetBack): void {
  const { cycles, rollbacks, wishes, versions, outcomes, month, attempts, tried, ledger, lastEndedAt } = known;
  const { paused, quarantine, breaker, monitored, frozen } = known;
  Object.assign(state, { cycles, rollbacks, wishes, versions, outcomes, month, attempts, tried, lastEndedAt });
  Object.assign(state, { paused, quarantine, breaker, monitored, frozen, ledger: { ...ledger } });
  state.applied = known.plan && { at: known.plan.at, by: known.plan.by };
  state.queue = known.waiting.filter(({ trigger }) => frozen || trigger === 'person');
  for (const [index, problem] of known.problems.entries()) state.problems[`recalled ${index + 1}`] = problem;
  const { running } = known;
  const ended = running && setBack?.ended?.outcome.cycle === running.cycle ? setBack.ended : undefined;
  if (!ended) endCycle(state, known, at);
  seat(state, known, at);
  const version = state.champion?.kept.version.version;
  const forgotten = setBack?.forgotten;
  const reason = `recalled from ${ledger.seq} entries of the ledger and what SageMaker serves`;
  remember(state, {
    at,
    event: 'recalled',
    by: BY,
    reason,
    facts: { version, cycles, problems: known.problems, forgotten },
  });
  if (setBack) tell(state, { subject: 'the model was set back', message: told(setBack) });
  if (!running || !ended) return;
  state.current = { ...running, joined: 0 };
  cycleEnded(state, ended);
}

const told = ({ forgotten }: SetBack): string =>
  [
    'Its workflow was reset to a time before its last decisions. It goes on from its ledger, which has them.',
    'Of what was said to it, this came too late for the ledger, or is in it already:',
    ...forgotten,
  ].join('\n');

/** Nobody knows how the cycle went that ran when the model was lost; it may run yet. */
function endCycle(state: ModelState, { running }: Recalled, at: string): void {
  if (!running) return;
  const { by, ...facts } = running;
  const reason = 'it ran when its model was lost; it is stopped, and what it began with it';
  state.lost = running.cycle;
  const outcome: CycleOutcome = { ...running, outcome: 'failed', endedAt: at, reason };
  state.outcomes = [outcome, ...state.outcomes].slice(0, OUTCOMES_KEPT);
  state.lastEndedAt = at;
  remember(state, { at, event: 'cycle ended', by, reason, facts: { ...facts, outcome: 'failed' } });
  tell(state, { subject: `cycle ${running.cycle} failed`, message: reason });
}

/** The champion serves again as the ledger says; an endpoint that is on anything else is brought back to it. */
function seat(state: ModelState, { serving, servingPlan, endpoint, running }: Recalled, at: string): void {
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
  // What that cycle left is cleared away first, and then looked at.
  if (running) return;
  wishBack(state, `the endpoint is ${endpoint.status} on ${shape.config}, not on ${serving.serving.config}`, at);
}

/** A rollback to the version that the model knows to be its champion. */
export function wishBack(state: ModelState, reason: string, at: string): void {
  const version = state.champion?.kept.version.version;
  if (version === undefined) return;
  state.rollbacks += 1;
  const started = { label: `rollback-${state.rollbacks}`, from: version, to: version };
  state.rollback = { ...started, by: BY, reason };
  remember(state, { at, event: 'rollback asked', by: BY, reason, facts: started });
}
